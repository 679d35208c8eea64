//! The store as handlers see it: typed reads, and with each the expectations that a commit based on it must hold to.

use std::{collections::BTreeMap, sync::Arc};

use lido_domain::{
    Timestamp,
    code::PendingCode,
    digest::Digest,
    flow::Found,
    id::{ClientId, PoolId, Sub},
    pool::alias::NameKey,
    sign_in::{lockout::Failures, session::Session},
    user::{
        User,
        attempt::Attempts,
        search::{Comparison, Field, Filter},
    },
};

use super::{
    Backend, ClientRecord, Expect, Key, Kind, OutboxRow, PoolRecord, Record, Search, StoreError, Stored,
    UserQuery, Write,
};

/// A store. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub struct Store(Arc<dyn Backend>);

/// Something that was read, with the expectation that it stays so.
#[derive(Clone, Debug, PartialEq)]
pub struct Read<T> {
    /// What was read.
    pub value: T,
    /// What a commit based on it expects.
    pub expects: Vec<Expect>,
}

/// The app client of a public request and its pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The pool.
    pub pool: Arc<PoolRecord>,
    /// The client.
    pub client: Arc<ClientRecord>,
}

/// A user and what lies beside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserReading {
    /// The user, if the name led to one.
    pub user: Option<User>,
    /// The pending code, if it was asked for and is there.
    pub code: Option<PendingCode>,
    /// The attempts, if they were asked for and are there.
    pub attempts: Option<Attempts>,
    /// The failures to sign in, if they were asked for and are there.
    pub failures: Option<Failures>,
    /// What a commit based on this expects.
    pub expects: Vec<Expect>,
}

impl UserReading {
    /// What the domain's flows are handed.
    pub fn found(&self) -> Found<'_> {
        Found { user: self.user.as_ref(), code: self.code.as_ref(), attempts: self.attempts.as_ref() }
    }
}

/// Who holds certain names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holders {
    /// The users who hold some of them.
    pub users: BTreeMap<NameKey, User>,
    /// What a commit based on this expects.
    pub expects: Vec<Expect>,
}

fn strange(stored: &Stored) -> StoreError {
    StoreError::Corrupt(format!("a record of another kind lies at {:?}", stored.key.kind()))
}

macro_rules! unwrap_record {
    ($function:ident, $variant:ident, $type:ty) => {
        fn $function(stored: Stored) -> Result<$type, StoreError> {
            match stored.record {
                Record::$variant(record) => Ok(record),
                _ => Err(strange(&stored)),
            }
        }
    };
}

unwrap_record!(pool_of, Pool, Arc<PoolRecord>);
unwrap_record!(client_of, Client, Arc<ClientRecord>);
unwrap_record!(user_of, User, User);
unwrap_record!(sub_of, Name, Sub);
unwrap_record!(code_of, Code, PendingCode);
unwrap_record!(attempts_of, Attempts, Attempts);
unwrap_record!(session_of, Session, Session);
unwrap_record!(row_of, Outbox, OutboxRow);

fn at(stored: &Stored) -> Expect {
    Expect::At(stored.key.clone(), stored.version)
}

impl Store {
    /// The store that `backend` keeps.
    pub fn new(backend: impl Backend + 'static) -> Self {
        Self(Arc::new(backend))
    }

    /// Whether the store answers.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        self.0.check_health().await
    }

    /// Commits; see [`Backend::commit`].
    pub async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expect>,
        writes: Vec<Write>,
    ) -> Result<(), StoreError> {
        self.0.commit(pool, expects, writes).await
    }

    /// A pool.
    pub async fn read_pool(&self, pool: &PoolId) -> Result<Option<Read<Arc<PoolRecord>>>, StoreError> {
        let Some(stored) = self.read_one(pool, Key::pool()).await? else { return Ok(None) };
        Ok(Some(Read { expects: vec![at(&stored)], value: pool_of(stored)? }))
    }

    /// An app client of a pool.
    pub async fn read_client(
        &self,
        pool: &PoolId,
        client: &ClientId,
    ) -> Result<Option<Read<Arc<ClientRecord>>>, StoreError> {
        let Some(stored) = self.read_one(pool, Key::client(client)).await? else { return Ok(None) };
        Ok(Some(Read { expects: vec![at(&stored)], value: client_of(stored)? }))
    }

    /// The app client of a public request, and its pool.
    pub async fn find_caller(&self, client: &ClientId) -> Result<Option<Read<Caller>>, StoreError> {
        let Some((pool, client)) = self.0.find_client(client).await? else { return Ok(None) };
        let expects = vec![at(&pool), at(&client)];
        Ok(Some(Read { value: Caller { pool: pool_of(pool)?, client: client_of(client)? }, expects }))
    }

    /// The user that a name leads to, and what lies beside. If it leads nowhere, what lies beside
    /// [`UserQuery::otherwise`].
    pub async fn read_user(&self, pool: &PoolId, query: &UserQuery) -> Result<UserReading, StoreError> {
        let rows = self.0.read_user(pool, query).await?;
        let mut reading = UserReading::default();
        reading.expects.extend(rows.name.as_ref().map(at));
        if let Some(stored) = rows.user {
            reading.expects.push(at(&stored));
            reading.user = Some(user_of(stored)?);
        }
        for (key, stored) in rows.beside {
            let Some(stored) = stored else {
                reading.expects.push(Expect::Absent(key));
                continue;
            };
            reading.expects.push(at(&stored));
            match stored.record {
                Record::Code(_) => reading.code = Some(code_of(stored)?),
                Record::Failures(failures) => reading.failures = Some(failures),
                _ => reading.attempts = Some(attempts_of(stored)?),
            }
        }
        Ok(reading)
    }

    /// Who holds these names, and who has `as_sub` for a sub: such a user holds `names`' first.
    pub async fn read_holders(
        &self,
        pool: &PoolId,
        names: &[NameKey],
        as_sub: Option<&Sub>,
    ) -> Result<Holders, StoreError> {
        let mut holders = Holders::default();
        let keys: Vec<Key> = names.iter().map(Key::name).collect();
        let mut owners: Vec<(NameKey, Sub)> = Vec::new();
        for ((name, key), stored) in names.iter().zip(&keys).zip(self.0.read(pool, &keys).await?) {
            match stored {
                None => holders.expects.push(Expect::Absent(key.clone())),
                Some(stored) => {
                    holders.expects.push(at(&stored));
                    owners.push((name.clone(), sub_of(stored)?));
                }
            }
        }
        let named = owners.len();
        if let (Some(sub), Some(first)) = (as_sub, names.first()) {
            owners.push((first.clone(), sub.clone()));
        }
        if owners.is_empty() {
            return Ok(holders);
        }
        let keys: Vec<Key> = owners.iter().map(|(_, sub)| Key::user(sub)).collect();
        let users = self.0.read(pool, &keys).await?;
        for (index, ((name, _), stored)) in owners.into_iter().zip(users).enumerate() {
            match stored {
                Some(stored) => {
                    holders.expects.push(at(&stored));
                    holders.users.entry(name).or_insert(user_of(stored)?);
                }
                // The name was read before its user, so both may have gone meanwhile; the commit will tell.
                None if index < named => return Err(StoreError::Conflict),
                None => {}
            }
        }
        Ok(holders)
    }

    /// The first session that lies under one of `keys`, and where.
    pub async fn read_session(
        &self,
        pool: &PoolId,
        keys: &[Digest],
    ) -> Result<Option<Read<(Digest, Session)>>, StoreError> {
        let places: Vec<Key> = keys.iter().map(Key::session).collect();
        for (digest, stored) in keys.iter().zip(self.0.read(pool, &places).await?) {
            if let Some(stored) = stored {
                let expects = vec![at(&stored)];
                return Ok(Some(Read { value: (digest.clone(), session_of(stored)?), expects }));
            }
        }
        Ok(None)
    }

    /// Pools in the order of their ids, after `after`.
    pub async fn list_pools(
        &self,
        after: Option<&PoolId>,
        limit: usize,
    ) -> Result<Vec<Arc<PoolRecord>>, StoreError> {
        self.0.list_pools(after, limit).await?.into_iter().map(pool_of).collect()
    }

    /// App clients of a pool in the order of their ids, after `after`.
    pub async fn list_clients(
        &self,
        pool: &PoolId,
        after: Option<&ClientId>,
        limit: usize,
    ) -> Result<Vec<Arc<ClientRecord>>, StoreError> {
        let after = after.map(ClientId::as_str);
        self.0.list(pool, Kind::Client, after, limit).await?.into_iter().map(client_of).collect()
    }

    /// Users of a pool in the order of their subs, after `after`; an id as the place to go on survives writes.
    pub async fn list_users(
        &self,
        pool: &PoolId,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        let after = after.map(Sub::as_str);
        self.0.list(pool, Kind::User, after, limit).await?.into_iter().map(user_of).collect()
    }

    /// Users of a pool who may be what `filter` asks for, in the order of their subs, after `after`: fewer than `limit`
    /// only if there are no more. Whoever reads them asks [`Filter::matches`], because an index knows less than that.
    pub async fn search_users(
        &self,
        pool: &PoolId,
        filter: &Filter,
        after: Option<&Sub>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        match Search::of(filter) {
            Some(search) => {
                let found = self.0.search(pool, &search, after.map(Sub::as_str), limit).await?;
                found.into_iter().map(user_of).collect()
            }
            None if filter.field == Field::Sub && filter.comparison == Comparison::Is => {
                let sub = Sub::new(filter.value.as_str());
                let is_before = after.is_some_and(|after| *after >= sub);
                let stored = self.read_one(pool, Key::user(&sub)).await?.filter(|_| !is_before);
                stored.into_iter().map(user_of).collect()
            }
            None => self.list_users(pool, after, limit).await,
        }
    }

    /// How many users a pool has.
    pub async fn count_users(&self, pool: &PoolId) -> Result<usize, StoreError> {
        self.0.count(pool, Kind::User).await
    }

    /// A message that must be sent.
    pub async fn read_message(&self, pool: &PoolId, id: &str) -> Result<Option<Read<OutboxRow>>, StoreError> {
        let Some(stored) = self.read_one(pool, Key::outbox(id)).await? else { return Ok(None) };
        Ok(Some(Read { expects: vec![at(&stored)], value: row_of(stored)? }))
    }

    /// Messages whose hour has come, with what a commit about each expects.
    pub async fn due_messages(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Read<OutboxRow>)>, StoreError> {
        let due = self.0.due(Kind::Outbox, until, limit).await?;
        due.into_iter()
            .map(|(pool, stored)| Ok((pool, Read { expects: vec![at(&stored)], value: row_of(stored)? })))
            .collect()
    }

    /// Removes codes, counters, sessions, grants and events that mean nothing any more, at most `limit` of each; says how many.
    pub async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        for kind in [Kind::Code, Kind::Attempts, Kind::Session, Kind::Failures, Kind::Grant, Kind::AuthEvent]
        {
            for (pool, stored) in self.0.due(kind, now, limit).await? {
                match self.0.commit(&pool, vec![at(&stored)], vec![Write::Remove(stored.key)]).await {
                    Ok(()) => swept += 1,
                    // It was renewed meanwhile, so it stays.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(swept)
    }

    /// Whoever keeps the records, for the other files of this store.
    pub(super) fn backend(&self) -> &dyn Backend {
        self.0.as_ref()
    }

    /// One record as what it must be.
    pub(super) async fn read_as<T>(
        &self,
        pool: &PoolId,
        key: Key,
        is: impl FnOnce(Record) -> Result<T, StoreError>,
    ) -> Result<Option<Read<T>>, StoreError> {
        let Some(stored) = self.read_one(pool, key).await? else { return Ok(None) };
        Ok(Some(Read { expects: vec![at(&stored)], value: is(stored.record)? }))
    }

    async fn read_one(&self, pool: &PoolId, key: Key) -> Result<Option<Stored>, StoreError> {
        Ok(self.0.read(pool, &[key]).await?.into_iter().next().flatten())
    }
}
