//! Records, and the trait of the backends that keep them.
//!
//! A store holds records. A record lies in one user pool under one [`Key`] and has a [`Version`]. Everything that one
//! request reads and writes is one [`Transaction`], which records what it read; [`Backend::commit`] writes all or
//! nothing within one pool, on the condition that what was read is unchanged. Above the pools there are only [`Claim`]s,
//! ids that are unique over all pools, and the list of pools.
//!
//! Users can be searched: a backend keeps the texts that a record declares up to date in the commit that writes it.
//!
//! A backend is what `conformance` says it is. Handlers do not speak to a backend but to a [`Transaction`] (through
//! `operations::Tx`), which knows the types. A new noun is a new [`Kind`] and asks nothing of a backend.

mod cache;
mod changes;
mod claim;
#[cfg(test)]
pub(crate) mod conformance;
mod former;
mod key;
mod lookup;
pub mod memory;
mod record;
mod search;
pub mod sqlite;
mod stored;
mod transaction;

use std::fmt;

use async_trait::async_trait;
use lido_domain::{Timestamp, id::PoolId};

pub use self::{
    changes::{CLAIM, OutboxCommit, writes},
    claim::{Claim, ClaimWrite, Namespace},
    key::{Key, Kind},
    lookup::{
        Answer, Beside, Found, Holder, Lookup, Memberships, Rival, Scope, Subject, UserQuery, UserRows,
    },
    record::{Cause, ClientRecord, OutboxRow, PoolRecord, Record, SigningKeysRecord},
    search::Search,
    stored::Store,
    transaction::{AuthEventPlace, ClientReading, Holders, SigningKeys, Transaction, UserReading},
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

impl StoreError {
    /// Whether the same request may succeed with fresh reads.
    pub fn is_conflict(&self) -> bool {
        *self == StoreError::Conflict
    }
}

/// The version of a record. Every commit has a random one of 63 bits, so that versions are compared for equality only and
/// none comes back for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub(crate) u64);

impl Version {
    /// The version with these random bits.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes) >> 1)
    }
}

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
    /// The record is there and has this version, and no commit at the same time changes it.
    At(Key, Version),
    /// There is no such record.
    Absent(Key),
    /// The record, which the commit merely relies on, has this version in the snapshot of the commit. It is not locked:
    /// a commit that overlaps a change of the record counts as before it.
    Guard(Key, Version),
}

impl Expect {
    /// The key that the condition is about.
    pub fn key(&self) -> &Key {
        match self {
            Expect::At(key, _) | Expect::Absent(key) | Expect::Guard(key, _) => key,
        }
    }

    /// Whether the condition holds where the record has this version, or is absent.
    pub fn holds(&self, version: Option<Version>) -> bool {
        match self {
            Expect::At(_, wanted) | Expect::Guard(_, wanted) => version == Some(*wanted),
            Expect::Absent(_) => version.is_none(),
        }
    }
}

/// One thing that a commit writes.
#[derive(Clone, Debug)]
pub enum Write {
    /// Puts the record, whatever lay there before. Putting a pool's own record into a pool that does not exist begins a
    /// new incarnation of the pool.
    Put(Key, Record),
    /// Removes the record.
    Remove(Key),
    /// Removes the records of a kind whose ids begin with the text.
    RemoveUnder(Kind, String),
    /// Deletes the pool and everything in it; its claims are free at once.
    Clear,
}

/// What one commit asks of a backend.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The version that every record put by the commit gets.
    pub version: Version,
    /// The conditions.
    pub expects: Vec<Expect>,
    /// The writes, in their order.
    pub writes: Vec<Write>,
    /// The claims that are taken and released.
    pub claims: Vec<ClaimWrite>,
}

/// A storage backend: memory, SQLite, later PostgreSQL. All methods may be called from many tasks at once.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync {
    /// Answers all lookups as of one instant, in their order, within the pool of `scope`. Returns `None` if the scope is
    /// a claim that no pool holds. In a pool that does not exist everything is absent.
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<Answer>)>, StoreError>;

    /// The records of the pools in the order of their ids, beginning after `after`.
    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Records of one kind in any pool that are due, the longest overdue first: what to send, what to sweep.
    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError>;

    /// Writes everything, or nothing. When this returns, the writes survive the process.
    ///
    /// # Errors
    /// `Conflict` if an expectation does not hold, if a claim belongs to another pool, or if something is put into a pool
    /// that does not exist and the commit does not put the pool's own record.
    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError>;

    /// Removes at most `limit` rows that deleted pools left behind; returns how many. They are invisible already.
    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError>;

    /// Checks that the store answers; for `/_lido/health`.
    async fn check_health(&self) -> Result<(), StoreError>;
}
