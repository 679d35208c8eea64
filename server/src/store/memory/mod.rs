//! A store in memory: the whole of it behind one lock, gone with the process.
//!
//! It is a real store and no fake: it passes the same suite as the others. For `lido dev --store memory` and tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use async_trait::async_trait;
use lido_domain::{
    Timestamp,
    id::{ClientId, PoolId},
};

use super::{
    Backend, Expect, Key, Kind, Record, Search, StoreError, Stored, UserQuery, UserRows, Version, Write,
    follow::follow,
};

/// Records in memory.
#[derive(Debug, Default)]
pub struct MemoryBackend(RwLock<Contents>);

#[derive(Debug, Default)]
struct Contents {
    pools: BTreeMap<PoolId, BTreeMap<Key, (Version, Record)>>,
    clients: BTreeMap<ClientId, PoolId>,
    /// The texts of users: field, text, id.
    texts: BTreeMap<PoolId, BTreeSet<(&'static str, String, String)>>,
    /// Records that have an hour, by kind and hour.
    due: BTreeSet<(Kind, Timestamp, PoolId, Key)>,
    last: u64,
}

impl MemoryBackend {
    // A panic while the lock was held cannot leave half a commit behind that matters: the next reader goes on.
    fn look(&self) -> RwLockReadGuard<'_, Contents> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Contents> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    fn get(&self, pool: &PoolId, key: &Key) -> Option<Stored> {
        let (version, record) = self.pools.get(pool)?.get(key)?;
        Some(Stored { key: key.clone(), version: *version, record: record.clone() })
    }

    fn holds(&self, pool: &PoolId, expect: &Expect) -> bool {
        let version =
            |key| self.pools.get(pool).and_then(|records| records.get(key)).map(|(version, _)| *version);
        match expect {
            Expect::At(key, wanted) => version(key) == Some(*wanted),
            Expect::Absent(key) => version(key).is_none(),
        }
    }

    fn remove(&mut self, pool: &PoolId, key: &Key) {
        let Some(records) = self.pools.get_mut(pool) else { return };
        let Some((_, record)) = records.remove(key) else { return };
        if records.is_empty() {
            self.pools.remove(pool);
        }
        if let Some(due_at) = record.due_at() {
            self.due.remove(&(key.kind(), due_at, pool.clone(), key.clone()));
        }
        if let Some(texts) = self.texts.get_mut(pool) {
            for (field, text) in record.search_texts() {
                texts.remove(&(field, text, key.id().to_owned()));
            }
            if texts.is_empty() {
                self.texts.remove(pool);
            }
        }
        if let Record::Client(client) = record {
            self.clients.remove(&client.client.id);
        }
    }

    fn put(&mut self, pool: &PoolId, key: Key, record: Record, version: Version) {
        self.remove(pool, &key);
        if let Some(due_at) = record.due_at() {
            self.due.insert((key.kind(), due_at, pool.clone(), key.clone()));
        }
        for (field, text) in record.search_texts() {
            self.texts.entry(pool.clone()).or_default().insert((field, text, key.id().to_owned()));
        }
        if let Record::Client(client) = &record {
            self.clients.insert(client.client.id.clone(), pool.clone());
        }
        self.pools.entry(pool.clone()).or_default().insert(key, (version, record));
    }

    /// The keys of this kind whose ids begin so.
    fn under(&self, pool: &PoolId, kind: Kind, prefix: &str) -> Vec<Key> {
        let Some(records) = self.pools.get(pool) else { return Vec::new() };
        let from = records.range(Key::from_parts(kind, prefix)..).map(|(key, _)| key);
        from.take_while(|key| key.kind() == kind && key.id().starts_with(prefix)).cloned().collect()
    }

    /// Whether a write would take a client id that belongs to another pool.
    fn steals_client(&self, pool: &PoolId, write: &Write) -> bool {
        let Write::Put(_, Record::Client(client)) = write else { return false };
        self.clients.get(&client.client.id).is_some_and(|owner| owner != pool)
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    async fn read(&self, pool: &PoolId, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        let contents = self.look();
        Ok(keys.iter().map(|key| contents.get(pool, key)).collect())
    }

    async fn read_user(&self, pool: &PoolId, query: &UserQuery) -> Result<UserRows, StoreError> {
        let contents = self.look();
        follow(query, |key| Ok(contents.get(pool, key)))
    }

    async fn find_client(&self, client: &ClientId) -> Result<Option<(Stored, Stored)>, StoreError> {
        let contents = self.look();
        let Some(pool) = contents.clients.get(client) else { return Ok(None) };
        Ok(contents.get(pool, &Key::pool()).zip(contents.get(pool, &Key::client(client))))
    }

    async fn list(
        &self,
        pool: &PoolId,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let contents = self.look();
        let Some(records) = contents.pools.get(pool) else { return Ok(Vec::new()) };
        let from = match after {
            Some(after) => Bound::Excluded(Key::from_parts(kind, after)),
            None => Bound::Included(Key::from_parts(kind, "")),
        };
        let of_kind = records.range((from, Bound::Unbounded)).take_while(|(key, _)| key.kind() == kind);
        let stored = of_kind.map(|(key, (version, record))| Stored {
            key: key.clone(),
            version: *version,
            record: record.clone(),
        });
        Ok(stored.take(limit).collect())
    }

    async fn search(
        &self,
        pool: &PoolId,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        let contents = self.look();
        let Some(texts) = contents.texts.get(pool) else { return Ok(Vec::new()) };
        let from = (search.field, search.text.clone(), String::new());
        let found =
            texts.range(from..).take_while(|(field, text, _)| *field == search.field && search.finds(text));
        let ids: BTreeSet<&str> =
            found.map(|(_, _, id)| id.as_str()).filter(|id| after.is_none_or(|after| *id > after)).collect();
        let stored = ids.into_iter().filter_map(|id| contents.get(pool, &Key::from_parts(Kind::User, id)));
        Ok(stored.take(limit).collect())
    }

    async fn count(&self, pool: &PoolId, kind: Kind) -> Result<usize, StoreError> {
        let contents = self.look();
        let Some(records) = contents.pools.get(pool) else { return Ok(0) };
        let of_kind = records.range(Key::from_parts(kind, "")..);
        Ok(of_kind.take_while(|(key, _)| key.kind() == kind).count())
    }

    async fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let contents = self.look();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let pools = contents.pools.range::<PoolId, _>((from, Bound::Unbounded));
        Ok(pools.filter_map(|(pool, _)| contents.get(pool, &Key::pool())).take(limit).collect())
    }

    async fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        let contents = self.look();
        let first = (kind, Timestamp::from_millis(i64::MIN), PoolId::new(""), Key::pool());
        let overdue =
            contents.due.range(first..).take_while(|(other, due_at, ..)| *other == kind && *due_at <= until);
        Ok(overdue
            .filter_map(|(_, _, pool, key)| Some((pool.clone(), contents.get(pool, key)?)))
            .take(limit)
            .collect())
    }

    async fn commit(
        &self,
        pool: &PoolId,
        expects: Vec<Expect>,
        writes: Vec<Write>,
    ) -> Result<(), StoreError> {
        let mut contents = self.change();
        let holds = expects.iter().all(|expect| contents.holds(pool, expect));
        if !holds || writes.iter().any(|write| contents.steals_client(pool, write)) {
            return Err(StoreError::Conflict);
        }
        contents.last += 1;
        let version = Version(contents.last);
        for write in writes {
            match write {
                Write::Put(key, record) => contents.put(pool, key, record, version),
                Write::Remove(key) => contents.remove(pool, &key),
                Write::RemoveUnder(kind, prefix) => {
                    for key in contents.under(pool, kind, &prefix) {
                        contents.remove(pool, &key);
                    }
                }
                Write::Clear => {
                    let keys: Vec<Key> =
                        contents.pools.get(pool).into_iter().flat_map(BTreeMap::keys).cloned().collect();
                    for key in keys {
                        contents.remove(pool, &key);
                    }
                }
            }
        }
        Ok(())
    }

    async fn check_health(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, conformance::conformance};

    conformance!(async { ((), Store::new(MemoryBackend::default())) });
}
