//! A few lines of one kind and one pool, which are committed together.
//!
//! The commit is right only if nothing of it is in the store. Where that fails, what is there is read, and each line
//! is decided by it: so a line that an earlier run has committed is not written twice, and none overwrites what
//! another writer has stored.

use std::collections::{BTreeMap, BTreeSet};

use lido_domain::{
    id::{GroupName, PoolId, Sub},
    pool::alias::NameKey,
};

use super::{
    TransferError,
    import::{Existing, Import},
    line::RecordLine,
    reader::LineFault,
    reseal::MovedRecord,
};
use crate::store::{
    Claim, Expectation, Key, KeyResult, Kind, Lookup, LookupResult, NameHolder, Record, Scope, StoreError,
    Stored, Version, Write,
};

/// How often a batch is tried whose records change meanwhile.
const MAX_TRIES: u32 = 8;

/// The bytes after which no line is added to a batch; images are large.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A line under the keys of the store.
#[derive(Debug)]
pub(super) struct Item {
    /// The number of the line.
    pub(super) line: u64,
    pub(super) key: Key,
    pub(super) moved: MovedRecord,
    pub(super) names: Vec<NameKey>,
}

/// Lines that are committed together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pool: Option<PoolId>,
    bytes: usize,
    pub(super) items: Vec<Item>,
}

/// What the store has of the records of a batch.
#[derive(Debug, Default)]
struct Found {
    records: BTreeMap<Key, Stored>,
    /// The users that hold names.
    holders: Vec<NameHolder>,
}

/// What a line comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Added,
    Present,
    Replaced,
    Kept,
    WithoutUser,
    Fault(&'static str),
}

/// The commit of a batch, with what each line comes to if it succeeds.
#[derive(Debug, Default)]
struct Draft {
    expects: Vec<Expectation>,
    writes: Vec<Write>,
    outcomes: Vec<(u64, Outcome)>,
    /// The names of the users that are added or replaced.
    names: BTreeSet<NameKey>,
}

impl Batch {
    /// Returns whether a line can be committed with those that are there.
    pub(super) fn takes(&self, line: &RecordLine) -> bool {
        let is_alike = self
            .items
            .last()
            .is_none_or(|last| last.key.kind() == line.key.kind() && self.pool.as_ref() == Some(&line.pool));
        // Of two lines with one key the second is decided by what the first has written.
        is_alike && self.bytes < MAX_BYTES && !self.items.iter().any(|item| item.key == line.key)
    }

    pub(super) fn add(&mut self, pool: PoolId, item: Item) {
        self.bytes += match &item.moved.record {
            Record::Asset(asset) => asset.bytes.len(),
            _ => 0,
        };
        self.pool = Some(pool);
        self.items.push(item);
    }
}

impl Import<'_> {
    /// Commits a batch, and empties it.
    pub(super) async fn commit(
        &mut self,
        batch: &mut Batch,
        tell: &mut (dyn FnMut(LineFault) + Send),
    ) -> Result<(), TransferError> {
        let Batch { pool, items, .. } = std::mem::take(batch);
        let Some(pool) = pool else { return Ok(()) };
        let outcomes = match self.try_commit(&pool, &items).await? {
            Some(outcomes) => outcomes,
            // One of the lines keeps the others from being committed.
            None => {
                let mut outcomes = Vec::new();
                for item in &items {
                    let one = self.try_commit(&pool, std::slice::from_ref(item)).await?;
                    let fault =
                        || vec![(item.line, Outcome::Fault("another user pool has its id or its domain"))];
                    outcomes.extend(one.unwrap_or_else(fault));
                }
                outcomes
            }
        };
        self.is_new = outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Added);
        for (line, outcome) in outcomes {
            let fault = match outcome {
                Outcome::Added => {
                    self.report.added += 1;
                    continue;
                }
                Outcome::Present => {
                    self.report.present += 1;
                    continue;
                }
                Outcome::Replaced => {
                    self.report.replaced += 1;
                    continue;
                }
                Outcome::WithoutUser => {
                    self.report.without_user += 1;
                    continue;
                }
                Outcome::Kept => {
                    self.report.kept += 1;
                    match self.options.existing {
                        Existing::Keep | Existing::Replace => continue,
                        Existing::Refuse => "the store has another record in its place, which stays",
                    }
                }
                Outcome::Fault(reason) => reason,
            };
            self.report.faults += 1;
            tell(LineFault { line, reason: fault.to_owned() });
        }
        Ok(())
    }

    /// Commits lines, and returns what each came to. Returns `None` if a claim of another pool keeps them from being
    /// committed.
    async fn try_commit(
        &self,
        pool: &PoolId,
        items: &[Item],
    ) -> Result<Option<Vec<(u64, Outcome)>>, TransferError> {
        let mut looks = !self.is_new;
        for _ in 0..MAX_TRIES {
            let found = if looks { Some(self.find(pool, items).await?) } else { None };
            // Whether the users and the pool are there is read in any case.
            let draft = self.draft(pool, items, found.as_ref()).await?;
            if draft.writes.is_empty() {
                return Ok(Some(draft.outcomes));
            }
            match self.store.commit(pool, draft.expects, draft.writes).await {
                Ok(_) => return Ok(Some(draft.outcomes)),
                // What is there now decides. A commit that may have happened is decided by it too.
                Err(StoreError::Conflict | StoreError::OutcomeUnknown(_)) => {
                    if looks && self.is_claimed_by_another(pool, items).await? {
                        return Ok(None);
                    }
                    looks = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Reads what the store has of the records of the lines.
    async fn find(&self, pool: &PoolId, items: &[Item]) -> Result<Found, StoreError> {
        let keys: Vec<Key> = items.iter().map(|item| item.key.clone()).collect();
        let records = self.get_all(pool, keys).await?;
        let mut names: BTreeSet<NameKey> = items.iter().flat_map(|item| item.names.iter().cloned()).collect();
        if let Some(Record::Pool(record)) =
            self.get_all(pool, vec![Key::pool()]).await?.remove(&Key::pool()).map(|stored| stored.record)
        {
            for stored in records.values() {
                if let Record::User(user) = &stored.record {
                    names.extend(lido_domain::pool::alias::held_names(
                        &record.pool,
                        &user.username,
                        &user.attributes,
                    ));
                }
            }
        }
        if names.is_empty() {
            return Ok(Found { records, holders: Vec::new() });
        }
        let lookup = Lookup::Holders { names: names.into_iter().collect(), as_sub: None };
        let read = self.store.read(&Scope::Pool(pool.clone()), vec![lookup]).await?;
        let holders = match read.and_then(|(_, results)| results.into_iter().next()) {
            Some(LookupResult::Holders(holders, _)) => holders,
            _ => Vec::new(),
        };
        Ok(Found { records, holders })
    }

    async fn get_all(&self, pool: &PoolId, keys: Vec<Key>) -> Result<BTreeMap<Key, Stored>, StoreError> {
        let lookups = keys.iter().map(|key| Lookup::Key { key: key.clone(), known: None }).collect();
        let read = self.store.read(&Scope::Pool(pool.clone()), lookups).await?;
        let results = read.map(|(_, results)| results).unwrap_or_default();
        let found = keys.into_iter().zip(results).filter_map(|(key, result)| match result {
            LookupResult::Key(KeyResult::Record(stored)) => Some((key, *stored)),
            _ => None,
        });
        Ok(found.collect())
    }

    /// Decides each line. Without `found`, nothing of them is expected to be there.
    async fn draft(
        &self,
        pool: &PoolId,
        items: &[Item],
        found: Option<&Found>,
    ) -> Result<Draft, TransferError> {
        let mut draft = Draft::default();
        let is_pool = items.iter().all(|item| item.key.kind() == Kind::Pool);
        let there = self.get_all(pool, vec![Key::pool()]).await?;
        match there.get(&Key::pool()) {
            Some(stored) if !is_pool => draft.expects.push(Expectation::Guard(Key::pool(), stored.version)),
            None if !is_pool => {
                let fault = Outcome::Fault("its user pool is not in the store");
                draft.outcomes = items.iter().map(|item| (item.line, fault)).collect();
                return Ok(draft);
            }
            _ => {}
        }
        let subs: BTreeSet<&str> = items.iter().filter_map(|item| subject(&item.key)).collect();
        let users = self.get_all(pool, subs.iter().map(|sub| Key::user(&Sub::new(*sub))).collect()).await?;
        let mut relied: BTreeMap<&Key, Version> = BTreeMap::new();
        for item in items {
            if let Some(sub) = subject(&item.key) {
                match users.get_key_value(&Key::user(&Sub::new(sub))) {
                    Some((key, stored)) => {
                        relied.insert(key, stored.version);
                    }
                    None => {
                        draft.outcomes.push((item.line, Outcome::WithoutUser));
                        continue;
                    }
                }
            }
            let stored = found.and_then(|found| found.records.get(&item.key));
            let has_taken_name = item.names.iter().any(|name| draft.names.contains(name));
            let outcome = match stored {
                _ if has_taken_name => Outcome::Fault("the user of another line has one of its names"),
                None => self.draft_new(item, found, &mut draft),
                Some(stored) if self.keys.is_same(pool, &item.moved, &stored.record) => Outcome::Present,
                Some(stored) if self.options.existing == Existing::Replace => {
                    self.draft_replaced(item, stored, found, &mut draft)
                }
                Some(_) => Outcome::Kept,
            };
            if matches!(outcome, Outcome::Added | Outcome::Replaced) {
                draft.names.extend(item.names.iter().cloned());
            }
            draft.outcomes.push((item.line, outcome));
        }
        if !draft.writes.is_empty() {
            draft
                .expects
                .extend(relied.into_iter().map(|(key, version)| Expectation::At(key.clone(), version)));
        }
        Ok(draft)
    }

    fn draft_new(&self, item: &Item, found: Option<&Found>, draft: &mut Draft) -> Outcome {
        let Some(writes) = writes_of(item) else { return Outcome::Fault("its id cannot be read") };
        let is_held = |name: &NameKey| found.is_some_and(|found| found.holder(name).is_some());
        if item.names.iter().any(is_held) {
            return Outcome::Fault("another user of the store has one of its names");
        }
        let keys = writes.iter().filter_map(|write| match write {
            Write::Put(key, _) => Some(key.clone()),
            _ => None,
        });
        draft.expects.extend(keys.map(Expectation::Absent));
        draft.writes.extend(writes);
        Outcome::Added
    }

    fn draft_replaced(
        &self,
        item: &Item,
        stored: &Stored,
        found: Option<&Found>,
        draft: &mut Draft,
    ) -> Outcome {
        let Some(writes) = writes_of(item) else { return Outcome::Fault("its id cannot be read") };
        let mut expects = vec![Expectation::At(item.key.clone(), stored.version)];
        let mut removed = Vec::new();
        // Another id leads to the record from now on.
        match (&stored.record, &item.moved.record) {
            (Record::Style(before), Record::Style(now)) if before.id != now.id => {
                removed.push(Write::Remove(Key::style_id(&before.id)));
            }
            (Record::Terms(before), Record::Terms(now)) if before.id != now.id => {
                removed.push(Write::Remove(Key::terms_id(&before.id)));
            }
            _ => {}
        }
        if let (Kind::User, Some(found)) = (item.key.kind(), found) {
            for NameHolder { name, held } in &found.holders {
                let is_new = item.names.contains(name);
                match held {
                    Some((record, owner)) if owner.key == item.key => {
                        expects.push(Expectation::At(Key::name(name), record.version));
                        if !is_new {
                            removed.push(Write::Remove(Key::name(name)));
                        }
                    }
                    Some(_) if is_new => {
                        return Outcome::Fault("another user of the store has one of its names");
                    }
                    None if is_new => expects.push(Expectation::Absent(Key::name(name))),
                    _ => {}
                }
            }
        }
        draft.expects.extend(expects);
        draft.writes.extend(writes);
        draft.writes.extend(removed);
        Outcome::Replaced
    }

    /// Returns whether another pool has an id or a domain that the lines claim.
    async fn is_claimed_by_another(&self, pool: &PoolId, items: &[Item]) -> Result<bool, StoreError> {
        for item in items {
            let domains = match &item.moved.record {
                Record::Pool(record) => {
                    record.domains.iter().map(|domain| Claim::domain(&domain.name)).collect()
                }
                _ => Vec::new(),
            };
            for claim in domains.into_iter().chain(item.key.claim()) {
                let read = self.store.read(&Scope::Claim(claim), Vec::new()).await?;
                if read.is_some_and(|(holder, _)| holder != *pool) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl Found {
    fn holder(&self, name: &NameKey) -> Option<&Stored> {
        let holder = self.holders.iter().find(|holder| holder.name == *name);
        holder.and_then(|holder| holder.held.as_ref()).map(|(_, user)| user)
    }
}

/// Returns the sub of the user that a record belongs to.
fn subject(key: &Key) -> Option<&str> {
    match key.kind() {
        Kind::Device | Kind::Grant | Kind::AuthEvent => key.id().split_once(' ').map(|(sub, _)| sub),
        Kind::UserInGroup => key.id().rsplit_once(' ').map(|(_, sub)| sub),
        _ => None,
    }
}

/// Returns the writes of a line: the record, and those that come with it ([`super::kinds::Move::With`]).
fn writes_of(item: &Item) -> Option<Vec<Write>> {
    let record = item.moved.record.clone();
    let mut writes = match &record {
        Record::User(user) => item
            .names
            .iter()
            .map(|name| Write::Put(Key::name(name), Record::Name(user.sub.clone())))
            .collect(),
        Record::UserInGroup(id) => {
            let (group, sub) = item.key.id().rsplit_once(' ')?;
            let key = Key::group_of_user(&Sub::new(sub), &GroupName::new(group));
            vec![Write::Put(key, Record::GroupOfUser(id.clone()))]
        }
        Record::Style(style) => {
            vec![Write::Put(Key::style_id(&style.id), Record::StyleId(style.client.clone()))]
        }
        Record::Terms(terms) => {
            vec![Write::Put(Key::terms_id(&terms.id), Record::TermsId(terms.client.clone()))]
        }
        _ => Vec::new(),
    };
    writes.push(Write::Put(item.key.clone(), record));
    Some(writes)
}
