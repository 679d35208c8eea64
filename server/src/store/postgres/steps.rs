//! The statements outside reads and commits: what is due, the sweep, the store's own record, and the probe of
//! `/_lido/health`. Each is one statement and its own transaction.

use lido_domain::{Timestamp, id::PoolId};
use tokio_postgres::Row;

use super::{
    id::stored_pool,
    param::{Param, param},
    plan::number_of,
    rows::{column, pool_of, stored, version_of},
    session::Query,
};
use crate::store::{
    Kind, StoreError, StoreRecord, Stored, Version, VersionedStoreRecord, record::only_readable,
};

fn query(text: &str, params: Vec<Param>) -> Query {
    Query { text: text.to_owned(), params }
}

fn bound(limit: usize) -> Param {
    param(i64::try_from(limit).unwrap_or(i64::MAX))
}

pub(super) fn list_pools(after: Option<&PoolId>, limit: usize) -> Query {
    query(
        "SELECT r.version, r.body, r.id FROM lido_pool p
         JOIN lido_record r ON r.pool = p.id AND r.incarnation = p.incarnation AND r.kind = 0 AND r.id = ''::bytea
         WHERE p.id > $1 ORDER BY p.id LIMIT $2",
        vec![param(after.map(stored_pool).unwrap_or_default()), bound(limit)],
    )
}

pub(super) fn listed_pools(rows: &[Row]) -> Result<Vec<Stored>, StoreError> {
    rows.iter().map(|row| stored(row, Kind::Pool)).collect()
}

pub(super) fn due(kind: Kind, until: Timestamp, limit: usize) -> Query {
    query(
        "SELECT r.version, r.body, r.id, p.id FROM lido_record r
         JOIN lido_pool p ON p.id = r.pool AND p.incarnation = r.incarnation
         WHERE r.kind = $1 AND r.due_at IS NOT NULL AND r.due_at <= $2 ORDER BY r.due_at, p.id, r.id LIMIT $3",
        vec![param(i16::from(kind.number())), param(until.as_millis()), bound(limit)],
    )
}

pub(super) fn due_records(kind: Kind, rows: &[Row]) -> Result<Vec<(PoolId, Stored)>, StoreError> {
    let pair = |row: &Row| Ok((pool_of(column(row, 3)?)?, stored(row, kind)?));
    rows.iter().filter_map(|row| only_readable(kind, pair(row))).collect()
}

/// Returns the statement that removes expired records, and returns a row for each.
pub(super) fn sweep_expired(kind: Kind, until: Timestamp, limit: usize) -> Query {
    // A record that a concurrent commit renews has another time when its lock is free, and stays.
    query(
        "DELETE FROM lido_record r USING (
             SELECT pool, incarnation, kind, id FROM lido_record
             WHERE kind = $1 AND due_at IS NOT NULL AND due_at <= $2 ORDER BY due_at LIMIT $3) k
         WHERE r.pool = k.pool AND r.incarnation = k.incarnation AND r.kind = k.kind AND r.id = k.id
         AND r.due_at <= $2 RETURNING 1",
        vec![param(i16::from(kind.number())), param(until.as_millis()), bound(limit)],
    )
}

/// The time after which a deleted pool is forgotten, longer than any commit that began before its deletion.
const FORGET_AFTER: &str = "1 hour";

/// Returns the statements that each remove at most `limit` rows of deleted pools, and return a row for each.
///
/// The deleted pools are read first, whatever the planner believes of them: it takes a table that was never analyzed, as one
/// that is always empty, for one of a thousand rows, and would look for a deleted pool among all records of the others.
pub(super) fn sweep_deleted(limit: usize) -> [Query; 4] {
    let texts = [
        "DELETE FROM lido_record r USING (
             SELECT x.pool, x.incarnation, x.kind, x.id FROM lido_deleted d CROSS JOIN LATERAL (
                 SELECT r.pool, r.incarnation, r.kind, r.id FROM lido_record r
                 WHERE r.pool = d.pool AND r.incarnation = d.incarnation LIMIT $1) x LIMIT $1) k
         WHERE r.pool = k.pool AND r.incarnation = k.incarnation AND r.kind = k.kind AND r.id = k.id RETURNING 1"
            .to_owned(),
        "DELETE FROM lido_search s USING (
             SELECT x.pool, x.incarnation, x.term, x.id FROM lido_deleted d CROSS JOIN LATERAL (
                 SELECT s.pool, s.incarnation, s.term, s.id FROM lido_search s
                 WHERE s.pool = d.pool AND s.incarnation = d.incarnation LIMIT $1) x LIMIT $1) k
         WHERE s.pool = k.pool AND s.incarnation = k.incarnation AND s.term = k.term AND s.id = k.id RETURNING 1"
            .to_owned(),
        "DELETE FROM lido_claim c USING (
             SELECT x.namespace, x.id FROM lido_deleted d CROSS JOIN LATERAL (
                 SELECT c.namespace, c.id FROM lido_claim c
                 WHERE c.pool = d.pool AND c.incarnation = d.incarnation LIMIT $1) x LIMIT $1) k
         WHERE c.namespace = k.namespace AND c.id = k.id RETURNING 1"
            .to_owned(),
        format!(
            "DELETE FROM lido_deleted d USING (
                 SELECT pool, incarnation FROM lido_deleted d WHERE d.deleted_at < now() - interval '{FORGET_AFTER}'
                 AND NOT EXISTS (
                     SELECT 1 FROM lido_record r WHERE r.pool = d.pool AND r.incarnation = d.incarnation LIMIT 1)
                 AND NOT EXISTS (
                     SELECT 1 FROM lido_search s WHERE s.pool = d.pool AND s.incarnation = d.incarnation LIMIT 1)
                 AND NOT EXISTS (
                     SELECT 1 FROM lido_claim c WHERE c.pool = d.pool AND c.incarnation = d.incarnation LIMIT 1)
                 LIMIT $1) k
             WHERE d.pool = k.pool AND d.incarnation = k.incarnation RETURNING 1"
        ),
    ];
    texts.map(|text| query(&text, vec![bound(limit)]))
}

/// Returns the statement that finds the tables which have more than twice the pages that the planner knows of, by their names as
/// SQL has them, if the user may have them analyzed.
///
/// Autovacuum does the same, a minute later. Until then the planner takes a table that was never analyzed for one in which hardly
/// a row is of the same pool as another, and a commit that changes a user may read the search entries of all users of the pool.
pub(super) fn outgrown_tables() -> Query {
    query(
        "SELECT c.oid::regclass::text FROM pg_class c
         WHERE c.oid IN (to_regclass('lido_record'), to_regclass('lido_search'), to_regclass('lido_claim'))
         AND pg_has_role(c.relowner, 'USAGE')
         AND pg_relation_size(c.oid) > current_setting('block_size')::int8 * (2 * c.relpages + 16)",
        Vec::new(),
    )
}

pub(super) fn store_record() -> Query {
    query("SELECT version, body FROM lido_store", Vec::new())
}

pub(super) fn found_store_record(rows: &[Row]) -> Result<Option<VersionedStoreRecord>, StoreError> {
    let found = rows.first().map(|row| {
        let record = StoreRecord::decode(column(row, 1)?)?;
        Ok(VersionedStoreRecord { version: version_of(column(row, 0)?)?, record })
    });
    found.transpose()
}

/// Returns the statement that replaces the store's own record, and returns a row if it has done so.
pub(super) fn put_store_record(expected: Option<Version>, version: Version, body: Vec<u8>) -> Query {
    let (version, body): (Param, Param) = (param(number_of(version)), param(body));
    match expected {
        None => query(
            "INSERT INTO lido_store (only_row, version, body) VALUES (1, $1, $2) ON CONFLICT (only_row) DO NOTHING
             RETURNING 1",
            vec![version, body],
        ),
        Some(expected) => query(
            "UPDATE lido_store SET version = $1, body = $2 WHERE version = $3 RETURNING 1",
            vec![version, body, param(number_of(expected))],
        ),
    }
}

pub(super) fn check_health() -> Query {
    query("SELECT count(*) FROM (SELECT 1 FROM lido_pool LIMIT 1) pool", Vec::new())
}

/// The bytes that the probe writes.
///
/// *Chosen*: at least as much as the commit of most requests, as in SQLite.
const PROBE_BYTES: usize = 16 * 1024;

/// Returns the statement that writes the row of the probe, and returns a row.
pub(super) fn probe_write(random: u64) -> Query {
    // Bytes that a database does not compress much, from a generator of no other use (xorshift).
    let mut state = random | 1;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(PROBE_BYTES)
    .collect();
    query(
        "INSERT INTO lido_probe (only_row, body) VALUES (1, $1)
         ON CONFLICT (only_row) DO UPDATE SET body = excluded.body RETURNING 1",
        vec![param(bytes)],
    )
}

/// Returns the statement that finds one of the keys of a commit at its version.
pub(super) fn find_commit(pool: &[u8], plan: &super::plan::Plan) -> Query {
    let (kinds, ids): (Vec<i16>, Vec<Vec<u8>>) = plan.put_keys().cloned().unzip();
    query(
        "SELECT 1 FROM lido_pool p JOIN lido_record r ON r.pool = p.id AND r.incarnation = p.incarnation
         JOIN unnest($2::int2[], $3::bytea[]) AS k (kind, id) ON r.kind = k.kind AND r.id = k.id
         WHERE p.id = $1 AND r.version = $4 LIMIT 1",
        vec![param(pool.to_vec()), param(kinds), param(ids), param(plan.version)],
    )
}
