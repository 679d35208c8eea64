//! The cache of decoded records that many requests read and few change, by version.
//!
//! It is in front of the backend: a lookup contains the cached version, and a backend with the same version need not
//! return the record. A cached record is never wrong, because a version never occurs twice for a key.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Key, KeyResult, Lookup, LookupResult, Scope, Stored};

/// The most cached records. Beyond it the cache is cleared.
const CAPACITY: usize = 4096;

/// The cached records.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<CachedRecords>);

#[derive(Debug, Default)]
struct CachedRecords {
    by_scope: HashMap<Scope, HashMap<Key, Stored>>,
    count: usize,
}

impl Cache {
    /// Adds the cached version to every lookup of a shared record. Returns the cached records, in the order of the
    /// lookups, for [`Cache::complete`].
    pub(super) fn prepare(&self, scope: &Scope, lookups: &mut [Lookup]) -> Vec<Option<Stored>> {
        let mut cached = Vec::new();
        for lookup in lookups {
            cached.push(match lookup {
                Lookup::Key { key, known } if key.kind().is_shared() => {
                    let stored = self.get(scope, key);
                    *known = stored.as_ref().map(|stored| stored.version);
                    stored
                }
                _ => None,
            });
        }
        cached
    }

    /// Replaces each unchanged result by the cached record, and caches the records that are new.
    pub(super) fn complete(&self, scope: &Scope, cached: Vec<Option<Stored>>, results: &mut [LookupResult]) {
        for (cached, result) in cached.into_iter().zip(results) {
            let LookupResult::Key(found) = result else { continue };
            match (&found, cached) {
                (KeyResult::Unchanged, Some(cached)) => *found = KeyResult::Record(Box::new(cached)),
                (KeyResult::Unchanged, None) => *found = KeyResult::Absent,
                (KeyResult::Record(stored), _) if stored.key.kind().is_shared() => self.put(scope, stored),
                _ => {}
            }
        }
    }

    /// Returns the cached record with a key, which may be a former one.
    pub(super) fn get(&self, scope: &Scope, key: &Key) -> Option<Stored> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.by_scope.get(scope)?.get(key).cloned()
    }

    fn put(&self, scope: &Scope, stored: &Stored) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.count >= CAPACITY {
            *cached = CachedRecords::default();
        }
        let of_scope = cached.by_scope.entry(scope.clone()).or_default();
        if of_scope.insert(stored.key.clone(), stored.clone()).is_none() {
            cached.count += 1;
        }
    }
}
