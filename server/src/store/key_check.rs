//! The check that the key file belongs to the store.
//!
//! The store's own record has a check value for each key under which secrets may be sealed. Keys that do not open them
//! keep the server from starting, because sign-in would fail and new secrets would be sealed under the wrong key. A store
//! of a former build has no record yet: it gets one once the keys have opened one of its secrets, or if it has none. The
//! texts for the operator, which name the files, are in `lido`'s `config::build`.

use std::{collections::BTreeSet, convert::Infallible};

use lido_domain::id::PoolId;

use super::{
    Key, KeyResult, Kind, Lookup, LookupResult, Scope, Store, StoreError, StoreRecord, Stored,
    VersionedStoreRecord, secrets::visit_secrets,
};
use crate::keys::{Keys, OpenError, SealError};

/// The kinds whose records contain sealed secrets that must stay readable. Sessions are left out: theirs are of no use
/// after a few minutes, and a session that cannot be opened is refused.
const SEALING: [Kind; 6] =
    [Kind::SigningKeys, Kind::Client, Kind::User, Kind::Device, Kind::Outbox, Kind::SmsOutbox];

/// The number of pools or records that are read at a time.
const PAGE: usize = 1_000;

/// The number of attempts to replace the store's own record, which other servers may replace at the same time.
const MAX_CONFLICTS: usize = 16;

/// The result of a check that found the right keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCheck {
    /// The store had a record, which the keys open.
    Opened,
    /// The store had neither a record nor a pool.
    NewStore,
    /// The store had no record, but pools; the keys opened its secrets, except `unopened`, whose keys are not in the key
    /// file.
    FormerStore {
        /// The number of secrets that the keys do not open.
        unopened: usize,
    },
}

/// The reason why keys cannot be used with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyCheckError {
    /// The store has secrets that were sealed under a key that is not in the key file.
    #[error("its secrets are sealed under a key that is not in the file")]
    OtherKey,
    /// A key of the file sealed the check value, but does not open it.
    #[error("its check value is damaged")]
    Damaged,
    /// The check value could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The secrets of a store, as the keys open them.
#[derive(Debug, Default)]
struct SecretsFound {
    has_pools: bool,
    opened: usize,
    unopened: usize,
    /// The ids of the keys that are not in the key file.
    missing: BTreeSet<String>,
}

impl Store {
    /// Checks that `keys` open the secrets of the store, and keeps its check values up to date: a store without one gets
    /// one, and a new first key is added. A read-only server checks the same and stores nothing.
    ///
    /// # Errors
    /// The keys do not open the check value, or the secrets of a store without one. A key that was the first may be
    /// removed from the key file only when nothing is sealed under it any more.
    pub async fn check_keys(&self, keys: &Keys, is_read_only: bool) -> Result<KeyCheck, KeyCheckError> {
        for _ in 0..MAX_CONFLICTS {
            let read = self.store_record().await?;
            let (result, record) = self.check_record(keys, read.as_ref()).await?;
            let is_unchanged = read.as_ref().is_some_and(|read| read.record == record);
            if is_unchanged || is_read_only {
                return Ok(result);
            }
            match self.put_store_record(read.map(|read| read.version), record).await {
                Ok(()) => return Ok(result),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Returns whether the store is new: it has neither its own record nor a pool.
    ///
    /// # Errors
    /// `Unavailable` or `Corrupt`.
    pub async fn is_new(&self) -> Result<bool, StoreError> {
        Ok(self.store_record().await?.is_none() && self.list_pools(None, 1).await?.is_empty())
    }

    /// Checks the keys against the record that was read, and returns the record as it must be stored.
    async fn check_record(
        &self,
        keys: &Keys,
        read: Option<&VersionedStoreRecord>,
    ) -> Result<(KeyCheck, StoreRecord), KeyCheckError> {
        // A record without a check value says no more than none.
        let Some(read) = read.filter(|read| !read.record.key_checks.is_empty()) else {
            return self.check_without_record(keys).await;
        };
        let mut checks = Vec::new();
        let mut missing = BTreeSet::new();
        for (index, check) in read.record.key_checks.iter().enumerate() {
            match keys.open_key_check(check) {
                Ok(()) => checks.push(check.clone()),
                Err(OpenError::Damaged) => return Err(KeyCheckError::Damaged),
                Err(OpenError::OtherKey) if index == 0 => return Err(KeyCheckError::OtherKey),
                // A former first key is not in the file any more: allowed if nothing is sealed under it.
                Err(OpenError::OtherKey) => missing.extend(Keys::key_id(check).map(str::to_owned)),
            }
        }
        if !missing.is_empty() && !self.find_secrets(keys).await?.missing.is_disjoint(&missing) {
            return Err(KeyCheckError::OtherKey);
        }
        if !checks.first().is_some_and(|newest| keys.is_sealed_by_first(newest)) {
            checks.retain(|check| !keys.is_sealed_by_first(check));
            checks.insert(0, keys.seal_key_check()?);
        }
        Ok((KeyCheck::Opened, StoreRecord { key_checks: checks }))
    }

    async fn check_without_record(&self, keys: &Keys) -> Result<(KeyCheck, StoreRecord), KeyCheckError> {
        let found = self.find_secrets(keys).await?;
        if found.opened == 0 && found.unopened > 0 {
            return Err(KeyCheckError::OtherKey);
        }
        // Former keys that are in the file may have sealed some of the secrets.
        let record = StoreRecord { key_checks: keys.seal_key_checks()? };
        let result = match found.has_pools {
            true => KeyCheck::FormerStore { unopened: found.unopened },
            false => KeyCheck::NewStore,
        };
        Ok((result, record))
    }

    /// Opens every sealed secret of the store.
    async fn find_secrets(&self, keys: &Keys) -> Result<SecretsFound, StoreError> {
        let mut found = SecretsFound::default();
        let mut after = None;
        loop {
            let pools = self.list_pools(after.as_ref(), PAGE).await?;
            let Some(last) = pools.last() else { return Ok(found) };
            after = Some(last.pool.id.clone());
            found.has_pools = true;
            for pool in &pools {
                for kind in SEALING {
                    self.find_secrets_of_kind(keys, &pool.pool.id, kind, &mut found).await?;
                }
            }
        }
    }

    async fn find_secrets_of_kind(
        &self,
        keys: &Keys,
        pool: &PoolId,
        kind: Kind,
        found: &mut SecretsFound,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let listed = match Key::of_single(kind) {
                Some(key) => self.read_single(pool, key).await?,
                None => self.read_page(pool, kind, after).await?,
            };
            // A full page may have a next one.
            let next = listed.last().filter(|_| listed.len() == PAGE).map(|last| last.key.id().to_owned());
            for mut stored in listed {
                let Ok(()) = visit_secrets(&mut stored.record, |place, sealed| {
                    match keys.open_at(pool, &place, sealed) {
                        Ok(_) => found.opened += 1,
                        Err(error) => {
                            found.unopened += 1;
                            if error == OpenError::OtherKey {
                                found.missing.extend(Keys::key_id(sealed).map(str::to_owned));
                            }
                        }
                    }
                    Ok::<(), Infallible>(())
                });
            }
            match next {
                Some(next) => after = next,
                None => return Ok(()),
            }
        }
    }

    async fn read_page(&self, pool: &PoolId, kind: Kind, after: String) -> Result<Vec<Stored>, StoreError> {
        let lookup = Lookup::List { kind, prefix: String::new(), after, limit: PAGE };
        let read = self.read(&Scope::Pool(pool.clone()), vec![lookup]).await?;
        match read.and_then(|(_, results)| results.into_iter().next()) {
            Some(LookupResult::Many(listed)) => Ok(listed),
            _ => Ok(Vec::new()),
        }
    }

    async fn read_single(&self, pool: &PoolId, key: Key) -> Result<Vec<Stored>, StoreError> {
        let read = self.read(&Scope::Pool(pool.clone()), vec![Lookup::Key { key, known: None }]).await?;
        match read.and_then(|(_, results)| results.into_iter().next()) {
            Some(LookupResult::Key(KeyResult::Record(stored))) => Ok(vec![*stored]),
            _ => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
#[path = "key_check_tests.rs"]
mod tests;
