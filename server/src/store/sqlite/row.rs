//! The statements that read, and the conversion of rows to records.

use lido_domain::{Timestamp, id::PoolId};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};

use super::store_error;
use crate::store::{
    Claim, Key, KeyResult, Kind, Lookup, LookupResult, Record, Scope, Search, StoreError, Stored, Version,
    lookup::{Snapshot, run_lookup},
    record::only_readable,
};

/// Finds a page of users by a whole text. Below one text the index is in the order of the ids, so that it reads no more
/// than the page, however many users have the text.
pub(super) const SEARCH_WHOLE_TEXT: &str =
    "SELECT version, body, id FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id IN (
         SELECT id FROM search
         WHERE incarnation = ?1 AND field = ?3 AND text = ?4 AND kind = ?2 AND id > ?5
         ORDER BY id LIMIT ?6)
     ORDER BY id";

/// A reader of the store in one transaction.
pub(super) struct StoreReader<'a> {
    pub(super) connection: &'a Connection,
}

/// A reader of a pool. A pool that does not exist has no incarnation and no records.
struct PoolReader<'a> {
    connection: &'a Connection,
    incarnation: Option<i64>,
}

impl StoreReader<'_> {
    pub(super) fn read(
        &self,
        scope: &Scope,
        lookups: &[Lookup],
    ) -> Result<Option<(PoolId, Vec<LookupResult>)>, StoreError> {
        let (pool, incarnation) = match scope {
            Scope::Pool(pool) => {
                (pool.clone(), incarnation_of(self.connection, pool).map_err(|e| store_error(&e))?)
            }
            Scope::Claim(claim) => match self.holder(claim)? {
                Some((pool, incarnation)) => (pool, Some(incarnation)),
                None => return Ok(None),
            },
        };
        let pool_reader = PoolReader { connection: self.connection, incarnation };
        let answers =
            lookups.iter().map(|lookup| run_lookup(&pool_reader, lookup)).collect::<Result<_, _>>()?;
        Ok(Some((pool, answers)))
    }

    fn holder(&self, claim: &Claim) -> Result<Option<(PoolId, i64)>, StoreError> {
        let text = "SELECT pool.id, pool.incarnation FROM claim JOIN pool USING (incarnation)
                    WHERE claim.namespace = ?1 AND claim.id = ?2";
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| {
                statement
                    .query_row(params![claim.namespace.number(), claim.id], |row| {
                        Ok((PoolId::new(row.get::<_, String>(0)?), row.get(1)?))
                    })
                    .optional()
            })
            .map_err(|error| store_error(&error))
    }

    pub(super) fn list_pools(&self, after: Option<&PoolId>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let text = "SELECT entry.version, entry.body FROM pool JOIN entry USING (incarnation)
                    WHERE entry.kind = 0 AND entry.id = '' AND pool.id > ?1 ORDER BY pool.id LIMIT ?2";
        all(self.connection, text, params![after.map_or("", PoolId::as_str), bound(limit)], |row| {
            Ok(stored(Key::pool(), row))
        })
    }

    pub(super) fn due(
        &self,
        kind: Kind,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(PoolId, Stored)>, StoreError> {
        let text = "SELECT entry.version, entry.body, pool.id, entry.id
                    FROM entry JOIN pool USING (incarnation)
                    WHERE entry.kind = ?1 AND entry.due_at IS NOT NULL AND entry.due_at <= ?2
                    ORDER BY entry.due_at, pool.id, entry.id LIMIT ?3";
        let found =
            all(self.connection, text, params![kind.number(), until.as_millis(), bound(limit)], |row| {
                let pool = PoolId::new(row.get::<_, String>(2)?);
                let key = Key::from_parts(kind, row.get::<_, String>(3)?);
                let stored = stored(key, row).map(|stored| (pool, stored));
                Ok(only_readable(kind, stored).transpose())
            })?;
        Ok(found.into_iter().flatten().collect())
    }

    pub(super) fn check_health(&self) -> Result<(), StoreError> {
        let found =
            self.connection.query_row("SELECT count(*) FROM (SELECT 1 FROM pool LIMIT 1)", [], |row| {
                row.get::<_, i64>(0)
            });
        found.map(drop).map_err(|error| store_error(&error))
    }
}

impl Snapshot for PoolReader<'_> {
    fn get_unless_known(&self, key: &Key, known: Option<Version>) -> Result<KeyResult, StoreError> {
        let Some(incarnation) = self.incarnation else { return Ok(KeyResult::Absent) };
        let text = "SELECT version, body FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3";
        let mut statement = self.connection.prepare_cached(text).map_err(|error| store_error(&error))?;
        let found = statement
            .query_row(params![incarnation, key.kind().number(), key.id()], |row| {
                let version = version(row);
                if known.is_some() && version.as_ref().ok() == known.as_ref() {
                    return Ok(Ok(KeyResult::Unchanged));
                }
                Ok(stored(key.clone(), row).map(|stored| KeyResult::Record(Box::new(stored))))
            })
            .optional();
        found.map_err(|error| store_error(&error))?.unwrap_or(Ok(KeyResult::Absent))
    }

    fn list(&self, kind: Kind, prefix: &str, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Some(incarnation) = self.incarnation else { return Ok(Vec::new()) };
        // Ids are compared by bytes, and no character sorts after char(1114111). Only the pool's own id is empty, so an
        // empty `after` is the start of the list.
        let text = "SELECT version, body, id FROM entry
                    WHERE incarnation = ?1 AND kind = ?2 AND id > ?3 AND id >= ?4 AND id < ?4 || char(1114111)
                    ORDER BY id LIMIT ?5";
        let values = params![incarnation, kind.number(), after, prefix, bound(limit)];
        all(self.connection, text, values, |row| {
            Ok(stored(Key::from_parts(kind, row.get::<_, String>(2)?), row))
        })
    }

    fn search(&self, search: &Search, after: &str, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let Some(incarnation) = self.incarnation else { return Ok(Vec::new()) };
        // The inner query finds the page in the index alone, so that no other body is read.
        let kind = Kind::User.number();
        let read = |row: &Row<'_>| Ok(stored(Key::from_parts(Kind::User, row.get::<_, String>(2)?), row));
        if search.whole {
            let values = params![incarnation, kind, search.field, search.text, after, bound(limit)];
            return all(self.connection, SEARCH_WHOLE_TEXT, values, read);
        }
        let text = "SELECT version, body, id FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id IN (
                        SELECT id FROM search
                        WHERE incarnation = ?1 AND field = ?3 AND text >= ?4 AND text < ?5 AND kind = ?2 AND id > ?6
                        ORDER BY id LIMIT ?7)
                    ORDER BY id";
        // SQLite sorts every blob after every text.
        let end = search.end().map_or(Value::Blob(Vec::new()), Value::Text);
        let values = params![incarnation, kind, search.field, search.text, end, after, bound(limit)];
        all(self.connection, text, values, read)
    }

    fn count(&self, kind: Kind) -> Result<usize, StoreError> {
        let Some(incarnation) = self.incarnation else { return Ok(0) };
        let text = if kind.is_searched() {
            "SELECT coalesce(sum(records), 0) FROM tally WHERE incarnation = ?1 AND kind = ?2"
        } else {
            "SELECT count(*) FROM entry WHERE incarnation = ?1 AND kind = ?2"
        };
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| {
                statement.query_row(params![incarnation, kind.number()], |row| row.get::<_, i64>(0))
            })
            .map(|count| usize::try_from(count).unwrap_or(0))
            .map_err(|error| store_error(&error))
    }
}

/// Returns the incarnation of a pool, if the pool exists.
pub(super) fn incarnation_of(on: &Connection, pool: &PoolId) -> rusqlite::Result<Option<i64>> {
    on.prepare_cached("SELECT incarnation FROM pool WHERE id = ?1")?
        .query_row([pool.as_str()], |row| row.get(0))
        .optional()
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn all<T>(
    on: &Connection,
    text: &str,
    values: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<Result<T, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = on.prepare_cached(text).map_err(|error| store_error(&error))?;
    let rows = statement.query_map(values, read).map_err(|error| store_error(&error))?;
    rows.map(|row| row.map_err(|error| store_error(&error))?).collect()
}

/// Returns the version of a row whose first column it is.
fn version(row: &Row<'_>) -> Result<Version, StoreError> {
    let version: i64 = row.get(0).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    u64::try_from(version).map(Version).map_err(|_| StoreError::Corrupt("a negative version".into()))
}

/// Returns the record of a row whose first columns are the version and the body. An error concerns the record, not
/// SQLite.
fn stored(key: Key, row: &Row<'_>) -> Result<Stored, StoreError> {
    let version = version(row)?;
    let body = row.get_ref(1).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let body = body.as_blob().map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let record = Record::decode(key.kind(), body)?;
    Ok(Stored { key, version, record })
}
