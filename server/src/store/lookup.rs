//! Lookups, the parts of a batched read, and their results.
//!
//! A lookup may have several steps, such as from a name to its user and then to the user's related records. A backend
//! gets the whole batch, so that it can read it in one snapshot and, over a network, in one round trip. The steps are
//! implemented here, on a [`Snapshot`]: the store itself for backends in this process (memory and SQLite), and the rows that
//! one statement has brought for PostgreSQL.

use lido_domain::{
    code::Purpose,
    digest::Digest,
    id::{GroupName, PoolId, Sub},
    pool::{
        Pool, SignInNames,
        alias::{Candidates, NameKey, NameKind},
    },
    token::grant::GrantId,
    user::{attempt::AttemptKind, group::Group, sent_messages::MessageCause},
};

use super::{Claim, Key, Kind, Record, Search, StoreError, Stored, Version};

/// The pool of a batch of lookups.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The pool with this id.
    Pool(PoolId),
    /// The pool that holds this claim.
    Claim(Claim),
}

/// One lookup of a batch.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// The record with a key. A backend need not return it if it still has the version `known`.
    Key {
        /// The key.
        key: Key,
        /// The version that the caller has cached.
        known: Option<Version>,
    },
    /// A user with related records.
    User(UserQuery),
    /// The users that hold any of these names, and the user whose sub is `as_sub`.
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
        /// The prefix of the ids.
        prefix: String,
        /// The id to start after, with the prefix.
        after: String,
        /// The most records to return.
        limit: usize,
    },
    /// Records that declare a search text, in the order of their ids. The cost grows with the number of matches.
    Search {
        /// The text.
        search: Search,
        /// The id to start after.
        after: String,
        /// The most records to return.
        limit: usize,
    },
    /// The groups of a user, or the users in a group.
    Memberships(Memberships),
    /// The number of records of a kind. For users it may be an estimate, as at the service (*Documented*:
    /// EstimatedNumberOfUsers).
    Count(Kind),
}

/// The memberships of a user or of a group. Those of deleted groups are omitted.
#[derive(Clone, Debug)]
pub enum Memberships {
    /// The groups of a user, in the order of their names.
    OfUser {
        /// The user.
        sub: Sub,
        /// The group to start after.
        after: Option<GroupName>,
        /// The most records to return.
        limit: usize,
    },
    /// The users in a group, in the order of their subs.
    OfGroup {
        /// The group. A membership must have its id.
        group: Box<Group>,
        /// The user to start after.
        after: Option<Sub>,
        /// The most records to return.
        limit: usize,
    },
}

/// The user of a [`UserQuery`].
#[derive(Clone, Debug)]
pub enum UserSelector {
    /// The user that a typed name identifies: by sub, or else by one of the names.
    Named(Candidates),
    /// The user of the session.
    Session,
}

/// A lookup of a user with related records.
#[derive(Clone, Debug)]
pub struct UserQuery {
    /// The user to find.
    pub subject: UserSelector,
    /// The related records to read with the user.
    pub related: Vec<RelatedRecord>,
    /// The sub whose related records are read if the name identifies no user: a simulated sub.
    pub fallback: Option<Sub>,
    /// The digests that the request's session may have; the first session that exists is read. If it belongs to the
    /// typed sub and there is no such user, its records are read in place of the fallback's.
    pub sessions: Vec<Digest>,
}

impl UserQuery {
    /// Returns a lookup of the user with this sub.
    pub fn of(sub: &Sub, related: Vec<RelatedRecord>) -> Self {
        let candidates = Candidates { sub: sub.clone(), names: Vec::new() };
        Self { subject: UserSelector::Named(candidates), related, fallback: None, sessions: Vec::new() }
    }
}

/// A record that is related to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelatedRecord {
    /// The pending code for a purpose.
    Code(Purpose),
    /// The attempts at an act.
    Attempts(AttemptKind),
    /// The counter of failed sign-ins.
    Failures,
    /// A grant.
    Grant(GrantId),
    /// The browser session with this digest.
    BrowserSession(Digest),
    /// The device with this key, or else with the session's device key.
    Device(Option<String>),
    /// The groups of the user, up to this number.
    Groups(usize),
    /// The holder of the alias that a pending code activates.
    AliasHolder(CodeAlias),
}

/// The alias that a pending code activates, if the pool has the code's contact as an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAlias {
    /// The purpose of the code.
    pub purpose: Purpose,
    /// The kinds of aliases that the pool has.
    pub kinds: Vec<NameKind>,
    /// Whether names in the pool are case-sensitive.
    pub case_sensitive: bool,
}

impl CodeAlias {
    /// Returns the alias that the code for `purpose` activates in `pool`.
    pub fn of(pool: &Pool, purpose: Purpose) -> Self {
        let kinds = match &pool.names {
            SignInNames::Aliases(kinds) => kinds.iter().copied().collect(),
            SignInNames::UsernameOnly | SignInNames::Attributes(_) => Vec::new(),
        };
        Self { purpose, kinds, case_sensitive: pool.case_sensitive }
    }
}

/// The result of a [`Lookup::Key`].
#[derive(Clone, Debug, PartialEq)]
pub enum KeyResult {
    /// There is no such record.
    Absent,
    /// The record still has the version that the caller has cached.
    Unchanged,
    /// The record.
    Record(Box<Stored>),
}

/// A name with the user that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct NameHolder {
    /// The name.
    pub name: NameKey,
    /// The records of the name and of its user, if a user holds it.
    pub held: Option<(Stored, Stored)>,
}

/// The records of a [`UserQuery`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserRows {
    /// The session.
    pub session: Option<Stored>,
    /// The names that no user holds, in the order in which they were tried.
    pub absent_names: Vec<Key>,
    /// The name that identified the user; `None` if the sub did.
    pub name: Option<Stored>,
    /// The user.
    pub user: Option<Stored>,
    /// The related records by key. Those that do not exist are `None`.
    pub related: Vec<(Key, Option<Stored>)>,
    /// The groups of the user, if requested.
    pub groups: Vec<Stored>,
    /// The alias that the pending code activates and its holder, if requested and there is one.
    pub alias_holder: Option<NameHolder>,
}

/// The result of one [`Lookup`].
#[derive(Clone, Debug, PartialEq)]
pub enum LookupResult {
    /// Of [`Lookup::Key`].
    Key(KeyResult),
    /// Of [`Lookup::User`].
    User(Box<UserRows>),
    /// Of [`Lookup::Holders`]: each name, and the user with the requested sub.
    Holders(Vec<NameHolder>, Option<Box<Stored>>),
    /// Of [`Lookup::List`], [`Lookup::Search`] and [`Lookup::Memberships`].
    Many(Vec<Stored>),
    /// Of [`Lookup::Count`].
    Count(usize),
}

impl Lookup {
    /// Returns whether the lookup reads a few records by their keys, however many are stored.
    pub(super) fn is_short(&self) -> bool {
        match self {
            Lookup::Key { .. } | Lookup::Holders { .. } => true,
            // The groups of a user are a list.
            Lookup::User(query) => {
                !query.related.iter().any(|related| matches!(related, RelatedRecord::Groups(_)))
            }
            Lookup::List { .. } | Lookup::Search { .. } | Lookup::Memberships(_) | Lookup::Count(_) => false,
        }
    }
}

impl RelatedRecord {
    /// Returns the counters of the messages that are sent for a cause.
    pub fn messages(cause: MessageCause) -> impl Iterator<Item = RelatedRecord> {
        cause.counters().into_iter().map(RelatedRecord::Attempts)
    }

    /// Returns the key of the record of the user `of`, if it is a single record.
    pub(super) fn key(&self, of: &Sub, session_device: Option<&str>) -> Option<Key> {
        match self {
            RelatedRecord::Code(purpose) => Some(Key::code(of, *purpose)),
            RelatedRecord::Attempts(act) => Some(Key::attempts(of, *act)),
            RelatedRecord::Failures => Some(Key::failures(of)),
            RelatedRecord::Grant(id) => Some(Key::grant(of, id)),
            RelatedRecord::BrowserSession(digest) => Some(Key::browser_session(of, digest)),
            RelatedRecord::Device(key) => key.as_deref().or(session_device).map(|key| Key::device(of, key)),
            RelatedRecord::Groups(_) | RelatedRecord::AliasHolder(_) => None,
        }
    }
}

/// A pool as of one instant.
pub(super) trait Snapshot {
    /// Returns the record with a key, or `Unchanged` if it has the version `known`.
    fn get_unless_known(&self, key: &Key, known: Option<Version>) -> Result<KeyResult, StoreError>;

    /// Returns records of a kind whose ids start with `prefix`, after the id `after`, in the order of their ids.
    fn list(&self, kind: Kind, prefix: &str, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Returns records that declare the search text, after the id `after`, in the order of their ids.
    fn search(&self, search: &Search, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Returns the number of records of a kind.
    fn count(&self, kind: Kind) -> Result<usize, StoreError>;

    /// Returns the groups of a user, up to `limit`. A membership whose group has another id belongs to a deleted group and
    /// is omitted.
    fn groups_of(&self, sub: &Sub, after: Option<&GroupName>, limit: usize) -> Result<Vec<Stored>, StoreError>
    where
        Self: Sized,
    {
        groups_of(self, sub, after, limit)
    }

    /// Returns the record with a key.
    fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        Ok(match self.get_unless_known(key, None)? {
            KeyResult::Record(stored) => Some(*stored),
            KeyResult::Absent | KeyResult::Unchanged => None,
        })
    }
}

/// Runs one lookup.
pub(super) fn run_lookup(snapshot: &impl Snapshot, lookup: &Lookup) -> Result<LookupResult, StoreError> {
    Ok(match lookup {
        Lookup::Key { key, known } => LookupResult::Key(snapshot.get_unless_known(key, *known)?),
        Lookup::User(query) => LookupResult::User(Box::new(find_user(snapshot, query)?)),
        Lookup::Holders { names, as_sub } => {
            let holders = names.iter().map(|name| find_holder(snapshot, name)).collect::<Result<_, _>>()?;
            let user = as_sub.as_ref().map(|sub| snapshot.get(&Key::user(sub))).transpose()?.flatten();
            LookupResult::Holders(holders, user.map(Box::new))
        }
        Lookup::List { kind, prefix, after, limit } => {
            LookupResult::Many(snapshot.list(*kind, prefix, after, *limit)?)
        }
        Lookup::Search { search, after, limit } => {
            LookupResult::Many(snapshot.search(search, after, *limit)?)
        }
        Lookup::Memberships(Memberships::OfUser { sub, after, limit }) => {
            LookupResult::Many(snapshot.groups_of(sub, after.as_ref(), *limit)?)
        }
        Lookup::Memberships(Memberships::OfGroup { group, after, limit }) => {
            LookupResult::Many(users_in(snapshot, group, after.as_ref(), *limit)?)
        }
        Lookup::Count(kind) => LookupResult::Count(snapshot.count(*kind)?),
    })
}

fn find_holder(snapshot: &impl Snapshot, name: &NameKey) -> Result<NameHolder, StoreError> {
    let held = match snapshot.get(&Key::name(name))? {
        Some(stored) => {
            let user = snapshot.get(&Key::user(sub_of(&stored)?))?;
            Some((
                stored,
                user.ok_or_else(|| {
                    StoreError::Corrupt("a name refers to a user that does not exist".into())
                })?,
            ))
        }
        None => None,
    };
    Ok(NameHolder { name: name.clone(), held })
}

fn sub_of(stored: &Stored) -> Result<&Sub, StoreError> {
    match &stored.record {
        Record::Name(sub) => Ok(sub),
        _ => Err(StoreError::Corrupt("the key of a name has another record".into())),
    }
}

/// Finds the session, then the user by sub or else by the names in their order, then the related records.
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
        Some(_) => return Err(StoreError::Corrupt("the key of a session has another record".into())),
        None => None,
    };
    let mut fallback = query.fallback.clone();
    let of = match &query.subject {
        UserSelector::Named(candidates) => {
            if let Some(session) = session.as_ref().filter(|session| session.of == candidates.sub) {
                fallback = Some(session.of.clone());
            }
            find_named(snapshot, candidates, &mut rows)?
        }
        UserSelector::Session => match &session {
            Some(session) => {
                rows.user = snapshot.get(&Key::user(&session.of))?;
                Some(session.of.clone())
            }
            None => None,
        },
    };
    let Some(of) = of.or(fallback) else { return Ok(rows) };
    let session_device = session.as_ref().and_then(|session| session.device.as_deref());
    for related in &query.related {
        match related {
            RelatedRecord::Groups(limit) if rows.user.is_some() => {
                rows.groups = snapshot.groups_of(&of, None, *limit)?;
            }
            RelatedRecord::AliasHolder(alias) if rows.user.is_some() => {
                rows.alias_holder = find_alias_holder(snapshot, &of, alias, &rows.related)?;
            }
            _ => {
                if let Some(key) = related.key(&of, session_device) {
                    let stored = snapshot.get(&key)?;
                    rows.related.push((key, stored));
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

fn find_alias_holder(
    snapshot: &impl Snapshot,
    of: &Sub,
    alias: &CodeAlias,
    related: &[(Key, Option<Stored>)],
) -> Result<Option<NameHolder>, StoreError> {
    let key = Key::code(of, alias.purpose);
    let code = match related.iter().find(|(place, _)| *place == key) {
        Some((_, read)) => read.clone(),
        None => snapshot.get(&key)?,
    };
    let Some(Stored { record: Record::Code(code), .. }) = code else { return Ok(None) };
    let kind = NameKind::from(code.contact.kind);
    if !alias.kinds.contains(&kind) {
        return Ok(None);
    }
    find_holder(snapshot, &NameKey::folded(kind, &code.contact.value, alias.case_sensitive)).map(Some)
}

/// The memberships that are read at a time.
const PAGE: usize = 256;

fn groups_of(
    snapshot: &impl Snapshot,
    sub: &Sub,
    after: Option<&GroupName>,
    limit: usize,
) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    let after = after.map(GroupName::as_str);
    for_each_membership(snapshot, Kind::GroupOfUser, sub.as_str(), after, |group, record| {
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
    for_each_membership(snapshot, Kind::UserInGroup, group.name.as_str(), after, |sub, record| {
        if matches!(record, Record::UserInGroup(id) if *id == group.id) {
            found.extend(snapshot.get(&Key::user(&Sub::new(sub)))?);
        }
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// Calls `visit` with the other side of each membership of one side, in order, until it returns `false`.
fn for_each_membership(
    snapshot: &impl Snapshot,
    kind: Kind,
    side: &str,
    after: Option<&str>,
    mut visit: impl FnMut(&str, &Record) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let prefix = format!("{side} ");
    let mut cursor = format!("{prefix}{}", after.unwrap_or_default());
    loop {
        let page = snapshot.list(kind, &prefix, &cursor, PAGE)?;
        for stored in &page {
            let other = stored.key.id().strip_prefix(&prefix).unwrap_or_default();
            if !visit(other, &stored.record)? {
                return Ok(());
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => cursor = last.key.id().to_owned(),
            _ => return Ok(()),
        }
    }
}
