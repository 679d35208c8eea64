//! The tables and their migrations.
//!
//! A migration is never changed after its release; the table `lido_migration` lists those that have run. A database may run
//! each statement for itself, so every step can be repeated. Servers that start at once wait for each other at a row
//! ([`migrate`]).

use std::{collections::BTreeMap, time::Duration};

use super::{
    error::Fault,
    param::{Param, param},
    rows::column,
    session::{Query, Session},
};
use crate::store::{Kind, StoreError, record::format};

/// The migrations, each with its statements; the first one creates version 1.
const MIGRATIONS: [&[&str]; 2] = [RECORDS, RATES];

/// Records by incarnation of a pool, the search index of users, claims, and what is stored once.
///
/// The pool leads every primary key, so that it can distribute the tables; claims, which are above pools, have no pool in
/// theirs.
const RECORDS: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS lido_pool (
         id          bytea  NOT NULL PRIMARY KEY,
         incarnation bigint NOT NULL
     )",
    "CREATE TABLE IF NOT EXISTS lido_record (
         pool        bytea    NOT NULL,
         incarnation bigint   NOT NULL,
         kind        smallint NOT NULL,
         id          bytea    NOT NULL,
         version     bigint   NOT NULL,
         due_at      bigint,
         links       bytea[],
         terms       bytea[],
         body        bytea    NOT NULL,
         PRIMARY KEY (pool, incarnation, kind, id)
     )",
    "CREATE INDEX IF NOT EXISTS lido_record_due ON lido_record (kind, due_at) WHERE due_at IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS lido_search (
         pool        bytea  NOT NULL,
         incarnation bigint NOT NULL,
         term        bytea  NOT NULL,
         id          bytea  NOT NULL,
         PRIMARY KEY (pool, incarnation, term, id)
     )",
    "CREATE TABLE IF NOT EXISTS lido_claim (
         namespace   smallint NOT NULL,
         id          bytea    NOT NULL,
         pool        bytea    NOT NULL,
         incarnation bigint   NOT NULL,
         PRIMARY KEY (namespace, id)
     )",
    "CREATE INDEX IF NOT EXISTS lido_claim_pool ON lido_claim (pool, incarnation)",
    "CREATE TABLE IF NOT EXISTS lido_deleted (
         pool        bytea       NOT NULL,
         incarnation bigint      NOT NULL,
         deleted_at  timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (pool, incarnation)
     )",
    "CREATE TABLE IF NOT EXISTS lido_format (
         kind   smallint NOT NULL PRIMARY KEY,
         format integer  NOT NULL
     )",
    "CREATE TABLE IF NOT EXISTS lido_store (
         only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
         version  bigint   NOT NULL,
         body     bytea    NOT NULL
     )",
    "CREATE TABLE IF NOT EXISTS lido_probe (
         only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
         body     bytea    NOT NULL
     )",
];

/// The token buckets of request rates (`shared_buckets`).
///
/// A row is updated often and has no index beside its key, so that room on its page keeps an update within it.
const RATES: &[&str] = &["CREATE TABLE IF NOT EXISTS lido_rate (
         bucket    bytea            NOT NULL PRIMARY KEY,
         tokens    double precision NOT NULL,
         filled_at timestamptz      NOT NULL,
         taken     integer          NOT NULL
     )"];

/// What exists before the first migration: the list of those that have run, and the row that is locked meanwhile.
const BEFORE_ALL: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS lido_migration (version bigint NOT NULL PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS lido_migration_lock (only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1))",
    "INSERT INTO lido_migration_lock (only_row) VALUES (1) ON CONFLICT (only_row) DO NOTHING",
];

/// The version of the tables that this Lido creates.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// How often a statement is repeated that met another server which runs the same.
const MAX_ATTEMPTS: u32 = 20;

/// Returns the version of the tables, which is 0 in a new database.
pub(super) async fn version(session: &Session) -> Result<i64, StoreError> {
    if schema(session).await?.is_none() {
        return Ok(0);
    }
    let rows =
        session.query(&query("SELECT coalesce(max(version), 0) FROM lido_migration", Vec::new())).await?;
    rows.first().map_or(Ok(0), |row| column(row, 0))
}

/// Returns the schema with the tables, quoted, or `None` if there are none.
///
/// It is found as every statement finds the tables, by `search_path`: the tables may be in another schema than that in which
/// new ones would be created.
async fn schema(session: &Session) -> Result<Option<String>, StoreError> {
    let found = "SELECT c.relnamespace::regnamespace::text FROM pg_class c
                 WHERE c.oid = to_regclass('lido_migration')::oid";
    let rows = session.query(&query(found, Vec::new())).await?;
    rows.first().map(|row| column(row, 0)).transpose()
}

fn query(text: &str, params: Vec<Param>) -> Query {
    Query { text: text.to_owned(), params }
}

/// Runs the missing migrations, one server at a time. If a newer Lido has created the tables, changes nothing and returns
/// their version.
///
/// `lock` is a session of its own: it holds the row while `session` runs each statement for itself.
pub(super) async fn migrate(session: &Session, lock: &Session) -> Result<Option<i64>, StoreError> {
    // The common case of up-to-date tables takes no lock.
    if version(session).await? == VERSION {
        return Ok(None);
    }
    let settings = [
        "SET statement_timeout = 0",
        "SET idle_in_transaction_session_timeout = 0",
        // Whatever waits for a statement that waits for a table, waits too. It is repeated.
        "SET lock_timeout = '2s'",
    ];
    for text in settings {
        for session in [session, lock] {
            session.execute_plain(text).await?;
        }
    }
    // New tables belong beside those that are there.
    if let Some(schema) = schema(session).await? {
        for session in [session, lock] {
            session.execute_plain(&format!("SET search_path = {schema}")).await?;
        }
    }
    for text in BEFORE_ALL {
        repeat(session, text).await?;
    }
    while !take_lock(lock).await? {
        // Another server migrates. No transaction is open meanwhile, for which its statements might have to wait.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let result = run(session).await;
    // The end of the connection would free the row too.
    lock.execute_plain("ROLLBACK").await?;
    result
}

/// Locks the row of migrations until the transaction ends, and returns whether it was free.
async fn take_lock(lock: &Session) -> Result<bool, StoreError> {
    lock.execute_plain("BEGIN").await?;
    let taking = "SELECT only_row FROM lido_migration_lock WHERE only_row = 1 FOR UPDATE NOWAIT";
    match lock.execute_plain(taking).await {
        Ok(()) => Ok(true),
        Err(Fault::Conflict) => {
            lock.execute_plain("ROLLBACK").await?;
            Ok(false)
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn run(session: &Session) -> Result<Option<i64>, StoreError> {
    let found = version(session).await?;
    if found > VERSION {
        return Ok(Some(found));
    }
    for (version, statements) in (1i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        for text in statements {
            repeat(session, text).await?;
        }
        let done = format!(
            "INSERT INTO lido_migration (version) VALUES ({version}) ON CONFLICT (version) DO NOTHING"
        );
        repeat(session, &done).await?;
    }
    Ok(None)
}

/// Runs a statement that may meet another server which creates the same: `IF NOT EXISTS` is no promise then, in any of the
/// databases.
async fn repeat(session: &Session, text: &str) -> Result<(), StoreError> {
    let mut attempt = 1;
    loop {
        match session.execute_plain(text).await {
            Ok(()) => return Ok(()),
            Err(Fault::Conflict | Fault::Refused(_)) if attempt < MAX_ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(5) * attempt).await;
                attempt += 1;
            }
            Err(fault) => return Err(fault.into()),
        }
    }
}

/// Stores the formats in which this Lido writes records, unless `only_checks`. If a newer Lido has stored a newer format,
/// changes nothing and returns the number of the kind and the format.
pub(super) async fn record_formats(
    session: &Session,
    only_checks: bool,
) -> Result<Option<(i64, i64)>, StoreError> {
    let known: BTreeMap<i64, i64> =
        Kind::ALL.into_iter().map(|kind| (kind.number().into(), format(kind).into())).collect();
    let rows =
        session.query(&query("SELECT kind, format FROM lido_format ORDER BY kind", Vec::new())).await?;
    let mut stored = BTreeMap::new();
    for row in &rows {
        stored.insert(i64::from(column::<i16>(row, 0)?), i64::from(column::<i32>(row, 1)?));
    }
    for (kind, format) in &stored {
        if known.get(kind).is_none_or(|known| format > known) {
            return Ok(Some((*kind, *format)));
        }
    }
    if stored == known || only_checks {
        return Ok(None);
    }
    let (kinds, formats): (Vec<i64>, Vec<i64>) = known.into_iter().unzip();
    // A newer server that starts at the same time keeps its own.
    let text = "INSERT INTO lido_format (kind, format)
                SELECT k.kind, k.format FROM unnest($1::int8[], $2::int8[]) AS k (kind, format)
                ON CONFLICT (kind) DO UPDATE SET format = excluded.format WHERE lido_format.format < excluded.format";
    session.query(&query(text, vec![param(kinds), param(formats)])).await?;
    Ok(None)
}
