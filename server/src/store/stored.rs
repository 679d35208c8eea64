//! The store as the server holds it: a backend, the cache above it, and what is no transaction of a request.

use std::sync::Arc;

use lido_domain::{Timestamp, id::PoolId};

use super::{
    Answer, Backend, ClaimWrite, Commit, Expect, Kind, Lookup, OutboxRow, PoolRecord, Record, Scope,
    StoreError, Transaction, Version, Write, cache::Cache,
};
use crate::entropy::Entropy;

/// A store. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Box<dyn Backend>,
    cache: Cache,
    entropy: Entropy,
}

/// How many rows of deleted pools one sweep removes at once.
const DELETED_STEP: usize = 1_000;

impl Store {
    /// The store that `backend` keeps.
    pub fn new(backend: impl Backend + 'static) -> Self {
        let (cache, entropy) = (Cache::default(), Entropy::system());
        Self(Arc::new(Inner { backend: Box::new(backend), cache, entropy }))
    }

    /// Begins a transaction. Nothing is read yet, and nothing is held.
    pub fn begin(&self) -> Transaction {
        Transaction::new(self.clone())
    }

    /// Checks that the store answers.
    pub async fn check_health(&self) -> Result<(), StoreError> {
        self.0.backend.check_health().await
    }

    /// Pools in the order of their ids, after `after`.
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
                _ => Err(StoreError::Corrupt("a pool is not a pool".into())),
            })
            .collect()
    }

    /// Messages that are due, each with a transaction that has read it.
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
                _ => Err(StoreError::Corrupt("a message is not a message".into())),
            })
            .collect()
    }

    /// Removes codes, counters, sessions, grants and events that mean nothing any more, at most `limit` of each, and rows
    /// of deleted pools. Returns how many.
    pub async fn sweep(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut swept = 0;
        for kind in [Kind::Code, Kind::Attempts, Kind::Session, Kind::Failures, Kind::Grant, Kind::AuthEvent]
        {
            for (pool, stored) in self.0.backend.due(kind, now, limit).await? {
                let expects = vec![Expect::At(stored.key.clone(), stored.version)];
                match self.commit(&pool, expects, vec![Write::Remove(stored.key)]).await {
                    Ok(_) => swept += 1,
                    // It was renewed, or its pool was deleted.
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        loop {
            let step = self.0.backend.sweep_deleted(DELETED_STEP.min(limit.max(1))).await?;
            swept += step;
            // A round is bounded; what is left goes with the next.
            if step == 0 || swept >= limit.saturating_mul(16) {
                return Ok(swept);
            }
        }
    }

    /// Answers a batch of lookups as of one instant; see [`Backend::read`].
    pub(super) async fn read(
        &self,
        scope: &Scope,
        mut lookups: Vec<Lookup>,
    ) -> Result<Option<(PoolId, Vec<Answer>)>, StoreError> {
        let kept = self.0.cache.prepare(scope, &mut lookups);
        let Some((pool, mut answers)) = self.0.backend.read(scope, &lookups).await? else { return Ok(None) };
        self.0.cache.complete(scope, kept, &mut answers);
        Ok(Some((pool, answers)))
    }

    /// Commits; see [`Backend::commit`]. Claims follow from the records that are put and removed. Returns the version
    /// of what was put.
    pub(super) async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expect>,
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
        Write::RemoveUnder(..) | Write::Clear => None,
    }
}

/// Direct access for tests that must put a store into a state which no request makes.
#[cfg(any(test, feature = "fakes"))]
mod direct {
    use lido_domain::id::PoolId;

    use super::Store;
    use crate::store::{Answer, Found, Key, Kind, Lookup, Record, Scope, StoreError, Stored, Write};

    impl Store {
        /// Writes without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn put(&self, pool: &PoolId, records: Vec<(Key, Record)>) -> Result<(), StoreError> {
            let writes = records.into_iter().map(|(key, record)| Write::Put(key, record)).collect();
            self.commit(pool, Vec::new(), writes).await.map(drop)
        }

        /// Removes without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn remove(&self, pool: &PoolId, key: Key) -> Result<(), StoreError> {
            self.commit(pool, Vec::new(), vec![Write::Remove(key)]).await.map(drop)
        }

        /// Removes the records of a kind whose ids begin with a text, without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn remove_under(&self, pool: &PoolId, kind: Kind, prefix: &str) -> Result<(), StoreError> {
            let write = Write::RemoveUnder(kind, prefix.to_owned());
            self.commit(pool, Vec::new(), vec![write]).await.map(drop)
        }

        /// Deletes a pool without a condition.
        ///
        /// # Errors
        /// As [`crate::store::Backend::commit`].
        pub async fn clear(&self, pool: &PoolId) -> Result<(), StoreError> {
            self.commit(pool, Vec::new(), vec![Write::Clear]).await.map(drop)
        }

        /// The record under a key.
        ///
        /// # Errors
        /// As [`crate::store::Backend::read`].
        pub async fn get(&self, pool: &PoolId, key: Key) -> Result<Option<Stored>, StoreError> {
            let lookups = vec![Lookup::Key { key, known: None }];
            let read = self.read(&Scope::Pool(pool.clone()), lookups).await?;
            Ok(match read.and_then(|(_, answers)| answers.into_iter().next()) {
                Some(Answer::One(Found::Record(stored))) => Some(*stored),
                _ => None,
            })
        }
    }
}
