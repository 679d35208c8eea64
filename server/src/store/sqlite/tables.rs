//! The tables, and how a file gets them.
//!
//! A migration is a list entry that is never changed once released; the table `migration` says which have run. All
//! records lie in one table, whatever their kind, because a new noun should ask nothing of a backend.

use std::{collections::BTreeMap, path::Path, time::Duration};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::search;
use crate::store::{Kind, record::format};

/// Each entry takes the tables from its index to the next version; what SQL cannot say comes after it.
const MIGRATIONS: [(&str, Fill); 4] =
    [(RECORDS, nothing), (USERS, nothing), (INCARNATIONS, search::fill), (FORMATS, nothing)];

type Fill = fn(&Transaction<'_>) -> rusqlite::Result<()>;

fn nothing(_: &Transaction<'_>) -> rusqlite::Result<()> {
    Ok(())
}

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

/// The index of users, and how many there are.
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

/// Records by incarnations of pools instead of by pools, claims of any kind, texts beside the record that declares
/// them, and no sequence. Texts and numbers of users are made anew by what comes after it.
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

/// The newest format in which any Lido that opened the file writes records of a kind.
const FORMATS: &str = "
    CREATE TABLE format (
        kind   INTEGER NOT NULL PRIMARY KEY,
        format INTEGER NOT NULL
    ) STRICT;
";

/// The version of the tables that this Lido writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// A connection as both writer and readers want it.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Brings the tables up to date, all or nothing. If a newer Lido wrote them, gives their version and changes nothing.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<Option<i64>> {
    // The common case, an up-to-date file, takes no lock.
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

/// Notes the formats in which this Lido writes records. If a newer Lido has noted a newer one, gives the number of that
/// kind and its format, and changes nothing.
pub(super) fn note_formats(connection: &mut Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    let known: BTreeMap<i64, i64> =
        Kind::ALL.into_iter().map(|kind| (kind.number().into(), format(kind).into())).collect();
    let noted = formats(connection)?;
    // The common case, a file that this Lido or an equal one opened before, takes no lock.
    if noted == known {
        return Ok(None);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (kind, format) in formats(&transaction)? {
        if known.get(&kind).is_none_or(|known| format > *known) {
            return Ok(Some((kind, format)));
        }
    }
    for entry in known {
        let text =
            "INSERT INTO format VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET format = excluded.format";
        transaction.execute(text, entry)?;
    }
    transaction.commit()?;
    Ok(None)
}

fn formats(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, i64>> {
    let mut statement = connection.prepare("SELECT kind, format FROM format")?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
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
    for (version, (sql, fill)) in (1i64..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        transaction.execute_batch(sql)?;
        fill(transaction)?;
        transaction.execute("INSERT INTO migration VALUES (?1)", [version])?;
    }
    Ok(())
}

/// A file as the first release left it, for the test of what became of it since.
#[cfg(test)]
pub(super) fn make_first_version(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch("CREATE TABLE migration (version INTEGER NOT NULL PRIMARY KEY) STRICT;")?;
    transaction.execute_batch(RECORDS)?;
    transaction.execute("INSERT INTO migration VALUES (1)", [])?;
    transaction.commit()
}
