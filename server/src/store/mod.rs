//! What is kept, and the contract of whoever keeps it.
//!
//! A store holds records. A record lies in one user pool under one [`Key`] and has a version, which is new with every
//! write and never comes back, so that a record that was removed and made again is not mistaken for the old one.
//! [`Backend::commit`] writes all or nothing within one pool, on the condition that what was read is still so. Above
//! the pools there is only a directory: app client id to pool, and the list of pools.
//!
//! Users can be looked for by what they are called: a backend keeps the texts of [`Search`] up to date in the same commit
//! that writes a user, whoever writes it.
//!
//! A backend is what `conformance` says it is. Handlers do not speak to a backend but to [`Store`] (in `read`),
//! which knows the types; [`writes`] turns what a verdict remembers into writes. A new noun is a new [`Kind`] and
//! asks nothing of a backend.

mod auth_events;
mod changes;
#[cfg(test)]
pub(crate) mod conformance;
mod devices;
mod follow;
mod groups;
mod key;
pub mod memory;
mod read;
mod record;
mod search;
mod sign_in;
pub mod sqlite;

use std::fmt;

use async_trait::async_trait;
use lido_domain::{
    Timestamp,
    id::{ClientId, PoolId},
};

pub use self::{
    auth_events::AuthEventPlace,
    changes::writes,
    follow::{Beside, UserQuery, UserRows},
    groups::{join, leave},
    key::{Key, Kind},
    read::{Caller, Holders, Read, Store, UserReading},
    record::{Cause, ClientRecord, OutboxRow, PoolRecord, Record, SigningKeysRecord},
    search::Search,
    sign_in::{Bearing, Entering},
};

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Something that the commit relied on has changed. Read again, decide again, commit again.
    #[error("something that was read has changed since")]
    Conflict,
    /// The store cannot be reached or cannot write now; nothing was written.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What was read makes no sense. Trying again will not help.
    #[error("the store holds something that makes no sense: {0}")]
    Corrupt(String),
}

/// The version of a record: larger with every write to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub(crate) u64);

/// A record as it lies in a store.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Where it lies within its pool.
    pub key: Key,
    /// Its version.
    pub version: Version,
    /// The record.
    pub record: Record,
}

/// A condition of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The record is there and has this version.
    At(Key, Version),
    /// There is no such record.
    Absent(Key),
}

/// One thing that a commit writes.
#[derive(Clone, Debug)]
pub enum Write {
    /// The record lies there now, whatever lay there before.
    Put(Key, Record),
    /// Nothing lies there now.
    Remove(Key),
    /// Nothing of this kind lies there now whose id begins so.
    RemoveUnder(Kind, String),
    /// The pool and everything in it are gone.
    Clear,
}

/// Who keeps records: memory, SQLite, later PostgreSQL. All verbs may be called from many tasks at once.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync {
    /// The records under these keys, all as of one instant, in the order of the keys.
    async fn read(&self, pool: &PoolId, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError>;

    /// The user that a name leads to and what lies beside it, all as of one instant.
    async fn read_user(&self, pool: &PoolId, query: &UserQuery) -> Result<UserRows, StoreError>;

    /// The pool and the app client that a client id leads to, both as of one instant.
    async fn find_client(&self, client: &ClientId) -> Result<Option<(Stored, Stored)>, StoreError>;

    /// Records of one kind in the order of their ids, beginning after the id `after`.
    async fn list(
        &self,
        pool: &PoolId,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError>;

    /// Users who have such a text, in the order of their subs, beginning after the sub `after`. The cost grows with
    /// those who have it and not with those who have not.
    async fn search(
        &self,
        pool: &PoolId,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError>;

    /// How many records of one kind there are in a pool. Of users there may be very many, so their number is kept.
    async fn count(&self, pool: &PoolId, kind: Kind) -> Result<usize, StoreError>;

    /// The pools in the order of their ids, beginning after `after`.
    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Records of one kind in any pool whose hour has come, the longest overdue first: what to send, what to sweep.
    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError>;

    /// Writes all of `writes` in their order, or nothing. When this returns, the writes survive the process.
    ///
    /// `Conflict` if an expectation does not hold, or if a client id belongs to another pool.
    async fn commit(&self, pool: &PoolId, expects: Vec<Expect>, writes: Vec<Write>)
    -> Result<(), StoreError>;

    /// Whether the store answers; for `/_lido/health`.
    async fn check_health(&self) -> Result<(), StoreError>;
}
