//! The tables and their migrations.
//!
//! A migration is never changed after its release; the table `migration` lists those that have run. Records of all
//! kinds are in one table, so that a new kind needs no migration.

use std::{collections::BTreeMap, path::Path, time::Duration};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::search;
use crate::store::{Kind, record::format};

/// The migrations. Each one is SQL and a step in Rust after it; the first one creates version 1.
const MIGRATIONS: [(&str, RustStep); 5] = [
    (RECORDS, no_step),
    (USERS, no_step),
    (INCARNATIONS, search::index_all_users),
    (FORMATS, no_step),
    (STORE_RECORD, no_step),
];

type RustStep = fn(&Transaction<'_>) -> rusqlite::Result<()>;

fn no_step(_: &Transaction<'_>) -> rusqlite::Result<()> {
    Ok(())
}

/// Records by pool, and the pools of app clients.
const RECORDS: &str = "
    CREATE TABLE record (
        pool    TEXT    NOT NULL,
        kind    INTEGER NOT NULL,
        id      TEXT    NOT NULL,
        version INTEGER NOT NULL,
        due_at  INTEGER,
        body    BLOB    NOT NULL,
        PRIMARY KEY (pool, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_due  ON record (kind, due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX record_pool ON record (pool) WHERE kind = 0;
    CREATE TABLE client (
        id   TEXT NOT NULL PRIMARY KEY,
        pool TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX client_pool ON client (pool);
    CREATE TABLE sequence (
        only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
        last INTEGER NOT NULL
    ) STRICT;
    INSERT INTO sequence VALUES (1, 0);
";

/// The index of users and the counts of records.
const USERS: &str = "
    CREATE TABLE search (
        pool  TEXT NOT NULL,
        field TEXT NOT NULL,
        text  TEXT NOT NULL,
        id    TEXT NOT NULL,
        PRIMARY KEY (pool, field, text, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tally (
        pool    TEXT    NOT NULL,
        kind    INTEGER NOT NULL,
        records INTEGER NOT NULL,
        PRIMARY KEY (pool, kind)
    ) STRICT, WITHOUT ROWID;
";

/// Records by incarnation of a pool instead of by pool, claims in namespaces, search texts in the row of their record,
/// and no sequence. The index and the counts of users are filled by the step in Rust.
const INCARNATIONS: &str = "
    CREATE TABLE pool (
        id          TEXT    NOT NULL PRIMARY KEY,
        incarnation INTEGER NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID;
    INSERT INTO pool SELECT pool, random() & 9223372036854775807 FROM (SELECT DISTINCT pool FROM record);
    CREATE TABLE deleted (
        incarnation INTEGER NOT NULL PRIMARY KEY
    ) STRICT;
    CREATE TABLE entry (
        incarnation INTEGER NOT NULL,
        kind        INTEGER NOT NULL,
        id          TEXT    NOT NULL,
        version     INTEGER NOT NULL,
        due_at      INTEGER,
        texts       TEXT,
        body        BLOB    NOT NULL,
        PRIMARY KEY (incarnation, kind, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO entry
        SELECT pool.incarnation, record.kind, record.id, record.version, record.due_at, NULL, record.body
        FROM record JOIN pool ON pool.id = record.pool ORDER BY pool.incarnation, record.kind, record.id;
    CREATE INDEX entry_due ON entry (kind, due_at) WHERE due_at IS NOT NULL;
    CREATE TABLE claim (
        namespace   INTEGER NOT NULL,
        id          TEXT    NOT NULL,
        incarnation INTEGER NOT NULL,
        PRIMARY KEY (namespace, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX claim_incarnation ON claim (incarnation);
    INSERT INTO claim SELECT 0, client.id, pool.incarnation FROM client JOIN pool ON pool.id = client.pool;
    DROP TABLE client;
    DROP TABLE record;
    DROP TABLE sequence;
    DROP TABLE search;
    DROP TABLE tally;
    CREATE TABLE search (
        incarnation INTEGER NOT NULL,
        field       TEXT    NOT NULL,
        text        TEXT    NOT NULL,
        kind        INTEGER NOT NULL,
        id          TEXT    NOT NULL,
        PRIMARY KEY (incarnation, field, text, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tally (
        incarnation INTEGER NOT NULL,
        kind        INTEGER NOT NULL,
        records     INTEGER NOT NULL,
        PRIMARY KEY (incarnation, kind)
    ) STRICT, WITHOUT ROWID;
";

/// The newest format of each kind among the versions of Lido that have opened the file.
const FORMATS: &str = "
    CREATE TABLE format (
        kind   INTEGER NOT NULL PRIMARY KEY,
        format INTEGER NOT NULL
    ) STRICT;
";

/// The store's own record, and the row that the probe of `/_lido/health` writes.
const STORE_RECORD: &str = "
    CREATE TABLE store (
        only    INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
        version INTEGER NOT NULL,
        body    BLOB    NOT NULL
    ) STRICT;
    CREATE TABLE probe (
        only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
        body BLOB    NOT NULL
    ) STRICT;
    INSERT INTO probe VALUES (1, x'');
";

/// The version of the tables that this Lido creates.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// The version since which there is a place for the store's own record.
pub(super) const STORE_RECORD_VERSION: i64 = 5;

/// The bytes of a page of a new file; other files keep theirs.
///
/// *Chosen*: a row without a row id has at most a quarter of a page, and the rest in pages of its own. The row of a user
/// has 1,000 to 1,500 bytes, most of them its verifier, so that with SQLite's usual 4,096 nearly every user needs a second
/// page, to read and to write. With this size the file of many users is a third as large, and confirming one costs two
/// thirds (`docs/performance.md`).
pub(super) const PAGE_BYTES: u32 = 8192;

/// The memory of the writer for pages. Those of the readers have SQLite's usual 2 MB: every commit makes them outdated.
const WRITER_CACHE_KIBIBYTES: i32 = 16 * 1024;

/// Opens the connection of the writer.
pub(super) fn connect_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path)?;
    // A negative number is of kibibytes, a positive one of pages.
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIBIBYTES)?;
    // The writer thread does it, when no result waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Opens a connection with the settings of the writer and the readers.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    connect_with(path, Duration::from_secs(5))
}

/// Opens a connection that refuses what it would have to wait for.
pub(super) fn connect_without_waiting(path: &Path) -> rusqlite::Result<Connection> {
    connect_with(path, Duration::ZERO)
}

fn connect_with(path: &Path, busy_timeout: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(busy_timeout)?;
    // Without effect on a file that has tables.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Runs the missing migrations in one transaction. If a newer Lido has created the tables, changes nothing and returns
/// their version.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Option<i64>> {
    // The common case of up-to-date tables takes no lock.
    if version(connection)? == VERSION {
        return Ok(None);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > VERSION {
        return Ok(Some(found));
    }
    run(&transaction, found)?;
    transaction.commit()?;
    Ok(None)
}

/// Stores the formats in which this Lido writes records. If a newer Lido has stored a newer format, changes nothing and
/// returns the number of the kind and the format.
pub(super) fn record_formats(connection: &mut Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let known = known_formats();
    let stored = formats(connection)?;
    // The common case of equal formats takes no lock.
    if stored == known {
        return Ok(None);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(newer) = newer_format(&transaction)? {
        return Ok(Some(newer));
    }
    for entry in known {
        let text =
            "INSERT INTO format VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET format = excluded.format";
        transaction.execute(text, entry)?;
    }
    transaction.commit()?;
    Ok(None)
}

/// Returns the number of a kind of which a newer Lido may have written records, and their format.
pub(super) fn newer_format(connection: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let known = known_formats();
    let is_newer = |(kind, format): &(i64, i64)| known.get(kind).is_none_or(|known| format > known);
    Ok(formats(connection)?.into_iter().find(is_newer))
}

fn known_formats() -> BTreeMap<i64, i64> {
    Kind::ALL.into_iter().map(|kind| (kind.number().into(), format(kind).into())).collect()
}

fn formats(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, i64>> {
    let mut statement = connection.prepare("SELECT kind, format FROM format")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Returns the version of the tables, or 0 if there are none.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'";
    match connection.query_row(exists, [], |_| Ok(())).optional()? {
        None => Ok(0),
        Some(()) => {
            connection.query_row("SELECT coalesce(max(version), 0) FROM migration", [], |row| row.get(0))
        }
    }
}

fn run(transaction: &Transaction<'_>, found: i64) -> rusqlite::Result<()> {
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER NOT NULL PRIMARY KEY) STRICT;",
    )?;
    for (version, (sql, step)) in (1i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        transaction.execute_batch(sql)?;
        step(transaction)?;
        transaction.execute("INSERT INTO migration VALUES (?1)", [version])?;
    }
    Ok(())
}

/// Creates the tables of the first release, for the test of the migrations.
#[cfg(test)]
pub(super) fn create_first_version(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("CREATE TABLE migration (version INTEGER NOT NULL PRIMARY KEY) STRICT;")?;
    transaction.execute_batch(RECORDS)?;
    transaction.execute("INSERT INTO migration VALUES (1)", [])?;
    transaction.commit()
}
