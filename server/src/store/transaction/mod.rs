//! What one request reads and writes: typed reads that are recorded as they are made, and the one commit.
//!
//! A [`Transaction`] belongs to one pool, the first that it reads. Whatever it reads, and whatever it finds absent, becomes
//! a condition of its commit. Nothing is held meanwhile: if something has changed by then, the commit conflicts and the
//! request starts over with a new transaction. Lists are not recorded. The retries are `operations::transact`'s.

mod reads;
mod rows;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use lido_domain::{
    Change, Timestamp,
    id::{ClientId, GroupName, PoolId, Sub},
};

use super::{
    Answer, Cause, Expect, Key, Kind, Lookup, Memberships, OutboxCommit, OutboxRow, Record, Scope,
    SigningKeysRecord, Store, StoreError, Stored, Version, Write, changes,
};
use crate::keys::Keys;

pub use self::{
    reads::AuthEventPlace,
    rows::{ClientReading, Holders, SigningKeys, UserReading},
};

/// The reads of one request, and what they make a condition of the commit.
#[derive(Debug)]
pub struct Transaction {
    store: Store,
    pool: OnceLock<PoolId>,
    expects: Mutex<Vec<Expect>>,
}

impl Transaction {
    pub(super) fn new(store: Store) -> Self {
        Self { store, pool: OnceLock::new(), expects: Mutex::default() }
    }

    /// The pool that was read first.
    pub fn pool_id(&self) -> Option<&PoolId> {
        self.pool.get()
    }

    /// Relies on there being no pool with this id yet, and enters it.
    ///
    /// # Errors
    /// `Corrupt` if the transaction belongs to another pool.
    pub fn enter_new_pool(&self, pool: &PoolId) -> Result<(), StoreError> {
        self.enter(pool)?;
        self.expect(Expect::Absent(Key::pool()));
        Ok(())
    }

    /// Relies on there being no app client with this id in the pool yet.
    pub fn expect_new_client(&self, client: &ClientId) {
        self.expect(Expect::Absent(Key::client(client)));
    }

    /// Commits `changes`, on the condition that everything that was read is unchanged. Codes of messages are sealed, and
    /// their rows keep `cause` and are claimed by this process, which is to make the first attempt at each of the
    /// returned ones.
    ///
    /// No changes make no commit.
    ///
    /// # Errors
    /// `Conflict` if something has changed: nothing was written.
    pub async fn commit(
        &self,
        keys: &Keys,
        changes: Vec<Change>,
        cause: &Cause,
        now: Timestamp,
    ) -> Result<Vec<OutboxCommit>, StoreError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a commit without a pool".into()))?;
        let mut writes = Vec::new();
        for change in &changes {
            writes.extend(self.memberships_that_go(pool, change).await?);
        }
        writes.extend(
            changes::writes(keys, pool, changes, cause, now, || keys.new_row_id())
                .map_err(|error| StoreError::Unavailable(error.to_string()))?,
        );
        let rows: Vec<OutboxRow> = writes.iter().filter_map(outbox_row).cloned().collect();
        let version = self.write(writes).await?;
        Ok(rows.into_iter().map(|row| OutboxCommit { row, version }).collect())
    }

    /// Puts the keys that sign the tokens of the pool. Returns false if it has some by now, or was changed meanwhile.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn put_signing_keys(&self, record: SigningKeysRecord) -> Result<bool, StoreError> {
        self.rely_on_absence(Key::signing_keys());
        let write = Write::Put(Key::signing_keys(), Record::SigningKeys(Arc::new(record)));
        not_in_conflict(self.write(vec![write]).await)
    }

    /// Puts the row of a message. Returns false if others have changed it meanwhile.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn put_message(&self, row: OutboxRow) -> Result<bool, StoreError> {
        let write = Write::Put(Key::outbox(&row.id), Record::Outbox(row));
        not_in_conflict(self.write(vec![write]).await)
    }

    /// Claims a row that was read, for this process to send. Returns a transaction that relies on the claim, or `None` if
    /// others have changed the row meanwhile.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn claim_message(
        &self,
        row: OutboxRow,
    ) -> Result<Option<(Transaction, OutboxRow)>, StoreError> {
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a claim without a pool".into()))?;
        let write = Write::Put(Key::outbox(&row.id), Record::Outbox(row.clone()));
        match self.write(vec![write]).await {
            Ok(version) => {
                let claim = self.store.begin();
                claim.rely_on_message(pool, &OutboxCommit { row: row.clone(), version })?;
                Ok(Some((claim, row)))
            }
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the row of a message, whatever was read.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn remove_message(&self, pool: &PoolId, id: &str) -> Result<(), StoreError> {
        let removed = self.store.commit(pool, Vec::new(), vec![Write::Remove(Key::outbox(id))]).await;
        removed.map(drop)
    }

    /// Relies on a row of the outbox as this process has committed it.
    ///
    /// # Errors
    /// `Corrupt` if the transaction belongs to another pool.
    pub fn rely_on_message(&self, pool: &PoolId, committed: &OutboxCommit) -> Result<(), StoreError> {
        self.enter(pool)?;
        self.expect(Expect::At(Key::outbox(&committed.row.id), committed.version));
        Ok(())
    }

    /// Begins to belong to a pool.
    pub(super) fn enter(&self, pool: &PoolId) -> Result<(), StoreError> {
        if self.pool.get_or_init(|| pool.clone()) == pool {
            Ok(())
        } else {
            Err(StoreError::Corrupt("a transaction that reads two pools".into()))
        }
    }

    /// Makes it a condition of the commit that this record stays as it is.
    pub(super) fn rely_on(&self, stored: &Stored) {
        let (key, version) = (stored.key.clone(), stored.version);
        self.expect(if key.kind().is_guard() {
            Expect::Guard(key, version)
        } else {
            Expect::At(key, version)
        });
    }

    /// Makes it a condition of the commit that nothing comes to lie under this key.
    pub(super) fn rely_on_absence(&self, key: Key) {
        self.expect(Expect::Absent(key));
    }

    fn expect(&self, expect: Expect) {
        let mut expects = self.expects();
        if !expects.contains(&expect) {
            expects.push(expect);
        }
    }

    fn expects(&self) -> MutexGuard<'_, Vec<Expect>> {
        self.expects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, writes: Vec<Write>) -> Result<Version, StoreError> {
        let pool = self.pool.get().ok_or_else(|| StoreError::Corrupt("a commit without a pool".into()))?;
        let mut expects = self.expects().clone();
        for expect in &mut expects {
            // What is written is no mere guard: no other commit may change it at the same time.
            if let Expect::Guard(key, version) = expect
                && writes.iter().any(|write| writes_to(write, key))
            {
                *expect = Expect::At(key.clone(), *version);
            }
        }
        self.store.commit(pool, expects, writes).await
    }

    /// The writes that remove the memberships of a user or a group that goes: the store lists them.
    async fn memberships_that_go(&self, pool: &PoolId, change: &Change) -> Result<Vec<Write>, StoreError> {
        match change {
            Change::RemoveUser(sub) => {
                let lookup = Lookup::List {
                    kind: Kind::GroupOfUser,
                    prefix: format!("{sub} "),
                    after: String::new(),
                    limit: usize::MAX,
                };
                let listed = self.list(pool, lookup).await?;
                Ok(listed.iter().flat_map(|stored| leave(stored, |group| (group, sub.as_str()))).collect())
            }
            Change::RemoveGroup(group) => {
                let lookup = Lookup::List {
                    kind: Kind::UserInGroup,
                    prefix: format!("{group} "),
                    after: String::new(),
                    limit: usize::MAX,
                };
                let listed = self.list(pool, lookup).await?;
                Ok(listed.iter().flat_map(|stored| leave(stored, |sub| (group.as_str(), sub))).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// A list, which is not recorded.
    async fn list(&self, pool: &PoolId, lookup: Lookup) -> Result<Vec<Stored>, StoreError> {
        match self.read_one(pool, lookup).await? {
            Answer::Many(listed) => Ok(listed),
            _ => Err(mismatch()),
        }
    }

    async fn read_one(&self, pool: &PoolId, lookup: Lookup) -> Result<Answer, StoreError> {
        let answers = self.read(Scope::Pool(pool.clone()), vec![lookup]).await?;
        answers.and_then(|answers| answers.into_iter().next()).ok_or_else(mismatch)
    }

    /// Answers a batch in one call of the backend, and enters the pool.
    async fn read(&self, scope: Scope, lookups: Vec<Lookup>) -> Result<Option<Vec<Answer>>, StoreError> {
        let Some((pool, answers)) = self.store.read(&scope, lookups).await? else { return Ok(None) };
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
    StoreError::Corrupt("a backend gave an answer of another sort".into())
}

/// The two writes that remove a membership, of which one side is listed.
fn leave<'a>(stored: &'a Stored, names: impl Fn(&'a str) -> (&'a str, &'a str)) -> [Write; 2] {
    let other = stored.key.id().split_once(' ').map_or("", |(_, other)| other);
    let (group, sub) = names(other);
    let (group, sub) = (GroupName::new(group), Sub::new(sub));
    [Write::Remove(Key::group_of_user(&sub, &group)), Write::Remove(Key::user_in_group(&group, &sub))]
}

fn writes_to(write: &Write, key: &Key) -> bool {
    match write {
        Write::Put(put, _) | Write::Remove(put) => put == key,
        Write::RemoveUnder(kind, prefix) => key.kind() == *kind && key.id().starts_with(prefix),
        Write::Clear => true,
    }
}

fn outbox_row(write: &Write) -> Option<&OutboxRow> {
    match write {
        Write::Put(_, Record::Outbox(row)) => Some(row),
        _ => None,
    }
}

fn not_in_conflict<T>(outcome: Result<T, StoreError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}
