//! The index of users and their number, kept by the writer in the transaction that writes a user.
//!
//! What a user had before is read from the user, so that only what changed is written. A row that is left over after
//! all harms nobody: whoever searches looks at the users that were found.

use lido_domain::id::PoolId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::{Key, Kind, Record};

/// Fields and texts of one user.
pub(super) type Texts = Vec<(&'static str, String)>;

/// The user will have these texts. To be called before the record is written.
pub(super) fn put_user(on: &Connection, pool: &PoolId, key: &Key, texts: &Texts) -> rusqlite::Result<()> {
    let former = texts_of(on, pool, key)?;
    if former.is_none() {
        count(on, pool, 1)?;
    }
    let former = former.unwrap_or_default();
    for (field, text) in former.iter().filter(|one| !texts.contains(one)) {
        remove(on, pool, field, text, key)?;
    }
    for (field, text) in texts.iter().filter(|one| !former.contains(one)) {
        insert(on, pool, field, text, key)?;
    }
    Ok(())
}

/// The user will be gone. To be called before the record is.
pub(super) fn remove_user(on: &Connection, pool: &PoolId, key: &Key) -> rusqlite::Result<()> {
    let Some(former) = texts_of(on, pool, key)? else { return Ok(()) };
    for (field, text) in &former {
        remove(on, pool, field, text, key)?;
    }
    count(on, pool, -1)
}

/// All users of the pool are gone.
pub(super) fn clear(on: &Connection, pool: &PoolId) -> rusqlite::Result<()> {
    on.prepare_cached("DELETE FROM search WHERE pool = ?1")?.execute([pool.as_str()])?;
    on.prepare_cached("DELETE FROM tally WHERE pool = ?1")?.execute([pool.as_str()])?;
    Ok(())
}

/// Makes index and number of the users that a file has: part of the migration that made their tables.
pub(super) fn fill(on: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut users = on.prepare("SELECT pool, id, body FROM record WHERE kind = ?1")?;
    let mut rows = users.query([Kind::User.number()])?;
    while let Some(row) = rows.next()? {
        let (pool, id) = (PoolId::new(row.get::<_, String>(0)?), row.get::<_, String>(1)?);
        let key = Key::from_parts(Kind::User, id);
        count(on, &pool, 1)?;
        for (field, text) in texts_in(&row.get::<_, Vec<u8>>(2)?) {
            insert(on, &pool, field, &text, &key)?;
        }
    }
    Ok(())
}

/// The texts of the user as it lies there, or nothing if none does.
fn texts_of(on: &Connection, pool: &PoolId, key: &Key) -> rusqlite::Result<Option<Texts>> {
    let body: Option<Vec<u8>> = on
        .prepare_cached("SELECT body FROM record WHERE pool = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![pool.as_str(), key.kind().number(), key.id()], |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| texts_in(&body)))
}

/// A record that cannot be read has no texts: nobody can search what makes no sense.
fn texts_in(body: &[u8]) -> Texts {
    Record::decode(Kind::User, body).map(|record| record.search_texts()).unwrap_or_default()
}

fn insert(on: &Connection, pool: &PoolId, field: &str, text: &str, key: &Key) -> rusqlite::Result<()> {
    on.prepare_cached("INSERT OR IGNORE INTO search (pool, field, text, id) VALUES (?1, ?2, ?3, ?4)")?
        .execute([pool.as_str(), field, text, key.id()])?;
    Ok(())
}

fn remove(on: &Connection, pool: &PoolId, field: &str, text: &str, key: &Key) -> rusqlite::Result<()> {
    on.prepare_cached("DELETE FROM search WHERE pool = ?1 AND field = ?2 AND text = ?3 AND id = ?4")?
        .execute([pool.as_str(), field, text, key.id()])?;
    Ok(())
}

fn count(on: &Connection, pool: &PoolId, by: i64) -> rusqlite::Result<()> {
    on.prepare_cached(
        "INSERT INTO tally (pool, kind, records) VALUES (?1, ?2, ?3)
         ON CONFLICT (pool, kind) DO UPDATE SET records = records + excluded.records",
    )?
    .execute(params![pool.as_str(), Kind::User.number(), by])?;
    Ok(())
}
