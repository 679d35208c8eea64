//! The handle of a store: a backend with the cache in front of it, and the operations outside the transaction of a
//! request, such as the sweep of expired records.

use std::sync::Arc;

use lido_domain::{Timestamp, id::PoolId};

use super::{
    Backend, ClaimWrite, Commit, Expectation, Kind, Lookup, LookupResult, OutboxRow, PoolRecord, Record,
    Scope, StoreError, Transaction, Version, Write, cache::Cache,
};
use crate::entropy::Entropy;

/// A store. Clones share it and are cheap.
#[derive(Clone, Debug)]
pub struct Store(Arc<StoreState>);

#[derive(Debug)]
struct StoreState {
    backend: Box<dyn Backend>,
    cache: Cache,
    entropy: Entropy,
}

/// The most rows of deleted pools that are removed in one transaction.
const DELETED_BATCH: usize = 1_000;

impl Store {
    /// Returns the store of a backend.
    pub fn new(backend: impl Backend + 'static) -> Self {
        let (cache, entropy) = (Cache::default(), Entropy::system());
        Self(Arc::new(StoreState { backend: Box::new(backend), cache, entropy }))
    }

    /// Begins a transaction. It reads nothing yet and holds no lock.
    pub fn begin(&self) -> Transaction {
        Transaction::new(self.clone())
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
        let listed = self.0.backend.list_pools(after, limit).await?;
        listed
            .into_iter()
            .map(|stored| match stored.record {
                Record::Pool(record) => Ok(record),
                _ => Err(StoreError::Corrupt("the key of a pool has another record".into())),
            })
            .collect()
    }

    /// Returns messages that are due at `until`, each with a transaction that has read it.
    pub async fn due_messages(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Transaction, OutboxRow)>, StoreError> {
        let due = self.0.backend.due(Kind::Outbox, until, limit).await?;
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

    /// Removes expired codes, counters, sessions, grants and events, at most `limit` of each, and rows of deleted
    /// pools. Returns the number of removed records.
    pub async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        for kind in [Kind::Code, Kind::Attempts, Kind::Session, Kind::Failures, Kind::Grant, Kind::AuthEvent]
        {
            for (pool, stored) in self.0.backend.due(kind, now, limit).await? {
                let expects = vec![Expectation::At(stored.key.clone(), stored.version)];
                match self.commit(&pool, expects, vec![Write::Remove(stored.key)]).await {
                    Ok(_) => swept += 1,
                    // The record was renewed, or its pool was deleted.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        loop {
            let removed = self.0.backend.sweep_deleted(DELETED_BATCH.min(limit.max(1))).await?;
            swept += removed;
            // A sweep is bounded. The next one continues.
            if removed == 0 || swept >= limit.saturating_mul(16) {
                return Ok(swept);
            }
        }
    }

    /// Runs a batch of lookups as of one instant; see [`Backend::read`].
    pub(super) async fn read(
        &self,
        scope: &Scope,
        mut lookups: Vec<Lookup>,
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        let cached = self.0.cache.prepare(scope, &mut lookups);
        let Some((pool, mut results)) = self.0.backend.read(scope, &lookups).await? else { return Ok(None) };
        self.0.cache.complete(scope, cached, &mut results);
        Ok(Some((pool, results)))
    }

    /// Commits; see [`Backend::commit`]. The claims are derived from the records that are put and removed. Returns the
    /// version of the records that were put.
    pub(super) async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expectation>,
        writes: Vec<Write>,
    ) -> Result<Version, StoreError> {
        let random = self.0.entropy.bytes().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let version = Version::from_random(random);
        let claims = writes.iter().filter_map(claim_write).collect();
        self.0.backend.commit(pool, Commit { version, expects, writes, claims }).await?;
        Ok(version)
    }
}

fn claim_write(write: &Write) -> Option<ClaimWrite> {
    match write {
        Write::Put(key, _) => key.claim().map(ClaimWrite::Take),
        Write::Remove(key) => key.claim().map(ClaimWrite::Release),
        Write::RemoveByPrefix(..) | Write::DeletePool => None,
    }
}

/// Direct access for tests, to bring a store into a state that no request can bring about.
#[cfg(any(test, feature = "fakes"))]
mod direct {
    use lido_domain::id::PoolId;

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
