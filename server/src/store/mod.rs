//! The store: records, transactions, and the trait of storage backends.
//!
//! A record belongs to one user pool, has a [`Key`] within it, and a [`Version`]. The reads and writes of a request are
//! one [`Transaction`]: it remembers the versions that it reads, and [`Backend::commit`] writes everything or nothing
//! within one pool, on the condition that those versions are unchanged. Only [`Claim`]s, ids that are unique over all
//! pools, the list of pools, and the store's own record ([`StoreRecord`]) exist outside a pool.
//!
//! Users can be searched by the search texts that their records declare; a commit updates them with the record.
//!
//! The suite in `conformance` defines the behaviour of a backend. Handlers use a typed [`Transaction`] (through
//! `operations::Tx`) and never a backend. A new type of record is a new [`Kind`] and needs no change in a backend.

mod cache;
mod changes;
mod claim;
#[cfg(test)]
pub(crate) mod conformance;
mod handle;
mod key;
mod key_check;
mod leftovers;
mod lookup;
pub mod memory;
pub mod postgres;
mod record;
mod search;
mod secrets;
mod shared_buckets;
pub mod sqlite;
mod store_record;
mod transaction;
pub mod transfer;
mod upgrade;
pub mod upgrade_notice;

use std::fmt;

use async_trait::async_trait;
use lido_domain::{Timestamp, id::PoolId};

use crate::metrics::SqlConnections;

pub use self::{
    changes::{CLAIM_TTL, OutboxCommit, writes},
    claim::{Claim, ClaimWrite, Namespace},
    handle::{SWEEP_STEP, Store},
    key::{Key, Kind, message_id, uuid_of_message},
    key_check::{KeyCheck, KeyCheckError},
    leftovers::Removed,
    lookup::{
        CodeAlias, KeyResult, Lookup, LookupResult, Memberships, NameHolder, RelatedRecord, Scope, UserQuery,
        UserRows, UserSelector,
    },
    record::{ClientRecord, OutboxRow, PoolRecord, Record, RequestInfo, SigningKeysRecord},
    search::Search,
    shared_buckets::SharedBuckets,
    store_record::{StoreRecord, VersionedStoreRecord},
    transaction::{
        AuthEventCursor, ClientBranding, ClientWithPool, Holders, SigningKeys, Transaction, UserRecords,
    },
};

/// The error of a store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A record that the commit depends on has changed. The request may read, decide and commit again.
    #[error("a record that was read has changed in the meantime")]
    Conflict,
    /// The store cannot be reached or cannot write now. Nothing was written.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The connection was lost during a commit, which may or may not have happened. The caller must not tell that it has,
    /// and must not repeat it.
    #[error("the outcome of a commit is not known: {0}")]
    OutcomeUnknown(String),
    /// A stored record is invalid. A retry cannot help.
    #[error("the store is corrupt: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Returns whether the same request may succeed with new reads.
    pub fn is_conflict(&self) -> bool {
        *self == StoreError::Conflict
    }
}

/// The version of a record: 63 random bits per commit. Versions are compared for equality only, and none occurs twice
/// for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub(crate) u64);

impl Version {
    /// Returns the version with these random bits.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes) >> 1)
    }
}

/// A record in a store, with its key and version.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The key within the pool.
    pub key: Key,
    /// Its version.
    pub version: Version,
    /// The record.
    pub record: Record,
}

/// A condition of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The record has this version, and no concurrent commit changes it.
    At(Key, Version),
    /// The record does not exist.
    Absent(Key),
    /// The record has this version in the snapshot of the commit, which does not write it. The record is not locked: if
    /// another commit changes it concurrently, both succeed, as if this one had come first.
    Guard(Key, Version),
}

impl Expectation {
    /// Returns the key of the condition.
    pub fn key(&self) -> &Key {
        match self {
            Expectation::At(key, _) | Expectation::Absent(key) | Expectation::Guard(key, _) => key,
        }
    }

    /// Returns whether the condition holds for a record with this version, or for an absent one.
    pub fn holds(&self, version: Option<Version>) -> bool {
        match self {
            Expectation::At(_, wanted) | Expectation::Guard(_, wanted) => version == Some(*wanted),
            Expectation::Absent(_) => version.is_none(),
        }
    }
}

/// One write of a commit.
#[derive(Clone, Debug)]
pub enum Write {
    /// Inserts or replaces the record. Putting the pool's own record creates a pool that does not exist, as a new
    /// incarnation.
    Put(Key, Record),
    /// Removes the record.
    Remove(Key),
    /// Removes the records of a kind whose ids start with the text.
    RemoveByPrefix(Kind, String),
    /// Deletes the pool with all its records. Its claims are free at once.
    DeletePool,
}

/// A commit.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The version of every record that the commit puts.
    pub version: Version,
    /// The conditions.
    pub expects: Vec<Expectation>,
    /// The writes, in order.
    pub writes: Vec<Write>,
    /// The claims to take and to release.
    pub claims: Vec<ClaimWrite>,
}

/// The storage backend: memory, SQLite or PostgreSQL. All methods may be called concurrently.
#[async_trait]
pub trait Backend: fmt::Debug + Send + Sync {
    /// Runs all lookups as of one instant, and returns the pool of `scope` and the results in the order of the lookups.
    ///
    /// Returns `None` if the scope is a claim that no pool holds. A pool that does not exist has no records.
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError>;

    /// Returns the records of pools in the order of their ids, after `after`.
    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Returns records of a kind that are due at `until`, in any pool, the longest overdue first: messages to send, or
    /// expired records. One that cannot be read is left out, and reported in the log: it must not keep the others.
    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError>;

    /// Writes everything or nothing. The writes are durable when this returns.
    ///
    /// # Errors
    /// `Conflict` if an expectation does not hold, if another pool holds a claim, or if a record is put into a pool
    /// that does not exist and that the commit does not create.
    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError>;

    /// Removes at most `limit` expired records of a kind, in any pool: those that are due at `until`, the longest overdue
    /// first. Returns their number. A record that a concurrent commit renews is not removed.
    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Removes at most `limit` rows of deleted pools, which no read returns any more, and returns their number.
    async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError>;

    /// Has the planner of a database learn of tables that have grown much since it last did. Other backends have no planner.
    async fn refresh_statistics(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Returns the store's own record, or `None` if the store has none yet.
    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError>;

    /// Replaces the store's own record, which gets `version`. `expected` is the version that was read, or `None` if there
    /// was no record.
    ///
    /// # Errors
    /// `Conflict` if the record has changed.
    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError>;

    /// Returns the connections to a SQL server, if this backend has some.
    fn sql_connections(&self) -> Option<SqlConnections> {
        None
    }

    /// Checks that the store responds, for `/_lido/health`.
    async fn check_health(&self) -> Result<(), StoreError>;

    /// Checks that the store can write, by a small write of its own that is durable when this returns and changes no
    /// record.
    async fn probe_write(&self) -> Result<(), StoreError>;
}
