//! The transaction of a request: typed reads, which it records, and one commit.
//!
//! A [`Transaction`] belongs to one pool, the first that it reads. The version of every record that it reads, and the
//! absence of every record that it does not find, becomes a condition of the commit. No lock is held: if a record has
//! changed in the meantime, the commit conflicts, and the request starts over with a new transaction. Lists are not
//! recorded. `operations::transact` retries.

mod auth_events;
mod branding;
mod cimd;
mod reads;
mod rows;
mod users;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lido_domain::{
    Change, Timestamp,
    id::{ClientId, PoolId},
};

use super::{
    Claim, Expectation, Key, Lookup, LookupResult, Memberships, OutboxCommit, OutboxRow, Record, RequestInfo,
    Scope, SigningKeysRecord, Store, StoreError, Stored, Version, Write, changes,
};
use crate::keys::Keys;

pub use self::{
    auth_events::AuthEventCursor,
    branding::ClientBranding,
    rows::{ClientWithPool, Holders, SigningKeys, UserRecords},
};

/// A transaction: its pool, and the conditions of its commit.
#[derive(Debug)]
pub struct Transaction {
    store: Store,
    /// The attempt of its request, for the trace.
    attempt: u32,
    pool: OnceLock<PoolId>,
    expects: Mutex<Vec<Expectation>>,
}

impl Transaction {
    pub(super) fn new(store: Store, attempt: u32) -> Self {
        Self { store, attempt, pool: OnceLock::new(), expects: Mutex::default() }
    }

    /// Returns the pool of the transaction, once it has read one.
    pub fn pool_id(&self) -> Option<&PoolId> {
        self.pool.get()
    }

    /// Makes the transaction belong to a pool that must not exist yet.
    ///
    /// # Errors
    /// `Corrupt` if the transaction belongs to another pool.
    pub fn enter_new_pool(&self, pool: &PoolId) -> Result<(), StoreError> {
        self.enter(pool)?;
        self.expect(Expectation::Absent(Key::pool()));
        Ok(())
    }

    /// Makes the commit depend on the pool having no app client with this id yet.
    pub fn expect_new_client(&self, client: &ClientId) {
        self.expect(Expectation::Absent(Key::client(client)));
    }

    /// Commits `changes`, on the condition that all records that were read are unchanged.
    ///
    /// Each message becomes a row of the outbox, with its code sealed and with `cause`. The rows are returned and are
    /// claimed by this process: the caller must make the first attempt to send each. Without changes nothing is committed.
    ///
    /// # Errors
    /// `Conflict` if a record has changed; then nothing was written.
    pub async fn commit(
        &self,
        keys: &Keys,
        changes: Vec<Change>,
        cause: &RequestInfo,
        now: Timestamp,
    ) -> Result<Vec<OutboxCommit>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a commit has no pool".into()))?;
        let is_hidden: Vec<bool> = changes.iter().filter_map(hides_delivery).collect();
        let released = changes.iter().filter_map(released_claim).collect();
        let writes = changes::writes(keys, pool, changes, cause, now, || keys.new_row_id())
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let rows: Vec<OutboxRow> = writes.iter().filter_map(outbox_row).cloned().collect();
        let version = self.write_and_release(writes, released).await?;
        let committed = rows.into_iter().zip(is_hidden);
        Ok(committed.map(|(row, is_hidden)| OutboxCommit { row, version, is_hidden }).collect())
    }

    /// Stores the pool's signing keys. Returns `false` if it has some already, or was changed in the meantime.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn put_signing_keys(&self, record: SigningKeysRecord) -> Result<bool, StoreError> {
        self.rely_on_absence(Key::signing_keys());
        let write = Write::Put(Key::signing_keys(), Record::SigningKeys(Arc::new(record)));
        false_on_conflict(self.write(vec![write]).await)
    }

    /// Stores the row of a message. Returns `false` if another process has changed it in the meantime.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn put_message(&self, row: OutboxRow) -> Result<bool, StoreError> {
        let write = Write::Put(Key::outbox(&row.id), Record::Outbox(row));
        false_on_conflict(self.write(vec![write]).await)
    }

    /// Claims a row that was read, so that this process may send it. Returns a transaction that depends on the claim,
    /// or `None` if another process has changed the row in the meantime.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn claim_message(
        &self,
        row: OutboxRow,
    ) -> Result<Option<(Transaction, OutboxRow)>, StoreError> {
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a claim has no pool".into()))?;
        let write = Write::Put(Key::outbox(&row.id), Record::Outbox(row.clone()));
        match self.write(vec![write]).await {
            Ok(version) => {
                let claim = self.store.begin();
                claim.rely_on_message(pool, &row.id, version)?;
                Ok(Some((claim, row)))
            }
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the row of a message without a condition.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn remove_message(&self, pool: &PoolId, id: &str) -> Result<(), StoreError> {
        let removed = self.store.commit(pool, Vec::new(), vec![Write::Remove(Key::outbox(id))]).await;
        removed.map(drop)
    }

    /// Makes the commit depend on a row of the outbox being as this process has committed it.
    ///
    /// # Errors
    /// `Corrupt` if the transaction belongs to another pool.
    pub fn rely_on_message(&self, pool: &PoolId, id: &str, version: Version) -> Result<(), StoreError> {
        self.enter(pool)?;
        self.expect(Expectation::At(Key::outbox(id), version));
        Ok(())
    }

    /// Makes the transaction belong to a pool.
    pub(super) fn enter(&self, pool: &PoolId) -> Result<(), StoreError> {
        if self.pool.get_or_init(|| pool.clone()) == pool {
            Ok(())
        } else {
            Err(StoreError::Corrupt("a transaction reads two pools".into()))
        }
    }

    /// Makes the commit depend on this record being unchanged.
    pub(super) fn rely_on(&self, stored: &Stored) {
        let (key, version) = (stored.key.clone(), stored.version);
        self.expect(if key.kind().is_guard() {
            Expectation::Guard(key, version)
        } else {
            Expectation::At(key, version)
        });
    }

    /// Makes the commit depend on there being no record with this key.
    pub(super) fn rely_on_absence(&self, key: Key) {
        self.expect(Expectation::Absent(key));
    }

    fn expect(&self, expect: Expectation) {
        let mut expects = self.expects();
        if !expects.contains(&expect) {
            expects.push(expect);
        }
    }

    fn expects(&self) -> MutexGuard<'_, Vec<Expectation>> {
        self.expects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<Version, StoreError> {
        self.write_and_release(writes, Vec::new()).await
    }

    async fn write_and_release(
        &self,
        writes: Vec<Write>,
        released: Vec<Claim>,
    ) -> Result<Version, StoreError> {
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a commit has no pool".into()))?;
        let mut expects = self.expects().clone();
        let writes = without_effectless_removals(writes, &expects);
        for expect in &mut expects {
            // A record that is written is not a guard: no concurrent commit may change it.
            if let Expectation::Guard(key, version) = expect
                && writes.iter().any(|write| writes_to(write, key))
            {
                *expect = Expectation::At(key.clone(), *version);
            }
        }
        self.store.commit_attempt(self.attempt, pool, expects, writes, released).await
    }

    /// Returns a list, which is not recorded.
    async fn list(&self, pool: &PoolId, lookup: Lookup) -> Result<Vec<Stored>, StoreError> {
        match self.read_one(pool, lookup).await? {
            LookupResult::Many(listed) => Ok(listed),
            _ => Err(mismatch()),
        }
    }

    async fn read_one(&self, pool: &PoolId, lookup: Lookup) -> Result<LookupResult, StoreError> {
        let answers = self.read(Scope::Pool(pool.clone()), vec![lookup]).await?;
        answers.and_then(|answers| answers.into_iter().next()).ok_or_else(mismatch)
    }

    /// Runs a batch in one call of the backend, and makes the transaction belong to its pool.
    async fn read(
        &self,
        scope: Scope,
        lookups: Vec<Lookup>,
    ) -> Result<Option<Vec<LookupResult>>, StoreError> {
        let Some((pool, answers)) = self.store.read_attempt(self.attempt, &scope, lookups).await? else {
            return Ok(None);
        };
        self.enter(&pool)?;
        Ok(Some(answers))
    }

    pub(super) async fn memberships(
        &self,
        pool: &PoolId,
        which: Memberships,
    ) -> Result<Vec<Stored>, StoreError> {
        self.list(pool, Lookup::Memberships(which)).await
    }
}

fn mismatch() -> StoreError {
    StoreError::Corrupt("a backend returned a result of another lookup".into())
}

/// Leaves out the removals of records that a commit relies on not being there. A rule that removes, say, a count of attempts
/// need not know whether there is one.
fn without_effectless_removals(writes: Vec<Write>, expects: &[Expectation]) -> Vec<Write> {
    let is_absent = |key: &Key| {
        expects.iter().any(|expect| matches!(expect, Expectation::Absent(absent) if absent == key))
            && !writes.iter().any(|write| matches!(write, Write::Put(put, _) if put == key))
    };
    let has_effect: Vec<bool> =
        writes.iter().map(|write| !matches!(write, Write::Remove(key) if is_absent(key))).collect();
    let kept =
        writes.into_iter().zip(has_effect).filter_map(|(write, has_effect)| has_effect.then_some(write));
    kept.collect()
}

fn writes_to(write: &Write, key: &Key) -> bool {
    match write {
        Write::Put(put, _) | Write::Remove(put) => put == key,
        Write::RemoveByPrefix(kind, prefix) => key.kind() == *kind && key.id().starts_with(prefix),
        Write::DeletePool => true,
    }
}

fn outbox_row(write: &Write) -> Option<&OutboxRow> {
    match write {
        Write::Put(_, Record::Outbox(row)) => Some(row),
        _ => None,
    }
}

/// Returns the claim that a change releases without removing a record.
fn released_claim(change: &Change) -> Option<Claim> {
    match change {
        Change::ReleaseDomain(name) => Some(Claim::domain(name)),
        _ => None,
    }
}

/// Returns for a message whether the answer to the request does not depend on its delivery.
fn hides_delivery(change: &Change) -> Option<bool> {
    match change {
        Change::Send(message) => Some(message.is_hidden),
        _ => None,
    }
}

fn false_on_conflict<T>(outcome: Result<T, StoreError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}
