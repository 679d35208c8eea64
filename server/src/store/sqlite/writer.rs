//! The thread that writes.
//!
//! It puts all waiting commits into one transaction, each in its own savepoint, so that a commit that fails has no
//! effect on itself or the others. It reports the results after the transaction is on disk. The more commits wait, the
//! more share one fdatasync.

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
use crate::store::{ClaimWrite, Commit, Expectation, Key, Kind, Record, StoreError, Version, Write};

/// The most commits in one transaction, so that the first one does not wait too long.
const MAX_GROUP_SIZE: usize = 512;

/// The writer thread. Dropping it ends the thread after the waiting jobs.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` once the thread must end.
    jobs: Option<mpsc::Sender<WriteJob>>,
    thread: Option<JoinHandle<()>>,
}

/// A job for the writer thread, with the sender of its result.
enum WriteJob {
    /// Commit.
    Commit { commit: EncodedCommit, result: oneshot::Sender<Result<(), StoreError>> },
    /// Run a step in its own transaction, after the commits that wait. It sends its result itself.
    Step(Step),
}

type Step = Box<dyn FnOnce(&mut Connection) + Send>;

/// A commit with encoded writes.
struct EncodedCommit {
    pool: PoolId,
    version: i64,
    expects: Vec<Expectation>,
    writes: Vec<EncodedWrite>,
    claims: Vec<ClaimWrite>,
}

/// A write with an encoded record. The caller encodes it, to relieve the writer thread.
enum EncodedWrite {
    Put { key: Key, due_at: Option<i64>, texts: Texts, body: Vec<u8> },
    Remove(Key),
    RemoveByPrefix(Kind, String),
    DeletePool,
}

impl EncodedWrite {
    fn encode(write: Write) -> Result<Self, StoreError> {
        Ok(match write {
            Write::Put(key, record) => EncodedWrite::Put {
                due_at: record.due_at().map(|at| at.as_millis()),
                texts: search::texts_of(&record),
                body: record.encode()?,
                key: check_kind(key, &record)?,
            },
            Write::Remove(key) => EncodedWrite::Remove(key),
            Write::RemoveByPrefix(kind, prefix) => EncodedWrite::RemoveByPrefix(kind, prefix),
            Write::DeletePool => EncodedWrite::DeletePool,
        })
    }
}

fn check_kind(key: Key, record: &Record) -> Result<Key, StoreError> {
    if key.kind() == record.kind() {
        Ok(key)
    } else {
        Err(StoreError::Corrupt("a record has the key of another kind".into()))
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
        let writes = writes.into_iter().map(EncodedWrite::encode).collect::<Result<_, _>>()?;
        let version = i64::try_from(version.0).unwrap_or(i64::MAX);
        let commit = EncodedCommit { pool, version, expects, writes, claims };
        self.run(|result| WriteJob::Commit { commit, result }).await
    }

    /// Runs a step on the thread. Commits that wait come first; commits that arrive meanwhile wait for it, so it must be
    /// bounded.
    pub(super) async fn run_step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run(|result| {
            WriteJob::Step(Box::new(move |connection| {
                // The receiver is gone if the request was dropped; the step is done nevertheless.
                let _ = result.send(step(connection));
            }))
        })
        .await
    }

    /// Sends a job to the thread and waits for its result.
    async fn run<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> WriteJob,
    ) -> Result<T, StoreError> {
        let ended = || StoreError::Unavailable("the writer thread has ended".into());
        let (sender, result) = oneshot::channel();
        self.jobs.as_ref().ok_or_else(ended)?.send(job(sender)).map_err(|_| ended())?;
        result.await.map_err(|_| ended())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was logged already.
            let _ = thread.join();
        }
    }
}

fn serve(mut connection: Connection, queue: &mpsc::Receiver<WriteJob>) {
    while let Ok(first) = queue.recv() {
        let mut group = Vec::new();
        let mut steps = Vec::new();
        for job in std::iter::once(first).chain(queue.try_iter().take(MAX_GROUP_SIZE - 1)) {
            match job {
                WriteJob::Commit { commit, result } => group.push((commit, result)),
                WriteJob::Step(step) => steps.push(step),
            }
        }
        let outcome = commit_group(&mut connection, group.iter().map(|(commit, _)| commit));
        for (index, (_, sender)) in group.into_iter().enumerate() {
            let result = match &outcome {
                Ok(results) => results.get(index).cloned().unwrap_or(Ok(())),
                Err(error) => Err(store_error(error)),
            };
            // The receiver is gone if the request was dropped; the commit stands.
            let _ = sender.send(result);
        }
        for step in steps {
            step(&mut connection);
        }
    }
}

/// Commits a group in one transaction. An error concerns the whole group; otherwise each commit has its own result.
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
            // Dropping the savepoint would roll back too, but hide an error.
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
        // Only this thread writes, so the commit sees its own snapshot: a guard is checked like any other version.
        if !expect.holds(found) {
            return Err(StoreError::Conflict);
        }
    }
    let creates_pool =
        |write: &EncodedWrite| matches!(write, EncodedWrite::Put { key, .. } if *key == Key::pool());
    if incarnation.is_none() && commit.writes.iter().any(creates_pool) {
        on.prepare_cached("INSERT INTO pool (id, incarnation) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![commit.pool.as_str(), commit.version]))
            .map_err(sqlite)?;
        incarnation = Some(commit.version);
    }
    let Some(incarnation) = incarnation else {
        // In a pool that does not exist, removing has no effect, and putting is a conflict.
        let puts = commit.writes.iter().any(|write| matches!(write, EncodedWrite::Put { .. }));
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

fn write_one(on: &Connection, incarnation: i64, write: &EncodedWrite, version: i64) -> rusqlite::Result<()> {
    match write {
        EncodedWrite::Put { key, due_at, texts, body } => {
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
        EncodedWrite::Remove(key) => {
            if key.kind().is_searched() {
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

/// Writes a claim. Returns `false` if another pool holds it.
fn write_claim(on: &Connection, incarnation: i64, claim: &ClaimWrite) -> rusqlite::Result<bool> {
    match claim {
        ClaimWrite::Take(claim) => {
            let values = params![claim.namespace.number(), claim.id, incarnation];
            on.prepare_cached(
                "INSERT INTO claim (namespace, id, incarnation) VALUES (?1, ?2, ?3)
                 ON CONFLICT (namespace, id) DO NOTHING",
            )?
            .execute(values)?;
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
