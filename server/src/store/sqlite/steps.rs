//! The writes outside commits: the steps of the sweep, the store's own record, and the probe of `/_lido/health`.
//!
//! Each is one bounded transaction on the writer thread, between the groups of commits ([`super::writer`]).

use lido_domain::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::store_error;
use crate::store::{Kind, StoreError, StoreRecord, Version, VersionedStoreRecord};

/// Removes at most `limit` records of a kind that are due at `until`, the longest overdue first.
pub(super) fn sweep_expired(
    connection: &mut Connection,
    kind: Kind,
    until: Timestamp,
    limit: usize,
) -> Result<usize, StoreError> {
    // Rows of deleted pools are removed as well, since no read returns them.
    let text = "DELETE FROM entry WHERE (incarnation, kind, id) IN (
                    SELECT incarnation, kind, id FROM entry
                    WHERE kind = ?1 AND due_at IS NOT NULL AND due_at <= ?2 ORDER BY due_at LIMIT ?3)";
    let values = params![kind.number(), until.as_millis(), i64::try_from(limit).unwrap_or(i64::MAX)];
    // The statement is its own transaction.
    let removed = connection.prepare_cached(text).and_then(|mut statement| statement.execute(values));
    removed.map_err(|error| store_error(&error))
}

/// Removes at most `limit` rows of deleted pools. After a crash the next call continues.
pub(super) fn sweep_deleted(connection: &mut Connection, limit: usize) -> Result<usize, StoreError> {
    sweep_one_deleted(connection, limit).map_err(|error| store_error(&error))
}

fn sweep_one_deleted(connection: &mut Connection, limit: usize) -> rusqlite::Result<usize> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let first: Option<i64> =
        transaction.query_row("SELECT min(incarnation) FROM deleted", [], |row| row.get(0))?;
    let Some(incarnation) = first else { return Ok(0) };
    let bound = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let mut removed = transaction
        .prepare_cached(
            "DELETE FROM entry WHERE incarnation = ?1 AND (kind, id) IN (
                 SELECT kind, id FROM entry WHERE incarnation = ?1 LIMIT ?2)",
        )?
        .execute(params![incarnation, bound(limit)])?;
    removed += transaction
        .prepare_cached(
            "DELETE FROM search WHERE incarnation = ?1 AND (field, text, kind, id) IN (
                 SELECT field, text, kind, id FROM search WHERE incarnation = ?1 LIMIT ?2)",
        )?
        .execute(params![incarnation, bound(limit.saturating_sub(removed))])?;
    if removed == 0 {
        transaction.prepare_cached("DELETE FROM tally WHERE incarnation = ?1")?.execute([incarnation])?;
        transaction.prepare_cached("DELETE FROM deleted WHERE incarnation = ?1")?.execute([incarnation])?;
        // The pool itself counts as a row, so that the caller continues with the next pool.
        removed = 1;
    }
    transaction.commit()?;
    Ok(removed)
}

/// Reads the store's own record.
pub(super) fn store_record(connection: &Connection) -> Result<Option<VersionedStoreRecord>, StoreError> {
    let row = connection
        .query_row("SELECT version, body FROM store", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()
        .map_err(|error| store_error(&error))?;
    row.map(|(version, body)| {
        let version = u64::try_from(version).map_err(|_| StoreError::Corrupt("a negative version".into()))?;
        Ok(VersionedStoreRecord { version: Version(version), record: StoreRecord::decode(&body)? })
    })
    .transpose()
}

/// Replaces the store's own record if it has the expected version.
pub(super) fn put_store_record(
    connection: &mut Connection,
    expected: Option<Version>,
    version: Version,
    body: &[u8],
) -> Result<(), StoreError> {
    let number = |version: Version| i64::try_from(version.0).unwrap_or(i64::MAX);
    let written = match expected {
        None => connection.execute(
            "INSERT INTO store (only, version, body) VALUES (1, ?1, ?2) ON CONFLICT (only) DO NOTHING",
            params![number(version), body],
        ),
        Some(expected) => connection.execute(
            "UPDATE store SET version = ?1, body = ?2 WHERE version = ?3",
            params![number(version), body, number(expected)],
        ),
    };
    match written.map_err(|error| store_error(&error))? {
        0 => Err(StoreError::Conflict),
        _ => Ok(()),
    }
}

/// The bytes that the probe writes.
///
/// *Chosen*: at least as much as the commit of most requests, so that a disk with room for the probe has room for them.
const PROBE_BYTES: i64 = 16 * 1024;

/// Writes the row of the probe, as durably as a commit.
pub(super) fn probe_write(connection: &mut Connection) -> Result<(), StoreError> {
    // SQLite does not write what has not changed.
    let text = "UPDATE probe SET body = randomblob(?1)";
    let written = connection.prepare_cached(text).and_then(|mut statement| statement.execute([PROBE_BYTES]));
    match written.map_err(|error| store_error(&error))? {
        1 => Ok(()),
        rows => Err(StoreError::Corrupt(format!("the probe wrote {rows} rows instead of 1"))),
    }
}
