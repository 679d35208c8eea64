//! Checks a seed file as a whole, before anything of it is put: its keys, their types and constraints, and that nothing is
//! described twice.

use std::{collections::BTreeMap, path::Path};

use lido_runtime::Form;
use serde_json::Value;

use super::{
    SeedError, at,
    document::{Member, Node, Tree, to_object},
};
use crate::operations::seed::{DescribedPool, Entry, EntryKey, NOUNS, Noun, Rejection, pool_keys, read_pool};

/// The key of the list of pools, the only one of a file.
pub(super) const POOLS: &str = "UserPools";

/// How alike a name must be to be suggested, from 0 to 1.
const LIKENESS: f64 = 0.75;

/// A function that reads an entry. It returns the members that were understood, if the keys alone do not tell, too.
type ReadEntry<'a, T> = &'a dyn Fn(&Entry) -> Result<(Option<Value>, T), Rejection>;

/// A pool of a file that passed the checks.
#[derive(Debug)]
pub(super) struct CheckedPool<'a> {
    pub(super) node: &'a Node,
    pub(super) described: DescribedPool,
    /// The entries of its lists, in the order of the file.
    pub(super) entries: Vec<CheckedEntry<'a>>,
    id: Option<String>,
    pub(super) name: String,
}

/// An entry of a pool's list that passed the checks.
#[derive(Debug)]
pub(super) struct CheckedEntry<'a> {
    pub(super) node: &'a Node,
    pub(super) noun: &'static dyn Noun,
    pub(super) entry: Entry,
}

impl CheckedPool<'_> {
    /// Returns what messages call the pool.
    pub(super) fn title(&self) -> String {
        format!("{POOLS} {}", self.name)
    }
}

impl CheckedEntry<'_> {
    /// Returns what messages call the entry.
    pub(super) fn title(&self) -> String {
        title(self.noun, &self.entry)
    }
}

fn title(noun: &dyn Noun, entry: &Entry) -> String {
    match entry.get(noun.name_key()).and_then(Value::as_str) {
        Some(name) => format!("{} {name}", noun.list_key()),
        None => noun.list_key().to_owned(),
    }
}

/// Checks a file.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check_file<'a>(path: &Path, file: &'a Node) -> Result<Vec<CheckedPool<'a>>, SeedError> {
    let wrong = |line: usize, reason: String| SeedError::Line { path: path.to_owned(), line, reason };
    let Some(members) = file.as_table() else {
        return Err(wrong(file.line, format!("a seed file is a table with the key {POOLS}; begin with it")));
    };
    if let Some(unknown) = members.iter().find(|member| member.key != POOLS) {
        return Err(wrong(unknown.line, unknown_key(&unknown.key, &[POOLS])));
    }
    let Some(pools) = members.first() else { return Err(SeedError::Empty(path.to_owned())) };
    list(pools)
        .map_err(|reason| wrong(pools.line, reason))?
        .iter()
        .map(|pool| check_pool(path, pool))
        .collect()
}

/// Returns the entries of a list.
fn list(member: &Member) -> Result<&[Node], String> {
    match &member.node.value {
        Tree::List(items) => Ok(items),
        _ => Err(format!("{} must be a list of tables; write a list", member.key)),
    }
}

fn check_pool<'a>(path: &Path, node: &'a Node) -> Result<CheckedPool<'a>, SeedError> {
    let wrong = |rejection| at(path, POOLS, node, rejection);
    let members = table(POOLS, node).map_err(wrong)?;
    let is_list = |member: &&Member| NOUNS.iter().any(|noun| noun.list_key() == member.key);
    let (lists, own): (Vec<&Member>, Vec<&Member>) = members.iter().partition(is_list);
    let entry = to_object(own);
    let mut keys = pool_keys();
    keys.extend(NOUNS.iter().map(|noun| (noun.list_key(), Form::Json)));
    check_keys(node, &keys).map_err(wrong)?;
    let name = require(&entry, "PoolName").map_err(wrong)?;
    let title = format!("{POOLS} {name}");
    let described =
        checked(&entry, &|entry| read_pool(entry).map(|pool| (Some(pool.understood.clone()), pool)));
    let described = described.map_err(|rejection| at(path, &title, node, rejection))?;
    let mut entries = Vec::new();
    for member in lists {
        let Some(noun) = NOUNS.iter().find(|noun| noun.list_key() == member.key) else { continue };
        let items =
            list(member).map_err(|reason| wrong(Rejection { path: vec![member.key.clone()], reason }))?;
        for item in items {
            entries.push(check_entry(path, *noun, item)?);
        }
    }
    let id = entry.get("Id").and_then(Value::as_str).map(str::to_owned);
    check_unique_in(path, &entries)?;
    Ok(CheckedPool { node, described, entries, id, name })
}

fn check_entry<'a>(
    path: &Path,
    noun: &'static dyn Noun,
    node: &'a Node,
) -> Result<CheckedEntry<'a>, SeedError> {
    let wrong = |title: &str, rejection| at(path, title, node, rejection);
    let members = table(noun.list_key(), node).map_err(|rejection| wrong(noun.list_key(), rejection))?;
    let entry = to_object(members);
    let title = title(noun, &entry);
    check_keys(node, &noun.keys()).map_err(|rejection| wrong(&title, rejection))?;
    require(&entry, noun.name_key()).map_err(|rejection| wrong(&title, rejection))?;
    let read = |entry: &Entry| match noun.check(entry) {
        Ok(understood) => Ok((understood, ())),
        Err(failure) => Err(failure.into_rejection(noun)),
    };
    checked(&entry, &read).map_err(|rejection| wrong(&title, rejection))?;
    Ok(CheckedEntry { node, noun, entry })
}

fn table<'a>(list_key: &str, node: &'a Node) -> Result<&'a [Member], Rejection> {
    node.as_table().ok_or_else(|| Rejection {
        path: Vec::new(),
        reason: format!("an entry of {list_key} must be a table of keys and values; write one"),
    })
}

/// Returns the name that every entry must have.
fn require(entry: &Entry, key: &str) -> Result<String, Rejection> {
    match entry.get(key) {
        Some(Value::String(name)) => Ok(name.clone()),
        Some(_) => Err(Rejection {
            path: vec![key.to_owned()],
            reason: format!("{key} must be text; write the value in quotes"),
        }),
        None => Err(Rejection { path: Vec::new(), reason: format!("the entry has no {key}; add it") }),
    }
}

/// Refuses keys that are not known, at any depth, and values that are null.
fn check_keys(node: &Node, keys: &[EntryKey]) -> Result<(), Rejection> {
    let form_of = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|(_, form)| *form);
    let names: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    for member in node.as_table().unwrap_or_default() {
        let Some(form) = form_of(&member.key) else {
            return Err(Rejection {
                path: vec![member.key.clone()],
                reason: unknown_key(&member.key, &names),
            });
        };
        check_form(&member.node, form).map_err(|mut rejection| {
            rejection.path.insert(0, member.key.clone());
            rejection
        })?;
    }
    Ok(())
}

fn check_form(node: &Node, form: Form) -> Result<(), Rejection> {
    let below = |key: String, result: Result<(), Rejection>| {
        result.map_err(|mut rejection| {
            rejection.path.insert(0, key);
            rejection
        })
    };
    match (&node.value, form) {
        (Tree::Null, _) => Err(Rejection {
            path: Vec::new(),
            reason: "the key has no value; write one, or remove the key".to_owned(),
        }),
        (Tree::Table(_), Form::Structure(structure)) => {
            let members: Vec<EntryKey> = structure.members().collect();
            check_keys(node, &members)
        }
        (Tree::Table(members), Form::Map(values)) => members
            .iter()
            .try_for_each(|member| below(member.key.clone(), check_form(&member.node, values()))),
        (Tree::List(items), Form::List(elements)) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, item)| below(at.to_string(), check_form(item, elements()))),
        _ => Ok(()),
    }
}

fn unknown_key(key: &str, known: &[&str]) -> String {
    let folded = key.to_lowercase();
    let likeness = |name: &&&str| strsim::normalized_damerau_levenshtein(&folded, &name.to_lowercase());
    let nearest = known.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match nearest.filter(|nearest| likeness(nearest) >= LIKENESS || nearest.to_lowercase().contains(&folded))
    {
        Some(nearest) => format!("unknown key `{key}`; did you mean `{nearest}`?"),
        None if known.len() <= 12 => format!("unknown key `{key}`; the keys here are {}", known.join(", ")),
        None => format!("unknown key `{key}`; docs/seeding.md lists the keys"),
    }
}

/// Reads an entry. A value that is wrong is located by leaving values out, one after the other, until the entry is refused
/// no longer: the reader of the API does not say where it stopped.
fn checked<T>(entry: &Entry, read: ReadEntry<'_, T>) -> Result<T, Rejection> {
    let (understood, value) = read(entry).map_err(|rejection| locate(entry, read, rejection))?;
    match understood.and_then(|understood| find_unknown(&Value::Object(entry.clone()), &understood)) {
        Some(path) => {
            let key = path.last().cloned().unwrap_or_default();
            Err(Rejection { path, reason: unknown_key(&key, &[]) })
        }
        None => Ok(value),
    }
}

fn locate<T>(entry: &Entry, read: ReadEntry<'_, T>, rejection: Rejection) -> Rejection {
    if !rejection.path.is_empty() {
        return rejection;
    }
    let whole = Value::Object(entry.clone());
    let is_accepted = |candidate: &Value| candidate.as_object().is_some_and(|entry| read(entry).is_ok());
    let mut path: Vec<String> = Vec::new();
    loop {
        let pointer = to_pointer(&path);
        let keys: Vec<String> = match whole.pointer(&pointer) {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|at| at.to_string()).collect(),
            _ => return Rejection { path, ..rejection },
        };
        let culprit = keys.into_iter().find(|key| {
            let mut candidate = whole.clone();
            match candidate.pointer_mut(&pointer) {
                Some(Value::Object(members)) => drop(members.remove(key)),
                Some(Value::Array(items)) => {
                    key.parse().ok().filter(|at: &usize| *at < items.len()).map(|at| items.remove(at));
                }
                _ => {}
            }
            is_accepted(&candidate)
        });
        match culprit {
            Some(key) => path.push(key),
            None => return Rejection { path, ..rejection },
        }
    }
}

fn to_pointer(path: &[String]) -> String {
    path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Returns the path to a key that was sent and not understood.
fn find_unknown(sent: &Value, understood: &Value) -> Option<Vec<String>> {
    let below = |key: String, found: Option<Vec<String>>| {
        found.map(|mut path| {
            path.insert(0, key);
            path
        })
    };
    match (sent, understood) {
        (Value::Object(sent), Value::Object(understood)) => {
            sent.iter().find_map(|(key, value)| match understood.get(key) {
                Some(understood) => below(key.clone(), find_unknown(value, understood)),
                None => Some(vec![key.clone()]),
            })
        }
        (Value::Array(sent), Value::Array(understood)) => sent
            .iter()
            .zip(understood)
            .enumerate()
            .find_map(|(at, (sent, understood))| below(at.to_string(), find_unknown(sent, understood))),
        _ => None,
    }
}

/// Refuses pools that are described twice.
///
/// # Errors
/// The second one.
pub(super) fn check_unique(pools: &[(&Path, CheckedPool<'_>)]) -> Result<(), SeedError> {
    let mut seen = BTreeMap::new();
    for (path, pool) in pools {
        let key = pool.id.as_ref().map_or_else(|| (false, &pool.name), |id| (true, id));
        if let Some((first, line)) = seen.insert(key, (*path, pool.node.line)) {
            let reason = twice(first, line, if pool.id.is_some() { "Id" } else { "PoolName" });
            let key = if pool.id.is_some() { "Id" } else { "PoolName" };
            return Err(at(path, &pool.title(), pool.node, Rejection { path: vec![key.to_owned()], reason }));
        }
    }
    Ok(())
}

fn check_unique_in(path: &Path, entries: &[CheckedEntry<'_>]) -> Result<(), SeedError> {
    let mut seen = BTreeMap::new();
    for entry in entries {
        let id = entry.noun.id_key().filter(|key| entry.entry.contains_key(*key));
        // Entries with an id may share a name only where the name is not unique, which the rules know.
        for key in
            [id, Some(entry.noun.name_key()).filter(|_| id.is_none() || entry.noun.is_named_uniquely())]
        {
            let Some(key) = key else { continue };
            let Some(value) = entry.entry.get(key).and_then(Value::as_str) else { continue };
            if let Some(line) = seen.insert((entry.noun.list_key(), key, value), entry.node.line) {
                let rejection = Rejection { path: vec![key.to_owned()], reason: twice(path, line, key) };
                return Err(at(path, &entry.title(), entry.node, rejection));
            }
        }
    }
    Ok(())
}

fn twice(first: &Path, line: usize, key: &str) -> String {
    format!(
        "the entry in {}, line {line}, has this {key} too; remove one of them, or change its {key}",
        first.display()
    )
}
