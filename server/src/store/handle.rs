//! The handle of a store: a backend with the cache in front of it, and the operations outside the transaction of a
//! request, such as the sweep of expired records.

use std::{sync::Arc, time::Instant};

use lido_domain::{Timestamp, attribute::contact::ContactKind, id::PoolId};
use tracing::Instrument as _;

use super::{
    Backend, Claim, ClaimWrite, Commit, Expectation, Key, Kind, Lookup, LookupResult, OutboxRow, PoolRecord,
    Record, Scope, StoreError, StoreRecord, Stored, Transaction, Version, VersionedStoreRecord, Write,
    cache::Cache,
};
use crate::{
    entropy::Entropy,
    metrics::{SqlConnections, StoreMetrics, StoreTrip},
    traces::{record_outcome, store_span},
};

/// A store. Clones share it and are cheap.
#[derive(Clone, Debug)]
pub struct Store(Arc<StoreState>);

#[derive(Debug)]
struct StoreState {
    backend: Box<dyn Backend>,
    metrics: StoreMetrics,
    cache: Cache,
    entropy: Entropy,
}

/// The most rows that the sweep removes in one commit.
///
/// *Chosen*: a commit of a request that arrives meanwhile waits a few milliseconds.
pub const SWEEP_STEP: usize = 500;

impl Store {
    /// Returns the store of a backend.
    pub fn new(backend: impl Backend + 'static) -> Self {
        let (cache, entropy) = (Cache::default(), Entropy::system());
        let (backend, metrics) = (Box::new(backend), StoreMetrics::default());
        Self(Arc::new(StoreState { backend, metrics, cache, entropy }))
    }

    /// Returns the metrics of the trips to the backend.
    pub fn metrics(&self) -> &StoreMetrics {
        &self.0.metrics
    }

    /// Returns the connections to the database, if the backend has some.
    pub fn sql_connections(&self) -> Option<SqlConnections> {
        self.0.backend.sql_connections()
    }

    /// Awaits a trip to the backend, counts it, and records it in the trace of the request.
    async fn measured<T>(
        &self,
        kind: StoreTrip,
        trip: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.measured_attempt(kind, 1, trip).await
    }

    /// Awaits a trip of an attempt of a request, as [`Store::measured`] does.
    async fn measured_attempt<T>(
        &self,
        kind: StoreTrip,
        attempt: u32,
        trip: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let (started, span) = (Instant::now(), store_span(kind.as_str(), attempt));
        let result = trip.instrument(span.clone()).await;
        let outcome = match &result {
            Ok(_) => "ok",
            Err(StoreError::Conflict) => "conflict",
            Err(StoreError::Unavailable(_)) => "unavailable",
            Err(StoreError::OutcomeUnknown(_)) => "unknown",
            Err(StoreError::Corrupt(_)) => "corrupt",
        };
        self.0.metrics.count(kind, outcome, started.elapsed());
        record_outcome(&span, outcome, !matches!(result, Ok(_) | Err(StoreError::Conflict)));
        result
    }

    /// Returns how many messages of a medium wait, at most `limit`. `until` is when the last of them is due.
    pub async fn count_messages(
        &self,
        medium: ContactKind,
        until: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let due = self.0.backend.due(Kind::of_messages(medium), until, limit);
        self.measured(StoreTrip::List, due).await.map(|due| due.len())
    }

    /// Begins a transaction. It reads nothing yet and holds no lock.
    pub fn begin(&self) -> Transaction {
        self.begin_attempt(1)
    }

    /// Begins the transaction of an attempt of a request; the first is 1.
    pub(crate) fn begin_attempt(&self, attempt: u32) -> Transaction {
        Transaction::new(self.clone(), attempt)
    }

    /// Checks that the store responds.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        self.0.backend.check_health().await
    }

    /// Returns pools in the order of their ids, after `after`.
    pub async fn list_pools(
        &self,
        after: Option<&PoolId>,
        limit: usize,
    ) -> Result<Vec<Arc<PoolRecord>>, StoreError> {
        let listed = self.measured(StoreTrip::List, self.0.backend.list_pools(after, limit)).await?;
        listed
            .into_iter()
            .map(|stored| match stored.record {
                Record::Pool(record) => Ok(record),
                _ => Err(StoreError::Corrupt("the key of a pool has another record".into())),
            })
            .collect()
    }

    /// Returns messages of a medium that are due at `until`, each with a transaction that has read it.
    pub async fn due_messages(
        &self,
        medium: ContactKind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Transaction, OutboxRow)>, StoreError> {
        let due = self.0.backend.due(Kind::of_messages(medium), until, limit);
        let due = self.measured(StoreTrip::List, due).await?;
        due.into_iter()
            .map(|(pool, stored)| match &stored.record {
                Record::Outbox(row) => {
                    let (tx, row) = (self.begin(), row.clone());
                    tx.enter(&pool)?;
                    tx.rely_on(&stored);
                    Ok((pool, tx, row))
                }
                _ => Err(StoreError::Corrupt("the key of a message has another record".into())),
            })
            .collect()
    }

    /// Checks that the store can write, by a small write that changes no record.
    pub async fn probe_write(&self) -> Result<(), StoreError> {
        self.0.backend.probe_write().await
    }

    /// Has the planner of a database learn of tables that have grown; see [`Backend::refresh_statistics`].
    pub async fn refresh_statistics(&self) -> Result<(), StoreError> {
        self.0.backend.refresh_statistics().await
    }

    /// Removes all records that are expired at `now`, and all rows of deleted pools. Returns their number.
    ///
    /// It takes as many rounds as needed, so that it keeps up with any rate at which records are added. Each round removes
    /// at most [`SWEEP_STEP`] rows in one commit, and waits for the commits of requests that were there before it.
    pub async fn sweep_all(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut swept = 0;
        loop {
            let (removed, failure) = self.sweep_round(now, SWEEP_STEP).await;
            swept += removed;
            match failure {
                // What cannot be removed must not keep what can.
                _ if removed > 0 => {}
                Some(failure) => return Err(failure),
                None => return Ok(swept),
            }
        }
    }

    /// Removes expired codes, counters, sessions, grants and events, at most `limit` of each, and at most `limit` rows of
    /// deleted pools, in one commit each. Returns the number of removed rows.
    ///
    /// # Errors
    /// The first one, after all others were tried.
    pub async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let (removed, failure) = self.sweep_round(now, limit).await;
        failure.map_or(Ok(removed), Err)
    }

    /// Removes as [`Store::sweep`] does. Returns the number of removed rows, and the first error.
    async fn sweep_round(&self, now: Timestamp, limit: usize) -> (usize, Option<StoreError>) {
        let mut results = Vec::new();
        for kind in Kind::EXPIRING {
            let removed = self.0.backend.sweep_expired(kind, now, limit);
            results.push(self.measured(StoreTrip::Sweep, removed).await);
        }
        results.push(self.measured(StoreTrip::Sweep, self.0.backend.sweep_deleted(limit)).await);
        let removed = results.iter().flatten().sum();
        (removed, results.into_iter().find_map(Result::err))
    }

    /// Runs a batch of lookups as of one instant; see [`Backend::read`].
    pub(super) async fn read(
        &self,
        scope: &Scope,
        lookups: Vec<Lookup>,
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        self.read_attempt(1, scope, lookups).await
    }

    /// Reads as [`Store::read`] does, in an attempt of a request.
    pub(super) async fn read_attempt(
        &self,
        attempt: u32,
        scope: &Scope,
        mut lookups: Vec<Lookup>,
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        let cached = self.0.cache.prepare(scope, &mut lookups);
        let read = self.0.backend.read(scope, &lookups);
        let read = self.measured_attempt(StoreTrip::Read, attempt, read).await?;
        let Some((pool, mut results)) = read else { return Ok(None) };
        self.0.cache.complete(scope, cached, &mut results);
        Ok(Some((pool, results)))
    }

    /// Returns records from the cache, if it has all of them. They may be former ones.
    pub(super) fn cached<const N: usize>(&self, scope: &Scope, keys: [Key; N]) -> Option<[Stored; N]> {
        let found: Option<Vec<Stored>> = keys.iter().map(|key| self.0.cache.get(scope, key)).collect();
        found?.try_into().ok()
    }

    /// Commits; see [`Backend::commit`]. The claims are derived from the records that are put and removed. Returns the
    /// version of the records that were put.
    pub(super) async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expectation>,
        writes: Vec<Write>,
    ) -> Result<Version, StoreError> {
        self.commit_attempt(1, pool, expects, writes, Vec::new()).await
    }

    /// Commits as [`Store::commit`] does, in an attempt of a request. `released` are claims of the pool that it gives up
    /// though no record is removed.
    pub(super) async fn commit_attempt(
        &self,
        attempt: u32,
        pool: &PoolId,
        expects: Vec<Expectation>,
        writes: Vec<Write>,
        released: Vec<Claim>,
    ) -> Result<Version, StoreError> {
        let version = self.new_version()?;
        let released = released.into_iter().map(ClaimWrite::Release);
        let claims = writes.iter().flat_map(claim_writes).chain(released).collect();
        let commit = self.0.backend.commit(pool, Commit { version, expects, writes, claims });
        self.measured_attempt(StoreTrip::Commit, attempt, commit).await?;
        Ok(version)
    }
}

impl Store {
    fn new_version(&self) -> Result<Version, StoreError> {
        let random =
            self.0.entropy.public_bytes().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Version::from_random(random))
    }

    /// Returns the store's own record; see [`Backend::store_record`].
    pub(super) async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        self.0.backend.store_record().await
    }

    /// Replaces the store's own record; see [`Backend::put_store_record`].
    pub(super) async fn put_store_record(
        &self,
        expected: Option<Version>,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        self.0.backend.put_store_record(expected, self.new_version()?, record).await
    }
}

/// Returns the claims that a write takes and releases. A pool takes those of its domains again with every write of its
/// record, which changes nothing.
fn claim_writes(write: &Write) -> Vec<ClaimWrite> {
    match write {
        Write::Put(_, Record::Pool(record)) => {
            record.domains.iter().map(|domain| ClaimWrite::Take(Claim::domain(&domain.name))).collect()
        }
        Write::Put(key, _) => key.claim().map(ClaimWrite::Take).into_iter().collect(),
        Write::Remove(key) => key.claim().map(ClaimWrite::Release).into_iter().collect(),
        Write::RemoveByPrefix(..) | Write::DeletePool => Vec::new(),
    }
}

/// Direct access for tests, to bring a store into a state that no request can bring about.
#[cfg(any(test, feature = "fakes"))]
mod direct {
    use lido_domain::{Timestamp, id::PoolId};

    use super::Store;
    use crate::store::{
        Key, KeyResult, Kind, Lookup, LookupResult, Record, Scope, StoreError, Stored, Write,
    };

    impl Store {
        /// Writes records without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn put(&self, pool: &PoolId, records: Vec<(Key, Record)>) -> Result<(), StoreError> {
            let writes = records.into_iter().map(|(key, record)| Write::Put(key, record)).collect();
            self.commit(pool, Vec::new(), writes).await.map(drop)
        }

        /// Removes the expired records of one kind; see [`crate::store::Backend::sweep_expired`].
        ///
        /// # Errors
        /// As there.
        pub async fn sweep_kind(
            &self,
            kind: Kind,
            until: Timestamp,
            limit: usize,
        ) -> Result<usize, StoreError> {
            self.0.backend.sweep_expired(kind, until, limit).await
        }

        /// Returns the number of records of a kind.
        ///
        /// # Errors
        /// As [`crate::store::Backend::read`].
        pub async fn count(&self, pool: &PoolId, kind: Kind) -> Result<usize, StoreError> {
            let read = self.read(&Scope::Pool(pool.clone()), vec![Lookup::Count(kind)]).await?;
            match read.and_then(|(_, results)| results.into_iter().next()) {
                Some(LookupResult::Count(count)) => Ok(count),
                _ => Ok(0),
            }
        }

        /// Removes a record without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn remove(&self, pool: &PoolId, key: Key) -> Result<(), StoreError> {
            self.commit(pool, Vec::new(), vec![Write::Remove(key)]).await.map(drop)
        }

        /// Removes the records of a kind whose ids start with a prefix, without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn remove_by_prefix(
            &self,
            pool: &PoolId,
            kind: Kind,
            prefix: &str,
        ) -> Result<(), StoreError> {
            let write = Write::RemoveByPrefix(kind, prefix.to_owned());
            self.commit(pool, Vec::new(), vec![write]).await.map(drop)
        }

        /// Deletes a pool without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn clear(&self, pool: &PoolId) -> Result<(), StoreError> {
            self.commit(pool, Vec::new(), vec![Write::DeletePool]).await.map(drop)
        }

        /// Returns the record with a key.
        ///
        /// # Errors
        /// As [`crate::store::Backend::read`].
        pub async fn get(&self, pool: &PoolId, key: Key) -> Result<Option<Stored>, StoreError> {
            let lookups = vec![Lookup::Key { key, known: None }];
            let read = self.read(&Scope::Pool(pool.clone()), lookups).await?;
            Ok(match read.and_then(|(_, results)| results.into_iter().next()) {
                Some(LookupResult::Key(KeyResult::Record(stored))) => Some(*stored),
                _ => None,
            })
        }
    }
}
