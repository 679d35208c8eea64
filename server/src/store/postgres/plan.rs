//! What a commit does to which row, independent of how the database is told ([`super::commit`]).
//!
//! The writes of a commit are in order, and a later one overrides an earlier one of the same key. The statements of the
//! database know no order within them, so that each key gets one act here, with what the commit expects of it.

use std::collections::BTreeMap;

use super::id::{stored_id, term};
use crate::store::{ClaimWrite, Commit, Expectation, Key, Record, StoreError, Version, Write};

/// The key of a row: the number of the kind, and the id as it is stored.
pub(super) type RowKey = (i16, Vec<u8>);

/// A record as a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NewRow {
    pub(super) due_at: Option<i64>,
    pub(super) links: Vec<Vec<u8>>,
    pub(super) terms: Vec<Vec<u8>>,
    pub(super) body: Vec<u8>,
}

impl NewRow {
    fn of(record: &Record) -> Result<Self, StoreError> {
        Ok(Self {
            due_at: record.due_at().map(|at| at.as_millis()),
            links: record.links().iter().map(|id| stored_id(id)).collect(),
            terms: record.search_texts().iter().map(|(field, text)| term(field, text)).collect(),
            body: record.encode()?,
        })
    }
}

/// A commit by what it does.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// The version of all records that are put.
    pub(super) version: i64,
    /// Whether the pool is created if it does not exist.
    pub(super) creates_pool: bool,
    /// Whether the pool is deleted; whether it must exist.
    pub(super) deletes_pool: Option<bool>,
    /// Records that are replaced, with the versions that they must have.
    pub(super) updates: Vec<(RowKey, i64, NewRow)>,
    /// Records that must not exist.
    pub(super) inserts: Vec<(RowKey, NewRow)>,
    /// Records that are inserted or replaced.
    pub(super) upserts: Vec<(RowKey, NewRow)>,
    /// Keys whose records must not exist, and that are not written.
    pub(super) absent: Vec<RowKey>,
    /// Records that are removed, some with the versions that they must have.
    pub(super) removals: Vec<(RowKey, Option<i64>)>,
    /// Kinds and prefixes of the ids of records that are removed.
    pub(super) removed_prefixes: Vec<(i16, Vec<u8>)>,
    /// Records that are written and the versions that they must have.
    pub(super) locked: Vec<(RowKey, i64)>,
    /// Records that are not written, and that no concurrent commit may change.
    pub(super) relied: Vec<(RowKey, i64)>,
    /// Records that need only have their version.
    pub(super) guards: Vec<(RowKey, i64)>,
    /// Claims that are taken: namespaces and ids.
    pub(super) taken: Vec<(i16, Vec<u8>)>,
    /// Claims that are released.
    pub(super) released: Vec<(i16, Vec<u8>)>,
    /// The ids of users that are put or removed, with their entries in the search index from now on.
    pub(super) searched: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
}

fn row_key(key: &Key) -> RowKey {
    (key.kind().number().into(), stored_id(key.id()))
}

/// Returns a version as it is stored.
pub(super) fn number_of(version: Version) -> i64 {
    i64::try_from(version.0).unwrap_or(i64::MAX)
}

impl Plan {
    /// Returns the plan of a commit.
    ///
    /// # Errors
    /// `Corrupt` if a record cannot be encoded or has the key of another kind.
    pub(super) fn new(commit: &Commit) -> Result<Self, StoreError> {
        let mut plan = Self { version: number_of(commit.version), ..Self::default() };
        let mut last: BTreeMap<&Key, Option<&Record>> = BTreeMap::new();
        for write in &commit.writes {
            match write {
                Write::Put(key, record) if key.kind() != record.kind() => {
                    return Err(StoreError::Corrupt("a record has the key of another kind".into()));
                }
                Write::Put(key, record) => {
                    last.insert(key, Some(record));
                }
                Write::Remove(key) => {
                    last.insert(key, None);
                }
                Write::RemoveByPrefix(kind, prefix) => {
                    last.retain(|key, _| key.kind() != *kind || !key.id().starts_with(prefix));
                    plan.removed_prefixes.push(((*kind).number().into(), stored_id(prefix)));
                }
                Write::DeletePool => plan.deletes_pool = Some(false),
            }
        }
        if plan.deletes_pool.is_some() {
            // The rows of a deleted pool are removed later; what the commit writes to it is seen by no one.
            plan.removed_prefixes.clear();
            last.clear();
        }
        let is_removed_by_prefix = |key: &Key| {
            commit.writes.iter().any(|write| match write {
                Write::RemoveByPrefix(kind, prefix) => key.kind() == *kind && key.id().starts_with(prefix),
                _ => false,
            })
        };
        let mut expected: BTreeMap<&Key, Option<i64>> = BTreeMap::new();
        for expectation in &commit.expects {
            let (key, version) = match expectation {
                Expectation::Guard(key, version)
                    if !last.contains_key(key)
                        && plan.deletes_pool.is_none()
                        && !is_removed_by_prefix(key) =>
                {
                    plan.guards.push((row_key(key), number_of(*version)));
                    continue;
                }
                Expectation::Guard(key, version) | Expectation::At(key, version) => {
                    (key, Some(number_of(*version)))
                }
                Expectation::Absent(key) => (key, None),
            };
            if expected.insert(key, version).is_some_and(|other| other != version) {
                // No record has two versions.
                plan.guards.push((row_key(key), -1));
            }
        }
        for (key, version) in &expected {
            let is_written =
                last.contains_key(key) || is_removed_by_prefix(key) || plan.deletes_pool.is_some();
            match version {
                Some(version) if is_written => plan.locked.push((row_key(key), *version)),
                Some(version) => plan.relied.push((row_key(key), *version)),
                None if matches!(last.get(key), Some(Some(_))) => {}
                None => plan.absent.push(row_key(key)),
            }
            if **key == Key::pool() && version.is_some() && plan.deletes_pool.is_some() {
                plan.deletes_pool = Some(true);
            }
        }
        for (key, record) in last {
            plan.add(key, record, expected.get(key).copied())?;
        }
        for claim in &commit.claims {
            let (list, claim) = match claim {
                ClaimWrite::Take(claim) => (&mut plan.taken, claim),
                ClaimWrite::Release(claim) => (&mut plan.released, claim),
            };
            list.push((claim.namespace.number().into(), stored_id(&claim.id)));
        }
        Ok(plan)
    }

    fn add(
        &mut self,
        key: &Key,
        record: Option<&Record>,
        expected: Option<Option<i64>>,
    ) -> Result<(), StoreError> {
        let row = record.map(NewRow::of).transpose()?;
        if key.kind().is_searched() {
            let terms = row.as_ref().map(|row| row.terms.clone()).unwrap_or_default();
            self.searched.push((stored_id(key.id()), terms));
        }
        let row_key = row_key(key);
        match (row, expected) {
            (Some(row), Some(Some(version))) => self.updates.push((row_key, version, row)),
            (Some(row), Some(None)) => {
                self.creates_pool |= *key == Key::pool();
                self.inserts.push((row_key, row));
            }
            (Some(row), None) => {
                self.creates_pool |= *key == Key::pool();
                self.upserts.push((row_key, row));
            }
            // A record that is expected to be absent is not there to be removed.
            (None, Some(None)) => {}
            (None, Some(Some(version))) => self.removals.push((row_key, Some(version))),
            (None, None) => self.removals.push((row_key, None)),
        }
        Ok(())
    }

    /// Returns the keys of the records that are put. They have the version of the commit, if it has happened.
    pub(super) fn put_keys(&self) -> impl Iterator<Item = &RowKey> {
        let updates = self.updates.iter().map(|(key, ..)| key);
        updates.chain(self.inserts.iter().chain(&self.upserts).map(|(key, _)| key))
    }

    /// Returns whether the rows that the commit expects must be locked in the order of their keys first.
    ///
    /// One row alone is locked by its own statement. Several would be locked in the order of the plan of each statement,
    /// and two commits could wait for each other.
    pub(super) fn needs_lock(&self) -> bool {
        let checked =
            self.updates.len() + self.removals.iter().filter(|(_, version)| version.is_some()).count();
        self.locked.len() > 1 || self.locked.len() > checked
    }
}
