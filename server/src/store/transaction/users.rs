//! Reads of a user with what belongs to it, by itself or together with its pool or an app client.

use std::sync::Arc;

use lido_domain::{
    digest::Digest,
    id::{ClientId, PoolId},
};

use super::{
    Transaction, mismatch,
    reads::client_with_pool,
    rows::{ClientWithPool, UserRecords, group_of, pool_of, session_of, user_of},
};
use crate::store::{
    Claim, Key, Lookup, LookupResult, PoolRecord, Scope, StoreError, Stored, UserQuery, UserRows,
};

impl Transaction {
    /// Returns a user with related records, as of one instant.
    pub async fn find_user(&self, pool: &PoolId, query: UserQuery) -> Result<UserRecords, StoreError> {
        let sessions = query.sessions.clone();
        let LookupResult::User(rows) = self.read_one(pool, Lookup::User(query)).await? else {
            return Err(mismatch());
        };
        self.record_user(*rows, sessions)
    }

    /// Returns a pool and a user with related records, or `None` if the pool does not exist.
    pub async fn find_pool_and_user(
        &self,
        pool: &PoolId,
        query: UserQuery,
    ) -> Result<Option<(Arc<PoolRecord>, UserRecords)>, StoreError> {
        let sessions = query.sessions.clone();
        let lookups = vec![Lookup::Key { key: Key::pool(), known: None }, Lookup::User(query)];
        let mut answers = self.read(Scope::Pool(pool.clone()), lookups).await?.ok_or_else(mismatch)?;
        let Some(LookupResult::User(rows)) = answers.pop() else { return Err(mismatch()) };
        let [record] = self.record_found([Key::pool()], answers)?;
        let Some(record) = record else { return Ok(None) };
        Ok(Some((pool_of(record)?, self.record_user(*rows, sessions)?)))
    }

    /// Returns a pool and the user that `query` describes by the pool's record, or `None` if the pool does not exist.
    ///
    /// It is one call of the backend if the pool's record is in the cache and has not changed since, otherwise two.
    pub async fn find_pool_and_user_by(
        &self,
        pool: &PoolId,
        query: impl Fn(&PoolRecord) -> UserQuery,
    ) -> Result<Option<(Arc<PoolRecord>, UserRecords)>, StoreError> {
        let scope = Scope::Pool(pool.clone());
        let record = match self.store.cached(&scope, [Key::pool()]) {
            None => self.find_pool(pool).await?,
            Some([cached]) => {
                let query = query(&*pool_of(cached.clone())?);
                let read = self.find_cached_and_user(scope, [cached], query).await?;
                let ([found], user) = read.ok_or_else(mismatch)?;
                let record = found.map(pool_of).transpose()?;
                match (record, user) {
                    (Some(record), Some(user)) => return Ok(Some((record, user))),
                    (record, _) => record,
                }
            }
        };
        let Some(record) = record else { return Ok(None) };
        let found = self.find_user(pool, query(&record)).await?;
        Ok(Some((record, found)))
    }

    /// Returns what `open` makes of an app client and its pool, and the user that it describes by them; or `None` if the app
    /// client does not exist.
    ///
    /// It is one call of the backend if both records are in the cache and have not changed since, otherwise two.
    pub async fn find_client_and_user_by<T, E: From<StoreError>>(
        &self,
        client: &ClientId,
        open: impl Fn(ClientWithPool) -> Result<(T, UserQuery), E>,
    ) -> Result<Option<(T, UserRecords)>, E> {
        let scope = Scope::Claim(Claim::client(client));
        let found = match self.store.cached(&scope, [Key::pool(), Key::client(client)]) {
            None => self.find_client(client).await?,
            Some(cached) => {
                let [pool, record] = cached.clone();
                let (opened, query) = open(client_with_pool(pool, record, None)?)?;
                match self.find_cached_and_user(scope, cached, query).await? {
                    None => None,
                    Some((_, Some(user))) => return Ok(Some((opened, user))),
                    Some(([Some(pool), Some(record)], None)) => Some(client_with_pool(pool, record, None)?),
                    Some(_) => None,
                }
            }
        };
        let Some(found) = found else { return Ok(None) };
        let pool = found.pool.pool.id.clone();
        let (opened, query) = open(found)?;
        let user = self.find_user(&pool, query).await?;
        Ok(Some((opened, user)))
    }

    /// Reads in one call the records that are cached, and the user of a query that was made by them; `None` if the scope is a
    /// claim that no pool holds. If a record has changed since, the query was made by a former one, and there is no user.
    async fn find_cached_and_user<const N: usize>(
        &self,
        scope: Scope,
        cached: [Stored; N],
        query: UserQuery,
    ) -> Result<Option<([Option<Stored>; N], Option<UserRecords>)>, StoreError> {
        let sessions = query.sessions.clone();
        let versions = cached.each_ref().map(|stored| Some(stored.version));
        let keys = cached.map(|stored| stored.key);
        let lookup = |key: &Key| Lookup::Key { key: key.clone(), known: None };
        let lookups = keys.iter().map(lookup).chain([Lookup::User(query)]).collect();
        let Some(mut answers) = self.read(scope, lookups).await? else { return Ok(None) };
        let Some(LookupResult::User(rows)) = answers.pop() else { return Err(mismatch()) };
        let found = self.record_found(keys, answers)?;
        let is_unchanged =
            found.each_ref().map(|found| found.as_ref().map(|stored| stored.version)) == versions;
        let user = is_unchanged.then(|| self.record_user(*rows, sessions)).transpose()?;
        Ok(Some((found, user)))
    }

    /// Records the rows of a user as conditions, and returns their typed records.
    fn record_user(&self, rows: UserRows, sessions: Vec<Digest>) -> Result<UserRecords, StoreError> {
        let mut reading = UserRecords::default();
        if let Some(stored) = rows.session {
            self.rely_on(&stored);
            let digest = sessions.into_iter().find(|digest| Key::session(digest) == stored.key);
            reading.session = Some((digest.ok_or_else(mismatch)?, session_of(stored)?));
        }
        rows.absent_names.into_iter().for_each(|key| self.rely_on_absence(key));
        if let Some(stored) = &rows.name {
            self.rely_on(stored);
        }
        if let Some(stored) = rows.user {
            self.rely_on(&stored);
            reading.user = Some(user_of(stored)?);
        }
        for (key, stored) in rows.related {
            match &stored {
                Some(stored) => self.rely_on(stored),
                None => self.rely_on_absence(key.clone()),
            }
            reading.set_related(&key, stored)?;
        }
        // No flow sees a grant that has ended, also where its row is still there.
        if let (Some(user), Some(grant)) = (&reading.user, &reading.grant)
            && !grant.is_of(user)
        {
            reading.grant = None;
        }
        reading.groups = rows.groups.into_iter().map(group_of).collect::<Result<_, _>>()?;
        if let Some(holder) = rows.alias_holder {
            reading.alias = Some((holder.name.clone(), self.record_holder(&holder.name, holder.held)?));
        }
        Ok(reading)
    }
}
