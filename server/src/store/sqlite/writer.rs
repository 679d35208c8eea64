//! The thread that writes.
//!
//! It takes a waiting commit, and with it every other that waits, into one transaction: each in a savepoint, so that one
//! which fails leaves no trace and harms no other. Only after the transaction is on disk are
//! they answered. The more commits wait, the more share one fdatasync.

use std::{
    io,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use lido_domain::id::PoolId;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::{
    row::incarnation_of,
    search::{self, Texts},
    store_error,
};
use crate::store::{ClaimWrite, Commit, Expect, Key, Kind, Record, StoreError, Version, Write};

/// How many commits share a transaction at most, so that the first does not wait for ever.
const LARGEST_GROUP: usize = 512;

#[derive(Debug)]
pub(super) struct Writer {
    /// Taken away when the writer is to end.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

enum Job {
    Commit {
        commit: EncodedCommit,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    /// Remove some of what deleted pools left behind.
    SweepDeleted {
        limit: usize,
        answer: oneshot::Sender<Result<usize, StoreError>>,
    },
}

struct EncodedCommit {
    pool: PoolId,
    version: i64,
    expects: Vec<Expect>,
    writes: Vec<Encoded>,
    claims: Vec<ClaimWrite>,
}

/// A write whose record is bytes already: the caller encodes, so that the one writer need not.
enum Encoded {
    Put { key: Key, due_at: Option<i64>, texts: Texts, body: Vec<u8> },
    Remove(Key),
    RemoveUnder(Kind, String),
    Clear,
}

impl Encoded {
    fn of(write: Write) -> Result<Self, StoreError> {
        Ok(match write {
            Write::Put(key, record) => Encoded::Put {
                due_at: record.due_at().map(|at| at.as_millis()),
                texts: search::texts_of(&record),
                body: record.encode()?,
                key: checked(key, &record)?,
            },
            Write::Remove(key) => Encoded::Remove(key),
            Write::RemoveUnder(kind, prefix) => Encoded::RemoveUnder(kind, prefix),
            Write::Clear => Encoded::Clear,
        })
    }
}

fn checked(key: Key, record: &Record) -> Result<Key, StoreError> {
    if key.kind() == record.kind() {
        Ok(key)
    } else {
        Err(StoreError::Corrupt("a record under another kind's key".into()))
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let thread =
            thread::Builder::new().name("sqlite-write".into()).spawn(move || serve(connection, &queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) async fn commit(&self, pool: PoolId, commit: Commit) -> Result<(), StoreError> {
        let Commit { version, expects, writes, claims } = commit;
        let writes = writes.into_iter().map(Encoded::of).collect::<Result<_, _>>()?;
        let version = i64::try_from(version.0).unwrap_or(i64::MAX);
        let commit = EncodedCommit { pool, version, expects, writes, claims };
        self.ask(|answer| Job::Commit { commit, answer }).await
    }

    pub(super) async fn sweep_deleted(&self, limit: usize) -> Result<usize, StoreError> {
        self.ask(|answer| Job::SweepDeleted { limit, answer }).await
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Unavailable("the writer has ended".into());
        let (answer, answered) = oneshot::channel();
        self.jobs.as_ref().ok_or_else(gone)?.send(job(answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has told so already.
            let _ = thread.join();
        }
    }
}

fn serve(mut connection: Connection, queue: &mpsc::Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let mut group = Vec::new();
        let mut sweeps = Vec::new();
        for job in std::iter::once(first).chain(queue.try_iter().take(LARGEST_GROUP - 1)) {
            match job {
                Job::Commit { commit, answer } => group.push((commit, answer)),
                Job::SweepDeleted { limit, answer } => sweeps.push((limit, answer)),
            }
        }
        let outcome = commit_group(&mut connection, group.iter().map(|(commit, _)| commit));
        for (index, (_, answer)) in group.into_iter().enumerate() {
            let result = match &outcome {
                Ok(results) => results.get(index).cloned().unwrap_or(Ok(())),
                Err(error) => Err(store_error(error)),
            };
            // Nobody waits any more if the request was dropped; what is written stays written.
            let _ = answer.send(result);
        }
        for (limit, answer) in sweeps {
            let swept = sweep_deleted(&mut connection, limit).map_err(|error| store_error(&error));
            let _ = answer.send(swept);
        }
    }
}

/// One transaction for the whole group. An error is everybody's; a result is each one's own.
fn commit_group<'a>(
    connection: &mut Connection,
    group: impl ExactSizeIterator<Item = &'a EncodedCommit>,
) -> rusqlite::Result<Vec<Result<(), StoreError>>> {
    let mut results = Vec::with_capacity(group.len());
    if group.len() == 0 {
        return Ok(results);
    }
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for commit in group {
        let mut savepoint = transaction.savepoint()?;
        let result = commit_one(&savepoint, commit);
        if result.is_err() {
            // Dropping a savepoint undoes what was done since; doing it here lets a failure be seen.
            savepoint.rollback()?;
        }
        savepoint.commit()?;
        results.push(result);
    }
    if results.iter().any(Result::is_ok) {
        transaction.commit()?;
    }
    Ok(results)
}

fn commit_one(on: &Connection, commit: &EncodedCommit) -> Result<(), StoreError> {
    let sqlite = |error| store_error(&error);
    let mut incarnation = incarnation_of(on, &commit.pool).map_err(sqlite)?;
    for expect in &commit.expects {
        let found = match incarnation {
            Some(incarnation) => version_of(on, incarnation, expect.key()).map_err(sqlite)?,
            None => None,
        };
        // One thread writes, so that the snapshot of a commit is what it meets: a guard is like a version to be at.
        if !expect.holds(found) {
            return Err(StoreError::Conflict);
        }
    }
    let begins = |write: &Encoded| matches!(write, Encoded::Put { key, .. } if *key == Key::pool());
    if incarnation.is_none() && commit.writes.iter().any(begins) {
        on.prepare_cached("INSERT INTO pool (id, incarnation) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![commit.pool.as_str(), commit.version]))
            .map_err(sqlite)?;
        incarnation = Some(commit.version);
    }
    let Some(incarnation) = incarnation else {
        // There is nothing to remove in a pool that does not exist, and nowhere to put anything.
        let puts = commit.writes.iter().any(|write| matches!(write, Encoded::Put { .. }));
        return if puts { Err(StoreError::Conflict) } else { Ok(()) };
    };
    for claim in &commit.claims {
        if !write_claim(on, incarnation, claim).map_err(sqlite)? {
            return Err(StoreError::Conflict);
        }
    }
    for write in &commit.writes {
        write_one(on, incarnation, write, commit.version).map_err(sqlite)?;
    }
    Ok(())
}

fn version_of(on: &Connection, incarnation: i64, key: &Key) -> rusqlite::Result<Option<Version>> {
    let found: Option<i64> = on
        .prepare_cached("SELECT version FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![incarnation, key.kind().number(), key.id()], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|version| u64::try_from(version).ok()).map(Version))
}

fn write_one(on: &Connection, incarnation: i64, write: &Encoded, version: i64) -> rusqlite::Result<()> {
    match write {
        Encoded::Put { key, due_at, texts, body } => {
            if key.kind().is_searched() {
                search::put(on, incarnation, key, texts)?;
            }
            on.prepare_cached(
                "INSERT INTO entry (incarnation, kind, id, version, due_at, texts, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (incarnation, kind, id) DO UPDATE SET version = excluded.version,
                 due_at = excluded.due_at, texts = excluded.texts, body = excluded.body",
            )?
            .execute(params![
                incarnation,
                key.kind().number(),
                key.id(),
                version,
                due_at,
                search::encode(texts),
                body
            ])?;
        }
        Encoded::Remove(key) => {
            if key.kind().is_searched() {
                search::remove(on, incarnation, key)?;
            }
            on.prepare_cached("DELETE FROM entry WHERE incarnation = ?1 AND kind = ?2 AND id = ?3")?
                .execute(params![incarnation, key.kind().number(), key.id()])?;
        }
        Encoded::RemoveUnder(kind, prefix) => {
            // Ids are compared byte by byte, and no character comes after the last one.
            on.prepare_cached(
                "DELETE FROM entry
                 WHERE incarnation = ?1 AND kind = ?2 AND id >= ?3 AND id < ?3 || char(1114111)",
            )?
            .execute(params![incarnation, kind.number(), prefix])?;
        }
        Encoded::Clear => {
            on.prepare_cached("DELETE FROM pool WHERE incarnation = ?1")?.execute([incarnation])?;
            on.prepare_cached("DELETE FROM claim WHERE incarnation = ?1")?.execute([incarnation])?;
            on.prepare_cached("INSERT INTO deleted (incarnation) VALUES (?1)")?.execute([incarnation])?;
        }
    }
    Ok(())
}

/// Writes a claim; returns false if it belongs to another pool.
fn write_claim(on: &Connection, incarnation: i64, claim: &ClaimWrite) -> rusqlite::Result<bool> {
    match claim {
        ClaimWrite::Take(claim) => {
            let place = params![claim.namespace.number(), claim.id, incarnation];
            on.prepare_cached(
                "INSERT INTO claim (namespace, id, incarnation) VALUES (?1, ?2, ?3)
                 ON CONFLICT (namespace, id) DO NOTHING",
            )?
            .execute(place)?;
            let owner: i64 = on
                .prepare_cached("SELECT incarnation FROM claim WHERE namespace = ?1 AND id = ?2")?
                .query_row(params![claim.namespace.number(), claim.id], |row| row.get(0))?;
            Ok(owner == incarnation)
        }
        ClaimWrite::Release(claim) => {
            on.prepare_cached("DELETE FROM claim WHERE namespace = ?1 AND id = ?2 AND incarnation = ?3")?
                .execute(params![claim.namespace.number(), claim.id, incarnation])?;
            Ok(true)
        }
    }
}

/// Removes at most `limit` rows of pools that were deleted. What a crash leaves is found again.
fn sweep_deleted(connection: &mut Connection, limit: usize) -> rusqlite::Result<usize> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let first: Option<i64> =
        transaction.query_row("SELECT min(incarnation) FROM deleted", [], |row| row.get(0))?;
    let Some(incarnation) = first else { return Ok(0) };
    let mut removed = transaction
        .prepare_cached(
            "DELETE FROM entry WHERE incarnation = ?1 AND (kind, id) IN (
                 SELECT kind, id FROM entry WHERE incarnation = ?1 LIMIT ?2)",
        )?
        .execute(params![incarnation, limit])?;
    removed += transaction
        .prepare_cached(
            "DELETE FROM search WHERE incarnation = ?1 AND (field, text, kind, id) IN (
                 SELECT field, text, kind, id FROM search WHERE incarnation = ?1 LIMIT ?2)",
        )?
        .execute(params![incarnation, limit])?;
    if removed == 0 {
        transaction.prepare_cached("DELETE FROM tally WHERE incarnation = ?1")?.execute([incarnation])?;
        transaction.prepare_cached("DELETE FROM deleted WHERE incarnation = ?1")?.execute([incarnation])?;
        // The pool itself counts, so that a caller goes on with the next.
        removed = 1;
    }
    transaction.commit()?;
    Ok(removed)
}
