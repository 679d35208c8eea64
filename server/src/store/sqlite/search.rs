//! The texts that records declare and their numbers, kept by the writer in the transaction that writes a record.
//!
//! The texts of a record lie beside it in its row, so that only what changed is written and no former record has to be
//! decoded.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::{Key, Kind, Record};

/// Fields and texts of one record.
pub(super) type Texts = Vec<(String, String)>;

/// The texts that a record declares.
pub(super) fn texts_of(record: &Record) -> Texts {
    record.search_texts().into_iter().map(|(field, text)| (field.to_owned(), text)).collect()
}

/// Brings the index up to date for a record that will declare these texts. To be called before the record is written.
pub(super) fn put(on: &Connection, incarnation: i64, key: &Key, texts: &Texts) -> rusqlite::Result<()> {
    let former = former_texts(on, incarnation, key)?;
    if former.is_none() {
        count(on, incarnation, key.kind(), 1)?;
    }
    let former = former.unwrap_or_default();
    for (field, text) in former.iter().filter(|one| !texts.contains(one)) {
        remove_text(on, incarnation, field, text, key)?;
    }
    for (field, text) in texts.iter().filter(|one| !former.contains(one)) {
        insert_text(on, incarnation, field, text, key)?;
    }
    Ok(())
}

/// Brings the index up to date for a record that will be gone. To be called before the record is removed.
pub(super) fn remove(on: &Connection, incarnation: i64, key: &Key) -> rusqlite::Result<()> {
    let Some(former) = former_texts(on, incarnation, key)? else { return Ok(()) };
    for (field, text) in &former {
        remove_text(on, incarnation, field, text, key)?;
    }
    count(on, incarnation, key.kind(), -1)
}

/// The texts as they lie in a row.
pub(super) fn encode(texts: &Texts) -> Option<String> {
    // Texts of texts can always be written as JSON.
    (!texts.is_empty()).then(|| serde_json::to_string(texts).unwrap_or_default())
}

/// Makes texts and numbers of the users that a file has: part of the migration that made their tables.
pub(super) fn fill(on: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut users = on.prepare("SELECT incarnation, id, body FROM entry WHERE kind = ?1")?;
    let mut rows = users.query([Kind::User.number()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (incarnation, id) = (row.get::<_, i64>(0)?, row.get::<_, String>(1)?);
        // A record that cannot be read declares no texts: nobody can search what makes no sense.
        let texts = Record::decode(Kind::User, &row.get::<_, Vec<u8>>(2)?);
        found.push((
            incarnation,
            Key::from_parts(Kind::User, id),
            texts.map(|r| texts_of(&r)).unwrap_or_default(),
        ));
        if found.len() == 1_000 {
            fill_some(on, &mut found)?;
        }
    }
    fill_some(on, &mut found)
}

fn fill_some(on: &Connection, found: &mut Vec<(i64, Key, Texts)>) -> rusqlite::Result<()> {
    for (incarnation, key, texts) in found.drain(..) {
        count(on, incarnation, Kind::User, 1)?;
        for (field, text) in &texts {
            insert_text(on, incarnation, field, text, &key)?;
        }
        on.prepare_cached("UPDATE entry SET texts = ?4 WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
            .execute(params![incarnation, key.kind().number(), key.id(), encode(&texts)])?;
    }
    Ok(())
}

/// The texts of the record as it lies there, or `None` if there is none.
fn former_texts(on: &Connection, incarnation: i64, key: &Key) -> rusqlite::Result<Option<Texts>> {
    let texts: Option<Option<String>> = on
        .prepare_cached("SELECT texts FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![incarnation, key.kind().number(), key.id()], |row| row.get(0))
        .optional()?;
    Ok(texts.map(|texts| texts.and_then(|texts| serde_json::from_str(&texts).ok()).unwrap_or_default()))
}

fn insert_text(
    on: &Connection,
    incarnation: i64,
    field: &str,
    text: &str,
    key: &Key,
) -> rusqlite::Result<()> {
    on.prepare_cached(
        "INSERT OR IGNORE INTO search (incarnation, field, text, kind, id) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![incarnation, field, text, key.kind().number(), key.id()])?;
    Ok(())
}

fn remove_text(
    on: &Connection,
    incarnation: i64,
    field: &str,
    text: &str,
    key: &Key,
) -> rusqlite::Result<()> {
    on.prepare_cached(
        "DELETE FROM search WHERE incarnation = ?1 AND field = ?2 AND text = ?3 AND kind = ?4 AND id = ?5",
    )?
    .execute(params![incarnation, field, text, key.kind().number(), key.id()])?;
    Ok(())
}

fn count(on: &Connection, incarnation: i64, kind: Kind, by: i64) -> rusqlite::Result<()> {
    on.prepare_cached(
        "INSERT INTO tally (incarnation, kind, records) VALUES (?1, ?2, ?3)
         ON CONFLICT (incarnation, kind) DO UPDATE SET records = records + excluded.records",
    )?
    .execute(params![incarnation, kind.number(), by])?;
    Ok(())
}
