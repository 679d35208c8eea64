//! What a batched read asks of a backend, and what it is answered.
//!
//! Each lookup says all that it needs, also where one step leads to the next (from a name to a user to what lies beside
//! the user), so that a backend answers a whole batch as of one instant and, over a network, in one round trip. The steps
//! are written once, over a [`Snapshot`], for the backends that run them in this process.

use lido_domain::{
    code::Purpose,
    digest::Digest,
    id::{GroupName, PoolId, Sub},
    pool::{
        Pool, SignInNames,
        alias::{Candidates, NameKey, NameKind},
    },
    token::grant::GrantId,
    user::{attempt::Act, group::Group},
};

use super::{Claim, Key, Kind, Record, Search, StoreError, Stored, Version};

/// The pool that a batch of lookups is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The pool that has this id.
    Pool(PoolId),
    /// The pool that holds this claim.
    Claim(Claim),
}

/// One question of a batch.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// The record under a key. A backend need not bring it if it still has the version `known`.
    Key {
        /// The key.
        key: Key,
        /// The version that the caller has already.
        known: Option<Version>,
    },
    /// A user and what lies beside.
    User(UserQuery),
    /// The users who hold some of these names, and the user whose sub is `as_sub`.
    Holders {
        /// The names.
        names: Vec<NameKey>,
        /// A text that may be the sub of a user.
        as_sub: Option<Sub>,
    },
    /// Records of a kind in the order of their ids.
    List {
        /// The kind.
        kind: Kind,
        /// What the ids begin with.
        prefix: String,
        /// Where to begin: after this id, which begins with the prefix too.
        after: String,
        /// How many at most.
        limit: usize,
    },
    /// Records that declare a text, in the order of their ids. The cost grows with those who have the text.
    Search {
        /// The text.
        search: Search,
        /// Where to begin: after this id.
        after: String,
        /// How many at most.
        limit: usize,
    },
    /// The groups of a user, or the users of a group.
    Memberships(Memberships),
    /// How many records of a kind there are. For users an estimate will do: the service calls the number one.
    Count(Kind),
}

/// Memberships that still count, seen from one side.
#[derive(Clone, Debug)]
pub enum Memberships {
    /// The groups that a user is in, in the order of their names.
    OfUser {
        /// The user.
        sub: Sub,
        /// Where to begin: after this group.
        after: Option<GroupName>,
        /// How many at most.
        limit: usize,
    },
    /// The users who are in a group, in the order of their subs.
    OfGroup {
        /// The group, whose id a membership must name.
        group: Box<Group>,
        /// Where to begin: after this user.
        after: Option<Sub>,
        /// How many at most.
        limit: usize,
    },
}

/// Whom a [`UserQuery`] is about.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The user that a typed name leads to: by sub, else by one of the names.
    Named(Candidates),
    /// The user that the session belongs to.
    Session,
}

/// Whom to look for, and what else to bring.
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// Whom to look for.
    pub subject: Subject,
    /// What to bring from beside the user.
    pub beside: Vec<Beside>,
    /// Whose records to bring if the name leads to no user: a simulated sub.
    pub otherwise: Option<Sub>,
    /// Where the session that came with the request may lie: the first that is there counts. If it belongs to the typed
    /// sub, and that leads to no user, its records count as `otherwise`.
    pub sessions: Vec<Digest>,
}

impl UserQuery {
    /// The user who has this sub.
    pub fn of(sub: &Sub, beside: Vec<Beside>) -> Self {
        let candidates = Candidates { sub: sub.clone(), names: Vec::new() };
        Self { subject: Subject::Named(candidates), beside, otherwise: None, sessions: Vec::new() }
    }
}

/// Something that lies beside a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The pending code for a purpose.
    Code(Purpose),
    /// The attempts at an act.
    Attempts(Act),
    /// The failures to sign in.
    Failures,
    /// A grant.
    Grant(GrantId),
    /// The device with this key, else with the key that the session names; nothing if neither does.
    Device(Option<String>),
    /// The groups that the user is in, as many as a user can be in.
    Groups(usize),
    /// Who holds the alias that a code makes active.
    Rival(Rival),
}

/// The alias that a pending code makes active, where the pool has the code's contact as an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// The purpose of the code.
    pub purpose: Purpose,
    /// The kinds of aliases that the pool has.
    pub kinds: Vec<NameKind>,
    /// Whether names differ by case in the pool.
    pub case_sensitive: bool,
}

impl Rival {
    /// The alias that the code for `purpose` makes active in `pool`.
    pub fn of(pool: &Pool, purpose: Purpose) -> Self {
        let kinds = match &pool.names {
            SignInNames::Aliases(kinds) => kinds.iter().copied().collect(),
            SignInNames::UsernameOnly | SignInNames::Attributes(_) => Vec::new(),
        };
        Self { purpose, kinds, case_sensitive: pool.case_sensitive }
    }
}

/// What lies under a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Nothing.
    Absent,
    /// The version that the caller knows.
    Known,
    /// This record.
    Record(Box<Stored>),
}

/// A name and the user who holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The name.
    pub name: NameKey,
    /// The name's record and its user's, if a user holds it.
    pub held: Option<(Stored, Stored)>,
}

/// What a [`UserQuery`] found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRows {
    /// The session that came.
    pub session: Option<Stored>,
    /// The names that lead to no user, in the order they were tried.
    pub absent_names: Vec<Key>,
    /// The name that led to the user; absent if the sub did.
    pub name: Option<Stored>,
    /// The user.
    pub user: Option<Stored>,
    /// What lies beside under keys, with the keys that are empty.
    pub beside: Vec<(Key, Option<Stored>)>,
    /// The groups of the user, if asked.
    pub groups: Vec<Stored>,
    /// Who holds the alias, if asked and there is one.
    pub rival: Option<Holder>,
}

/// The answer to one [`Lookup`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// To [`Lookup::Key`].
    One(Found),
    /// To [`Lookup::User`].
    User(Box<UserRows>),
    /// To [`Lookup::Holders`]: each name, and the user whose sub was asked for.
    Holders(Vec<Holder>, Option<Box<Stored>>),
    /// To [`Lookup::List`], [`Lookup::Search`] and [`Lookup::Memberships`].
    Many(Vec<Stored>),
    /// To [`Lookup::Count`].
    Count(usize),
}

impl Beside {
    /// The key of the record beside `of`, for what lies under one key.
    fn key(&self, of: &Sub, session_device: Option<&str>) -> Option<Key> {
        match self {
            Beside::Code(purpose) => Some(Key::code(of, *purpose)),
            Beside::Attempts(act) => Some(Key::attempts(of, *act)),
            Beside::Failures => Some(Key::failures(of)),
            Beside::Grant(id) => Some(Key::grant(of, id)),
            Beside::Device(key) => key.as_deref().or(session_device).map(|key| Key::device(of, key)),
            Beside::Groups(_) | Beside::Rival(_) => None,
        }
    }
}

/// A pool as of one instant, as a backend in this process looks at it.
pub(super) trait Snapshot {
    /// The record under a key, unless it has the version `known`.
    fn get_unless(&self, key: &Key, known: Option<Version>) -> Result<Found, StoreError>;

    /// The records of a kind whose ids begin with `prefix`, after the id `after`, in the order of their ids.
    fn list(&self, kind: Kind, prefix: &str, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// The records that declare the text, after the id `after`, in the order of their ids.
    fn search(&self, search: &Search, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// How many records of a kind there are.
    fn count(&self, kind: Kind) -> Result<usize, StoreError>;

    /// The record under a key.
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        Ok(match self.get_unless(key, None)? {
            Found::Record(stored) => Some(*stored),
            Found::Absent | Found::Known => None,
        })
    }
}

/// Answers one lookup.
pub(super) fn answer(snapshot: &impl Snapshot, lookup: &Lookup) -> Result<Answer, StoreError> {
    Ok(match lookup {
        Lookup::Key { key, known } => Answer::One(snapshot.get_unless(key, *known)?),
        Lookup::User(query) => Answer::User(Box::new(find_user(snapshot, query)?)),
        Lookup::Holders { names, as_sub } => {
            let holders = names.iter().map(|name| find_holder(snapshot, name)).collect::<Result<_, _>>()?;
            let user = as_sub.as_ref().map(|sub| snapshot.get(&Key::user(sub))).transpose()?.flatten();
            Answer::Holders(holders, user.map(Box::new))
        }
        Lookup::List { kind, prefix, after, limit } => {
            Answer::Many(snapshot.list(*kind, prefix, after, *limit)?)
        }
        Lookup::Search { search, after, limit } => Answer::Many(snapshot.search(search, after, *limit)?),
        Lookup::Memberships(Memberships::OfUser { sub, after, limit }) => {
            Answer::Many(groups_of(snapshot, sub, after.as_ref(), *limit)?)
        }
        Lookup::Memberships(Memberships::OfGroup { group, after, limit }) => {
            Answer::Many(users_in(snapshot, group, after.as_ref(), *limit)?)
        }
        Lookup::Count(kind) => Answer::Count(snapshot.count(*kind)?),
    })
}

fn find_holder(snapshot: &impl Snapshot, name: &NameKey) -> Result<Holder, StoreError> {
    let held = match snapshot.get(&Key::name(name))? {
        Some(stored) => {
            let user = snapshot.get(&Key::user(sub_of(&stored)?))?;
            Some((stored, user.ok_or_else(|| StoreError::Corrupt("a name leads to no user".into()))?))
        }
        None => None,
    };
    Ok(Holder { name: name.clone(), held })
}

fn sub_of(stored: &Stored) -> Result<&Sub, StoreError> {
    match &stored.record {
        Record::Name(sub) => Ok(sub),
        _ => Err(StoreError::Corrupt("a name is not a name".into())),
    }
}

/// Finds the session, then the user by sub or by the names in their order, then what lies beside.
fn find_user(snapshot: &impl Snapshot, query: &UserQuery) -> Result<UserRows, StoreError> {
    let mut rows = UserRows::default();
    for digest in &query.sessions {
        rows.session = snapshot.get(&Key::session(digest))?;
        if rows.session.is_some() {
            break;
        }
    }
    let session = match rows.session.as_ref().map(|stored| &stored.record) {
        Some(Record::Session(session)) => Some(session.clone()),
        Some(_) => return Err(StoreError::Corrupt("a session is not a session".into())),
        None => None,
    };
    let mut otherwise = query.otherwise.clone();
    let of = match &query.subject {
        Subject::Named(candidates) => {
            if let Some(session) = session.as_ref().filter(|session| session.of == candidates.sub) {
                otherwise = Some(session.of.clone());
            }
            find_named(snapshot, candidates, &mut rows)?
        }
        Subject::Session => match &session {
            Some(session) => {
                rows.user = snapshot.get(&Key::user(&session.of))?;
                Some(session.of.clone())
            }
            None => None,
        },
    };
    let Some(of) = of.or(otherwise) else { return Ok(rows) };
    let session_device = session.as_ref().and_then(|session| session.device.as_deref());
    for beside in &query.beside {
        match beside {
            Beside::Groups(limit) if rows.user.is_some() => {
                rows.groups = groups_of(snapshot, &of, None, *limit)?;
            }
            Beside::Rival(rival) if rows.user.is_some() => {
                rows.rival = find_rival(snapshot, &of, rival, &rows.beside)?;
            }
            _ => {
                if let Some(key) = beside.key(&of, session_device) {
                    let stored = snapshot.get(&key)?;
                    rows.beside.push((key, stored));
                }
            }
        }
    }
    Ok(rows)
}

fn find_named(
    snapshot: &impl Snapshot,
    candidates: &Candidates,
    rows: &mut UserRows,
) -> Result<Option<Sub>, StoreError> {
    rows.user = snapshot.get(&Key::user(&candidates.sub))?;
    if rows.user.is_some() {
        return Ok(Some(candidates.sub.clone()));
    }
    for name in &candidates.names {
        match find_holder(snapshot, name)?.held {
            Some((stored, user)) => {
                let sub = sub_of(&stored)?.clone();
                (rows.name, rows.user) = (Some(stored), Some(user));
                return Ok(Some(sub));
            }
            None => rows.absent_names.push(Key::name(name)),
        }
    }
    Ok(None)
}

fn find_rival(
    snapshot: &impl Snapshot,
    of: &Sub,
    rival: &Rival,
    beside: &[(Key, Option<Stored>)],
) -> Result<Option<Holder>, StoreError> {
    let key = Key::code(of, rival.purpose);
    let code = match beside.iter().find(|(place, _)| *place == key) {
        Some((_, read)) => read.clone(),
        None => snapshot.get(&key)?,
    };
    let Some(Stored { record: Record::Code(code), .. }) = code else { return Ok(None) };
    let kind = NameKind::from(code.contact.kind);
    if !rival.kinds.contains(&kind) {
        return Ok(None);
    }
    find_holder(snapshot, &NameKey::folded(kind, &code.contact.value, rival.case_sensitive)).map(Some)
}

/// How many memberships are read at once.
const PAGE: usize = 256;

/// The groups of a user whose ids their memberships name: others are left over from groups that are gone.
fn groups_of(
    snapshot: &impl Snapshot,
    sub: &Sub,
    after: Option<&GroupName>,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    let after = after.map(GroupName::as_str);
    each_membership(snapshot, Kind::GroupOfUser, sub.as_str(), after, |group, record| {
        let Record::GroupOfUser(id) = record else { return Ok(true) };
        if let Some(stored) = snapshot.get(&Key::group(&GroupName::new(group)))?
            && matches!(&stored.record, Record::Group(group) if group.id == *id)
        {
            found.push(stored);
        }
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

fn users_in(
    snapshot: &impl Snapshot,
    group: &Group,
    after: Option<&Sub>,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    let after = after.map(Sub::as_str);
    each_membership(snapshot, Kind::UserInGroup, group.name.as_str(), after, |sub, record| {
        if matches!(record, Record::UserInGroup(id) if *id == group.id) {
            found.extend(snapshot.get(&Key::user(&Sub::new(sub)))?);
        }
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// Calls `visit` with the other side of each membership of one side, in their order, until it returns false.
fn each_membership(
    snapshot: &impl Snapshot,
    kind: Kind,
    side: &str,
    after: Option<&str>,
    mut visit: impl FnMut(&str, &Record) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let prefix = format!("{side} ");
    let mut place = format!("{prefix}{}", after.unwrap_or_default());
    loop {
        let page = snapshot.list(kind, &prefix, &place, PAGE)?;
        for stored in &page {
            let other = stored.key.id().strip_prefix(&prefix).unwrap_or_default();
            if !visit(other, &stored.record)? {
                return Ok(());
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => place = last.key.id().to_owned(),
            _ => return Ok(()),
        }
    }
}
