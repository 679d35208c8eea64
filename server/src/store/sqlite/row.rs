//! Rows to records: the statements that read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use lido_domain::{
    Timestamp,
    id::{ClientId, PoolId},
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};

use super::store_error;
use crate::store::{Key, Kind, Record, Search, StoreError, Stored, Version};

/// Pools and clients that were read, by version. Every request reads one of each, and reading a schema from JSON
/// costs more than the row; a version never comes back, so an entry is right for ever.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed(Arc<Mutex<ByPlace>>);

type ByPlace = HashMap<(PoolId, Key), (Version, Record)>;

/// More than any one process sees in use at once; reaching it begins anew.
const MOST_PARSED: usize = 4096;

impl Parsed {
    fn get(&self, place: &(PoolId, Key), version: Version) -> Option<Record> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(place).filter(|(kept, _)| *kept == version).map(|(_, record)| record.clone())
    }

    fn keep(&self, place: (PoolId, Key), version: Version, record: &Record) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_PARSED {
            kept.clear();
        }
        kept.insert(place, (version, record.clone()));
    }
}

/// A look at the store within one transaction.
pub(super) struct Look<'a> {
    pub(super) connection: &'a Connection,
    pub(super) parsed: &'a Parsed,
}

impl Look<'_> {
    pub(super) fn get(&self, pool: &PoolId, key: &Key) -> Result<Option<Stored>, StoreError> {
        let text = "SELECT version, body FROM record WHERE pool = ?1 AND kind = ?2 AND id = ?3";
        let mut statement = self.connection.prepare_cached(text).map_err(|error| store_error(&error))?;
        let found = statement
            .query_row(params![pool.as_str(), key.kind().number(), key.id()], |row| {
                Ok(self.stored(pool, key.clone(), row, 0))
            })
            .optional();
        found.map_err(|error| store_error(&error))?.transpose()
    }

    pub(super) fn pool_of_client(&self, client: &ClientId) -> Result<Option<PoolId>, StoreError> {
        self.connection
            .prepare_cached("SELECT pool FROM client WHERE id = ?1")
            .and_then(|mut statement| {
                statement.query_row([client.as_str()], |row| row.get::<_, String>(0)).optional()
            })
            .map(|pool| pool.map(PoolId::new))
            .map_err(|error| store_error(&error))
    }

    pub(super) fn list(
        &self,
        pool: &PoolId,
        kind: Kind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        // Every id but the pool's own is longer than nothing, so "after the empty id" is the beginning.
        let text = "SELECT version, body, id FROM record
                    WHERE pool = ?1 AND kind = ?2 AND id > ?3 ORDER BY id LIMIT ?4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = params![pool.as_str(), kind.number(), after.unwrap_or_default(), limit];
        self.all(text, values, |row| {
            let key = Key::from_parts(kind, row.get::<_, String>(2)?);
            Ok(self.stored(pool, key, row, 0))
        })
    }

    pub(super) fn search(
        &self,
        pool: &PoolId,
        search: &Search,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        // The index alone says who is on the page, so that no other user's body is read.
        let text = "SELECT version, body, id FROM record WHERE pool = ?1 AND kind = ?2 AND id IN (
                        SELECT id FROM search
                        WHERE pool = ?1 AND field = ?3 AND text >= ?4 AND text < ?5 AND id > ?6
                        ORDER BY id LIMIT ?7)
                    ORDER BY id";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // SQLite sorts every blob after every text.
        let end = search.end().map_or(Value::Blob(Vec::new()), Value::Text);
        let kind = Kind::User.number();
        let after = after.unwrap_or_default();
        let values = params![pool.as_str(), kind, search.field, search.text, end, after, limit];
        self.all(text, values, |row| {
            let key = Key::from_parts(Kind::User, row.get::<_, String>(2)?);
            Ok(self.stored(pool, key, row, 0))
        })
    }

    pub(super) fn count(&self, pool: &PoolId, kind: Kind) -> Result<usize, StoreError> {
        let text = match kind {
            Kind::User => "SELECT coalesce(sum(records), 0) FROM tally WHERE pool = ?1 AND kind = ?2",
            _ => "SELECT count(*) FROM record WHERE pool = ?1 AND kind = ?2",
        };
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| {
                statement.query_row(params![pool.as_str(), kind.number()], |row| row.get::<_, i64>(0))
            })
            .map(|count| usize::try_from(count).unwrap_or(0))
            .map_err(|error| store_error(&error))
    }

    pub(super) fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let text =
            "SELECT version, body, pool FROM record WHERE kind = 0 AND pool > ?1 ORDER BY pool LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(text, params![after.map_or("", PoolId::as_str), limit], |row| {
            let pool = PoolId::new(row.get::<_, String>(2)?);
            Ok(self.stored(&pool, Key::pool(), row, 0))
        })
    }

    pub(super) fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        let text = "SELECT version, body, pool, id FROM record
                    WHERE kind = ?1 AND due_at IS NOT NULL AND due_at <= ?2 ORDER BY due_at, pool, id LIMIT ?3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.all(text, params![kind.number(), until.as_millis(), limit], |row| {
            let pool = PoolId::new(row.get::<_, String>(2)?);
            let key = Key::from_parts(kind, row.get::<_, String>(3)?);
            Ok(self.stored(&pool, key, row, 0).map(|stored| (pool, stored)))
        })
    }

    pub(super) fn check_health(&self) -> Result<(), StoreError> {
        let asked = self.connection.query_row("SELECT last FROM sequence", [], |row| row.get::<_, i64>(0));
        asked.map(drop).map_err(|error| store_error(&error))
    }

    fn all<T>(
        &self,
        text: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<Result<T, StoreError>>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(text).map_err(|error| store_error(&error))?;
        let rows = statement.query_map(values, read).map_err(|error| store_error(&error))?;
        rows.map(|row| row.map_err(|error| store_error(&error))?).collect()
    }

    /// The record of a row whose version and body begin at `column`. An error here is the record's, not SQLite's.
    fn stored(&self, pool: &PoolId, key: Key, row: &Row<'_>, column: usize) -> Result<Stored, StoreError> {
        let corrupt = |error: rusqlite::Error| StoreError::Corrupt(error.to_string());
        let version: i64 = row.get(column).map_err(corrupt)?;
        let version =
            Version(u64::try_from(version).map_err(|_| StoreError::Corrupt("a negative version".into()))?);
        let is_kept = matches!(key.kind(), Kind::Pool | Kind::Client);
        let place = is_kept.then(|| (pool.clone(), key.clone()));
        if let Some(record) = place.as_ref().and_then(|place| self.parsed.get(place, version)) {
            return Ok(Stored { key, version, record });
        }
        let body = row.get_ref(column + 1).map_err(corrupt)?;
        let body = body.as_blob().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let record = Record::decode(key.kind(), body)?;
        if let Some(place) = place {
            self.parsed.keep(place, version, &record);
        }
        Ok(Stored { key, version, record })
    }
}
