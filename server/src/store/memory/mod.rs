//! A backend in memory, behind one lock. Its records are lost when the process ends.
//!
//! It passes the same conformance suite as the other backends. It serves `lido dev --store memory` and tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use async_trait::async_trait;
use lido_domain::{Timestamp, id::PoolId};

use super::{
    Backend, Claim, ClaimWrite, Commit, Expectation, Key, KeyResult, Kind, Lookup, LookupResult, Record,
    Scope, Search, StoreError, StoreRecord, Stored, Version, VersionedStoreRecord, Write,
    lookup::{Snapshot, run_lookup},
};

/// A backend that keeps records in memory.
#[derive(Debug, Default)]
pub struct MemoryBackend(RwLock<Contents>);

#[derive(Debug, Default)]
struct Contents {
    pools: BTreeMap<PoolId, PoolContents>,
    claims: BTreeMap<Claim, PoolId>,
    own: Option<VersionedStoreRecord>,
}

/// The contents of one incarnation of a pool.
#[derive(Debug, Default)]
struct PoolContents {
    records: BTreeMap<Key, (Version, Record)>,
    /// The search texts of records: field, text, key.
    texts: BTreeSet<(&'static str, String, Key)>,
    /// The records that become due, by kind and time.
    due: BTreeSet<(Kind, Timestamp, Key)>,
}

/// A pool, which may not exist, while the lock is held.
struct PoolSnapshot<'a>(Option<&'a PoolContents>);

impl MemoryBackend {
    // A poisoned lock is used anyway: a panic cannot leave a commit half done.
    fn contents(&self) -> RwLockReadGuard<'_, Contents> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn contents_mut(&self) -> RwLockWriteGuard<'_, Contents> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PoolContents {
    fn stored(&self, key: &Key) -> Option<Stored> {
        let (version, record) = self.records.get(key)?;
        Some(Stored { key: key.clone(), version: *version, record: record.clone() })
    }

    fn remove(&mut self, key: &Key) {
        let Some((_, record)) = self.records.remove(key) else { return };
        if let Some(due_at) = record.due_at() {
            self.due.remove(&(key.kind(), due_at, key.clone()));
        }
        for (field, text) in record.search_texts() {
            self.texts.remove(&(field, text, key.clone()));
        }
    }

    fn put(&mut self, key: Key, record: Record, version: Version) {
        let (due_at, texts) = (record.due_at(), record.search_texts());
        let former = self.records.insert(key.clone(), (version, record));
        let former = former.map(|(_, record)| (record.due_at(), record.search_texts()));
        let (former_due_at, former_texts) = former.unwrap_or_default();
        if due_at != former_due_at {
            if let Some(due_at) = former_due_at {
                self.due.remove(&(key.kind(), due_at, key.clone()));
            }
            if let Some(due_at) = due_at {
                self.due.insert((key.kind(), due_at, key.clone()));
            }
        }
        for (field, text) in former_texts.iter().filter(|text| !texts.contains(text)) {
            self.texts.remove(&(*field, text.clone(), key.clone()));
        }
        for (field, text) in texts.into_iter().filter(|text| !former_texts.contains(text)) {
            self.texts.insert((field, text, key.clone()));
        }
    }

    /// Returns the keys of a kind whose ids start with `prefix`.
    fn keys_with_prefix(&self, kind: Kind, prefix: &str) -> Vec<Key> {
        let from = self.records.range(Key::from_parts(kind, prefix)..).map(|(key, _)| key);
        from.take_while(|key| key.kind() == kind && key.id().starts_with(prefix)).cloned().collect()
    }
}

impl Snapshot for PoolSnapshot<'_> {
    fn get_unless_known(&self, key: &Key, known: Option<Version>) -> Result<KeyResult, StoreError> {
        let Some((version, record)) = self.0.and_then(|pool| pool.records.get(key)) else {
            return Ok(KeyResult::Absent);
        };
        if known == Some(*version) {
            return Ok(KeyResult::Unchanged);
        }
        let stored = Stored { key: key.clone(), version: *version, record: record.clone() };
        Ok(KeyResult::Record(Box::new(stored)))
    }

    fn list(&self, kind: Kind, prefix: &str, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Some(pool) = self.0 else { return Ok(Vec::new()) };
        let from = if after >= prefix {
            Bound::Excluded(Key::from_parts(kind, after))
        } else {
            Bound::Included(Key::from_parts(kind, prefix))
        };
        let listed = pool
            .records
            .range((from, Bound::Unbounded))
            .take_while(|(key, _)| key.kind() == kind && key.id().starts_with(prefix))
            .map(|(key, (version, record))| Stored {
                key: key.clone(),
                version: *version,
                record: record.clone(),
            });
        Ok(listed.take(limit).collect())
    }

    fn search(&self, search: &Search, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Some(pool) = self.0 else { return Ok(Vec::new()) };
        let from = (search.field, search.text.clone(), Key::pool());
        let found = pool
            .texts
            .range(from..)
            .take_while(|(field, text, _)| *field == search.field && search.matches(text));
        let keys: BTreeSet<&Key> = found.map(|(_, _, key)| key).filter(|key| key.id() > after).collect();
        Ok(keys.into_iter().filter_map(|key| pool.stored(key)).take(limit).collect())
    }

    fn count(&self, kind: Kind) -> Result<usize, StoreError> {
        let Some(pool) = self.0 else { return Ok(0) };
        let of_kind = pool.records.range(Key::from_parts(kind, "")..);
        Ok(of_kind.take_while(|(key, _)| key.kind() == kind).count())
    }
}

impl Contents {
    /// Returns the records of a kind that are due at `until`, the longest overdue first.
    fn overdue(&self, kind: Kind, until: Timestamp, limit: usize) -> Vec<(&PoolId, &Key)> {
        let first = (kind, Timestamp::from_millis(i64::MIN), Key::pool());
        let mut overdue = Vec::new();
        for (id, pool) in &self.pools {
            let due = pool.due.range(first.clone()..);
            let due = due.take_while(|(other, due_at, _)| *other == kind && *due_at <= until);
            overdue.extend(due.take(limit).map(|(_, due_at, key)| (*due_at, id, key)));
        }
        overdue.sort();
        overdue.into_iter().take(limit).map(|(_, id, key)| (id, key)).collect()
    }

    fn holds(&self, pool: &PoolId, expect: &Expectation) -> bool {
        let records = self.pools.get(pool).map(|pool| &pool.records);
        expect.holds(records.and_then(|records| records.get(expect.key())).map(|(version, _)| *version))
    }

    fn is_free(&self, pool: &PoolId, claim: &ClaimWrite) -> bool {
        match claim {
            ClaimWrite::Take(claim) => self.claims.get(claim).is_none_or(|owner| owner == pool),
            ClaimWrite::Release(_) => true,
        }
    }

    fn write_claim(&mut self, pool: &PoolId, claim: ClaimWrite) {
        match claim {
            ClaimWrite::Take(claim) => {
                self.claims.insert(claim, pool.clone());
            }
            ClaimWrite::Release(claim) => {
                if self.claims.get(&claim) == Some(pool) {
                    self.claims.remove(&claim);
                }
            }
        }
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    async fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        let contents = self.contents();
        let id = match scope {
            Scope::Pool(id) => id,
            Scope::Claim(claim) => match contents.claims.get(claim) {
                Some(id) => id,
                None => return Ok(None),
            },
        };
        let snapshot = PoolSnapshot(contents.pools.get(id));
        let answers = lookups.iter().map(|lookup| run_lookup(&snapshot, lookup)).collect::<Result<_, _>>()?;
        Ok(Some((id.clone(), answers)))
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let contents = self.contents();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let pools = contents.pools.range::<PoolId, _>((from, Bound::Unbounded));
        Ok(pools.filter_map(|(_, pool)| pool.stored(&Key::pool())).take(limit).collect())
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        let contents = self.contents();
        let overdue = contents.overdue(kind, until, limit);
        Ok(overdue
            .into_iter()
            .filter_map(|(id, key)| Some((id.clone(), contents.pools.get(id)?.stored(key)?)))
            .collect())
    }

    async fn commit(&self, pool: &PoolId, commit: Commit) -> Result<(), StoreError> {
        let Commit { version, expects, writes, claims } = commit;
        let mut deleted = None;
        let mut contents = self.contents_mut();
        let creates_pool =
            writes.iter().any(|write| matches!(write, Write::Put(key, _) if *key == Key::pool()));
        let puts = writes.iter().any(|write| matches!(write, Write::Put(..)));
        let holds = expects.iter().all(|expect| contents.holds(pool, expect));
        let is_free = claims.iter().all(|claim| contents.is_free(pool, claim));
        if !holds || !is_free || (puts && !creates_pool && !contents.pools.contains_key(pool)) {
            return Err(StoreError::Conflict);
        }
        for claim in claims {
            contents.write_claim(pool, claim);
        }
        for write in writes {
            match write {
                Write::Put(key, record) => {
                    contents.pools.entry(pool.clone()).or_default().put(key, record, version);
                }
                Write::Remove(key) => {
                    if let Some(pool) = contents.pools.get_mut(pool) {
                        pool.remove(&key);
                    }
                }
                Write::RemoveByPrefix(kind, prefix) => {
                    if let Some(pool) = contents.pools.get_mut(pool) {
                        for key in pool.keys_with_prefix(kind, &prefix) {
                            pool.remove(&key);
                        }
                    }
                }
                Write::DeletePool => {
                    deleted = contents.pools.remove(pool);
                    contents.claims.retain(|_, owner| owner != pool);
                }
            }
        }
        drop(contents);
        // Freeing a large pool takes a while, so it is done after the lock is released.
        drop(deleted);
        Ok(())
    }

    async fn sweep_expired(&self, kind: Kind, until: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut contents = self.contents_mut();
        let overdue = contents.overdue(kind, until, limit);
        let overdue: Vec<_> = overdue.into_iter().map(|(id, key)| (id.clone(), key.clone())).collect();
        for (id, key) in &overdue {
            if let Some(pool) = contents.pools.get_mut(id) {
                pool.remove(key);
            }
        }
        Ok(overdue.len())
    }

    async fn sweep_deleted(&self, _: usize) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn store_record(&self) -> Result<Option<VersionedStoreRecord>, StoreError> {
        Ok(self.contents().own.clone())
    }

    async fn put_store_record(
        &self,
        expected: Option<Version>,
        version: Version,
        record: StoreRecord,
    ) -> Result<(), StoreError> {
        let mut contents = self.contents_mut();
        if contents.own.as_ref().map(|own| own.version) != expected {
            return Err(StoreError::Conflict);
        }
        contents.own = Some(VersionedStoreRecord { version, record });
        Ok(())
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn probe_write(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, conformance::conformance};

    conformance!(async { Some(((), Store::new(MemoryBackend::default()))) });
}
