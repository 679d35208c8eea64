//! Decoded records that many requests read and few change, by version.
//!
//! It lies above the backends: a lookup names the version that is kept, and a backend that has the same version need not
//! bring the record. An entry is never wrong, because a version never comes back.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Answer, Found, Key, Lookup, Scope, Stored};

/// More than any one process sees in use at once; reaching it begins anew.
const CAPACITY: usize = 4096;

/// Records by where they were looked for.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<HashMap<(Scope, Key), Stored>>);

impl Cache {
    /// Adds to every lookup of a shared record the version that is kept. Returns the records, in the order of the
    /// lookups, for [`Cache::complete`].
    pub(super) fn prepare(&self, scope: &Scope, lookups: &mut [Lookup]) -> Vec<Option<Stored>> {
        let mut kept = Vec::new();
        for lookup in lookups {
            kept.push(match lookup {
                Lookup::Key { key, known } if key.kind().is_shared() => {
                    let stored = self.get(scope, key);
                    *known = stored.as_ref().map(|stored| stored.version);
                    stored
                }
                _ => None,
            });
        }
        kept
    }

    /// Puts the kept records in place of "the version that the caller knows", and keeps those that are new.
    pub(super) fn complete(&self, scope: &Scope, kept: Vec<Option<Stored>>, answers: &mut [Answer]) {
        for (kept, answer) in kept.into_iter().zip(answers) {
            let Answer::One(found) = answer else { continue };
            match (&found, kept) {
                (Found::Known, Some(kept)) => *found = Found::Record(Box::new(kept)),
                (Found::Known, None) => *found = Found::Absent,
                (Found::Record(stored), _) if stored.key.kind().is_shared() => self.put(scope, stored),
                _ => {}
            }
        }
    }

    fn get(&self, scope: &Scope, key: &Key) -> Option<Stored> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(scope.clone(), key.clone())).cloned()
    }

    fn put(&self, scope: &Scope, stored: &Stored) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CAPACITY {
            kept.clear();
        }
        kept.insert((scope.clone(), stored.key.clone()), stored.clone());
    }
}
