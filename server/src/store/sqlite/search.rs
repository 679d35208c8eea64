//! The index of search texts and the counts of records. The writer updates them in the transaction that writes a
//! record.
//!
//! The texts of a record are also in its row, so that only changed texts are written, and the previous record need not
//! be decoded.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::{Key, Kind, Record, Version};

/// The fields and search texts of one record.
type Texts = Vec<(String, String)>;

/// The search texts of a record, and as the row of the record has them.
pub(super) struct EncodedTexts {
    texts: Texts,
    column: Option<String>,
}

impl EncodedTexts {
    /// Returns the search texts of a record.
    pub(super) fn of(record: &Record) -> Self {
        let texts = texts_of(record);
        Self { column: encode(&texts), texts }
    }

    /// Returns the texts as the row of the record has them.
    pub(super) fn as_column(&self) -> Option<&str> {
        self.column.as_deref()
    }
}

fn texts_of(record: &Record) -> Texts {
    record.search_texts().into_iter().map(|(field, text)| (field.to_owned(), text)).collect()
}

/// Updates the index for a record with these texts, before the record is written. `stored` is the column with the texts of
/// the stored record, if there is one ([`version_and_texts`]).
pub(super) fn put(
    on: &Connection,
    incarnation: i64,
    key: &Key,
    texts: &EncodedTexts,
    stored: Option<Option<&str>>,
) -> rusqlite::Result<()> {
    if stored.is_none() {
        count(on, incarnation, key.kind(), 1)?;
    }
    let stored = stored.flatten();
    if stored == texts.as_column() {
        return Ok(());
    }
    let stored = decode(stored);
    for (field, text) in stored.iter().filter(|entry| !texts.texts.contains(entry)) {
        remove_text(on, incarnation, field, text, key)?;
    }
    for (field, text) in texts.texts.iter().filter(|entry| !stored.contains(entry)) {
        insert_text(on, incarnation, field, text, key)?;
    }
    Ok(())
}

/// Updates the index for a record that is removed, before the record is removed.
pub(super) fn remove(on: &Connection, incarnation: i64, key: &Key) -> rusqlite::Result<()> {
    let Some((_, stored)) = version_and_texts(on, incarnation, key)? else { return Ok(()) };
    for (field, text) in &decode(stored.as_deref()) {
        remove_text(on, incarnation, field, text, key)?;
    }
    count(on, incarnation, key.kind(), -1)
}

/// Encodes the texts for the row of their record.
fn encode(texts: &Texts) -> Option<String> {
    // Pairs of texts can always be encoded as JSON.
    (!texts.is_empty()).then(|| serde_json::to_string(texts).unwrap_or_default())
}

/// Fills the index and the counts with the users in the file, as part of the migration that creates these tables.
pub(super) fn index_all_users(on: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut users = on.prepare("SELECT incarnation, id, body FROM entry WHERE kind = ?1")?;
    let mut rows = users.query([Kind::User.number()])?;
    let mut batch = Vec::new();
    while let Some(row) = rows.next()? {
        let (incarnation, id) = (row.get::<_, i64>(0)?, row.get::<_, String>(1)?);
        // A record that cannot be decoded has no texts.
        let texts = Record::decode(Kind::User, &row.get::<_, Vec<u8>>(2)?);
        batch.push((
            incarnation,
            Key::from_parts(Kind::User, id),
            texts.map(|r| texts_of(&r)).unwrap_or_default(),
        ));
        if batch.len() == 1_000 {
            index_users(on, &mut batch)?;
        }
    }
    index_users(on, &mut batch)
}

fn index_users(on: &Connection, batch: &mut Vec<(i64, Key, Texts)>) -> rusqlite::Result<()> {
    for (incarnation, key, texts) in batch.drain(..) {
        count(on, incarnation, Kind::User, 1)?;
        for (field, text) in &texts {
            insert_text(on, incarnation, field, text, &key)?;
        }
        on.prepare_cached("UPDATE entry SET texts = ?4 WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
            .execute(params![incarnation, key.kind().number(), key.id(), encode(&texts)])?;
    }
    Ok(())
}

fn decode(column: Option<&str>) -> Texts {
    column.and_then(|texts| serde_json::from_str(texts).ok()).unwrap_or_default()
}

/// Returns the version of the stored record and the column with its texts, or `None` if there is no record. A version that
/// no Lido has written is `None`.
pub(super) fn version_and_texts(
    on: &Connection,
    incarnation: i64,
    key: &Key,
) -> rusqlite::Result<Option<(Option<Version>, Option<String>)>> {
    on.prepare_cached("SELECT version, texts FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![incarnation, key.kind().number(), key.id()], |row| {
            let version = u64::try_from(row.get::<_, i64>(0)?).ok().map(Version);
            Ok((version, row.get(1)?))
        })
        .optional()
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
