//! A group of commits in one transaction.
//!
//! Each commit is checked before it writes, so that one that is refused has no effect on itself or the others. What only a
//! failing disk or a damaged file brings about, a write that fails after the checks, undoes the whole group; then each
//! commit gets a transaction of its own, so that it fails alone.

use std::collections::HashMap;

use lido_domain::id::PoolId;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    row::incarnation_of,
    search::{self, EncodedTexts},
    store_error,
};
use crate::store::{Claim, ClaimWrite, Commit, Expectation, Key, Kind, Record, StoreError, Version, Write};

/// A commit with encoded writes.
pub(super) struct EncodedCommit {
    pool: PoolId,
    version: i64,
    expects: Vec<Expectation>,
    writes: Vec<EncodedWrite>,
    claims: Vec<ClaimWrite>,
}

/// A write with an encoded record. The caller encodes it, to relieve the writer thread.
enum EncodedWrite {
    Put { key: Key, due_at: Option<i64>, texts: EncodedTexts, body: Vec<u8> },
    Remove(Key),
    RemoveByPrefix(Kind, String),
    DeletePool,
}

impl EncodedCommit {
    pub(super) fn encode(pool: PoolId, commit: Commit) -> Result<Self, StoreError> {
        let Commit { version, expects, writes, claims } = commit;
        let writes = writes.into_iter().map(EncodedWrite::encode).collect::<Result<_, _>>()?;
        let version = i64::try_from(version.0).unwrap_or(i64::MAX);
        Ok(Self { pool, version, expects, writes, claims })
    }

    /// Returns whether the commit relies on this version of the record, so that there is one.
    fn expects_record(&self, key: &Key) -> bool {
        self.expects.iter().any(|expect| expect.key() == key && !matches!(expect, Expectation::Absent(_)))
    }
}

impl EncodedWrite {
    fn encode(write: Write) -> Result<Self, StoreError> {
        Ok(match write {
            Write::Put(key, record) => EncodedWrite::Put {
                due_at: record.due_at().map(|at| at.as_millis()),
                texts: EncodedTexts::of(&record),
                body: record.encode()?,
                key: check_kind(key, &record)?,
            },
            Write::Remove(key) => EncodedWrite::Remove(key),
            Write::RemoveByPrefix(kind, prefix) => EncodedWrite::RemoveByPrefix(kind, prefix),
            Write::DeletePool => EncodedWrite::DeletePool,
        })
    }

    /// Returns whether the write changes what a group has read once for all its commits.
    fn changes_guards(&self) -> bool {
        match self {
            EncodedWrite::Put { key, .. } | EncodedWrite::Remove(key) => key.kind().is_guard(),
            EncodedWrite::RemoveByPrefix(kind, _) => kind.is_guard(),
            EncodedWrite::DeletePool => true,
        }
    }
}

fn check_kind(key: Key, record: &Record) -> Result<Key, StoreError> {
    if key.kind() == record.kind() {
        Ok(key)
    } else {
        Err(StoreError::Corrupt("a record has the key of another kind".into()))
    }
}

/// The result of a commit that SQLite has had no error with.
type Outcome = Result<(), StoreError>;

/// Why a transaction has no effect.
enum GroupError {
    /// A statement of one of the commits has failed.
    Statement(rusqlite::Error),
    /// The transaction could not begin or end.
    Transaction(rusqlite::Error),
}

/// Commits a group, in one transaction if no write fails. Returns the result of each commit.
pub(super) fn commit_group(connection: &Connection, group: &[&EncodedCommit]) -> Vec<Outcome> {
    let alone = |commit: &&EncodedCommit| match commit_together(connection, std::slice::from_ref(commit)) {
        Ok(results) => results.into_iter().next().unwrap_or(Ok(())),
        Err(GroupError::Statement(error) | GroupError::Transaction(error)) => Err(store_error(&error)),
    };
    match commit_together(connection, group) {
        Ok(results) => results,
        Err(GroupError::Statement(_)) if group.len() > 1 => group.iter().map(alone).collect(),
        Err(GroupError::Statement(error) | GroupError::Transaction(error)) => {
            group.iter().map(|_| Err(store_error(&error))).collect()
        }
    }
}

/// Commits a group in one transaction, unless an error concerns the whole group.
fn commit_together(connection: &Connection, group: &[&EncodedCommit]) -> Result<Vec<Outcome>, GroupError> {
    if group.is_empty() {
        return Ok(Vec::new());
    }
    execute(connection, "BEGIN IMMEDIATE").map_err(GroupError::Transaction)?;
    let mut reads = GroupReads { on: connection, incarnations: HashMap::new(), guards: HashMap::new() };
    let results: rusqlite::Result<Vec<Outcome>> =
        group.iter().map(|commit| commit_one(&mut reads, commit)).collect();
    let ended = match results {
        Ok(results) if results.iter().any(Result::is_ok) => {
            execute(connection, "COMMIT").map(|()| results).map_err(GroupError::Transaction)
        }
        // Nothing was written.
        results => results.map_err(GroupError::Statement),
    };
    // After some errors SQLite has undone the transaction already.
    if !connection.is_autocommit() {
        execute(connection, "ROLLBACK").map_err(GroupError::Transaction)?;
    }
    ended
}

fn execute(on: &Connection, statement: &str) -> rusqlite::Result<()> {
    on.prepare_cached(statement)?.execute([]).map(drop)
}

/// What the commits of a group have in common, and is read once: nearly all of them are of one pool, and rely on its record
/// and on the same app clients.
struct GroupReads<'a> {
    on: &'a Connection,
    incarnations: HashMap<&'a PoolId, Option<i64>>,
    guards: HashMap<(i64, &'a Key), Option<Version>>,
}

impl<'a> GroupReads<'a> {
    fn incarnation(&mut self, pool: &'a PoolId) -> rusqlite::Result<Option<i64>> {
        if let Some(incarnation) = self.incarnations.get(pool) {
            return Ok(*incarnation);
        }
        let incarnation = incarnation_of(self.on, pool)?;
        self.incarnations.insert(pool, incarnation);
        Ok(incarnation)
    }

    fn guard(&mut self, incarnation: i64, key: &'a Key) -> rusqlite::Result<Option<Version>> {
        if let Some(version) = self.guards.get(&(incarnation, key)) {
            return Ok(*version);
        }
        let version = version_of(self.on, incarnation, key)?;
        self.guards.insert((incarnation, key), version);
        Ok(version)
    }

    fn forget(&mut self) {
        self.incarnations.clear();
        self.guards.clear();
    }
}

/// The search texts of stored records, as far as the checks of a commit have read them.
type StoredTexts<'a> = Vec<(&'a Key, Option<String>)>;

/// Checks a commit, and writes what it writes unless a check refuses it.
fn commit_one<'a>(reads: &mut GroupReads<'a>, commit: &'a EncodedCommit) -> rusqlite::Result<Outcome> {
    let on = reads.on;
    let mut incarnation = reads.incarnation(&commit.pool)?;
    let mut stored_texts = StoredTexts::new();
    for expect in &commit.expects {
        // Only this thread writes, so the commit sees its own snapshot: a guard is checked like any other version.
        let found = match (incarnation, expect) {
            (None, _) => None,
            (Some(incarnation), Expectation::Guard(key, _)) => reads.guard(incarnation, key)?,
            (Some(incarnation), Expectation::At(key, _)) if key.kind().is_searched() => {
                let found = search::version_and_texts(on, incarnation, key)?;
                found.and_then(|(version, texts)| {
                    stored_texts.push((key, texts));
                    version
                })
            }
            (Some(incarnation), expect) => version_of(on, incarnation, expect.key())?,
        };
        if !expect.holds(found) {
            return Ok(Err(StoreError::Conflict));
        }
    }
    let creates_pool =
        |write: &EncodedWrite| matches!(write, EncodedWrite::Put { key, .. } if *key == Key::pool());
    let is_new = incarnation.is_none() && commit.writes.iter().any(creates_pool);
    if is_new {
        incarnation = Some(commit.version);
    }
    let Some(incarnation) = incarnation else {
        // In a pool that does not exist, removing has no effect, and putting is a conflict.
        let puts = commit.writes.iter().any(|write| matches!(write, EncodedWrite::Put { .. }));
        return Ok(if puts { Err(StoreError::Conflict) } else { Ok(()) });
    };
    for claim in &commit.claims {
        if let ClaimWrite::Take(claim) = claim
            && holder_of(on, claim)?.is_some_and(|holder| holder != incarnation)
        {
            return Ok(Err(StoreError::Conflict));
        }
    }
    if is_new {
        on.prepare_cached("INSERT INTO pool (id, incarnation) VALUES (?1, ?2)")?
            .execute(params![commit.pool.as_str(), incarnation])?;
    }
    for claim in &commit.claims {
        write_claim(on, incarnation, claim)?;
    }
    for write in &commit.writes {
        write_one(on, incarnation, write, commit, &mut stored_texts)?;
    }
    if commit.writes.iter().any(EncodedWrite::changes_guards) {
        reads.forget();
    }
    Ok(Ok(()))
}

fn version_of(on: &Connection, incarnation: i64, key: &Key) -> rusqlite::Result<Option<Version>> {
    let found: Option<i64> = on
        .prepare_cached("SELECT version FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![incarnation, key.kind().number(), key.id()], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|version| u64::try_from(version).ok()).map(Version))
}

fn write_one(
    on: &Connection,
    incarnation: i64,
    write: &EncodedWrite,
    commit: &EncodedCommit,
    stored_texts: &mut StoredTexts<'_>,
) -> rusqlite::Result<()> {
    match write {
        EncodedWrite::Put { key, due_at, texts, body } => {
            if key.kind().is_searched() {
                // Taken, because the stored texts are other ones from now on.
                let read = stored_texts.iter().position(|(read, _)| *read == key);
                let stored = match read.map(|place| stored_texts.swap_remove(place)) {
                    Some((_, texts)) => Some(texts),
                    None => search::version_and_texts(on, incarnation, key)?.map(|(_, texts)| texts),
                };
                search::put(on, incarnation, key, texts, stored.as_ref().map(Option::as_deref))?;
            }
            let values = params![
                incarnation,
                key.kind().number(),
                key.id(),
                commit.version,
                due_at,
                texts.as_column(),
                body
            ];
            // It costs less than finding out by an insertion that there is a row, and writes none if there is not.
            let is_written = commit.expects_record(key)
                && on
                    .prepare_cached(
                        "UPDATE entry SET version = ?4, due_at = ?5, texts = ?6, body = ?7
                         WHERE incarnation = ?1 AND kind = ?2 AND id = ?3",
                    )?
                    .execute(values)?
                    == 1;
            if !is_written {
                on.prepare_cached(
                    "INSERT INTO entry (incarnation, kind, id, version, due_at, texts, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (incarnation, kind, id) DO UPDATE SET version = excluded.version,
                     due_at = excluded.due_at, texts = excluded.texts, body = excluded.body",
                )?
                .execute(values)?;
            }
        }
        EncodedWrite::Remove(key) => {
            if key.kind().is_searched() {
                stored_texts.retain(|(read, _)| *read != key);
                search::remove(on, incarnation, key)?;
            }
            on.prepare_cached("DELETE FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
                .execute(params![incarnation, key.kind().number(), key.id()])?;
        }
        EncodedWrite::RemoveByPrefix(kind, prefix) => {
            // Ids are compared by bytes, and no character sorts after char(1114111).
            on.prepare_cached(
                "DELETE FROM entry
                 WHERE incarnation = ?1 AND kind = ?2 AND id >= ?3 AND id < ?3 || char(1114111)",
            )?
            .execute(params![incarnation, kind.number(), prefix])?;
        }
        EncodedWrite::DeletePool => {
            on.prepare_cached("DELETE FROM pool WHERE incarnation = ?1")?.execute([incarnation])?;
            on.prepare_cached("DELETE FROM claim WHERE incarnation = ?1")?.execute([incarnation])?;
            on.prepare_cached("INSERT INTO deleted (incarnation) VALUES (?1)")?.execute([incarnation])?;
        }
    }
    Ok(())
}

/// Returns the incarnation of the pool that holds a claim, if one does.
fn holder_of(on: &Connection, claim: &Claim) -> rusqlite::Result<Option<i64>> {
    on.prepare_cached("SELECT incarnation FROM claim WHERE namespace = ?1 AND id = ?2")?
        .query_row(params![claim.namespace.number(), claim.id], |row| row.get(0))
        .optional()
}

/// Writes a claim that no other pool holds.
fn write_claim(on: &Connection, incarnation: i64, claim: &ClaimWrite) -> rusqlite::Result<()> {
    match claim {
        ClaimWrite::Take(claim) => on
            .prepare_cached(
                "INSERT INTO claim (namespace, id, incarnation) VALUES (?1, ?2, ?3)
                 ON CONFLICT (namespace, id) DO NOTHING",
            )?
            .execute(params![claim.namespace.number(), claim.id, incarnation])
            .map(drop),
        ClaimWrite::Release(claim) => on
            .prepare_cached("DELETE FROM claim WHERE namespace = ?1 AND id = ?2 AND incarnation = ?3")?
            .execute(params![claim.namespace.number(), claim.id, incarnation])
            .map(drop),
    }
}
