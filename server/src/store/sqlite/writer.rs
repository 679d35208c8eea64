//! The thread that writes.
//!
//! It takes a waiting commit, and with it every other that waits, and carries them out in one transaction: each in a
//! savepoint, so that one which fails leaves no trace and harms no other. Only after the transaction is on disk are
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
    search::{self, Texts},
    store_error,
};
use crate::store::{Expect, Key, Kind, Record, StoreError, Version, Write};

/// How many commits share a transaction at most, so that the first does not wait for ever.
const LARGEST_GROUP: usize = 512;

#[derive(Debug)]
pub(super) struct Writer {
    /// Taken away when the writer is to end.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    pool: PoolId,
    expects: Vec<Expect>,
    writes: Vec<Encoded>,
    answer: oneshot::Sender<Result<(), StoreError>>,
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
                texts: record.search_texts(),
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

    pub(super) async fn commit(
        &self,
        pool: PoolId,
        expects: Vec<Expect>,
        writes: Vec<Write>,
    ) -> Result<(), StoreError> {
        let gone = || StoreError::Unavailable("the writer has ended".into());
        let writes = writes.into_iter().map(Encoded::of).collect::<Result<_, _>>()?;
        let (answer, answered) = oneshot::channel();
        let job = Job { pool, expects, writes, answer };
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
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
        let mut group = vec![first];
        group.extend(queue.try_iter().take(LARGEST_GROUP - 1));
        let outcome = carry_out(&mut connection, &group);
        for (index, job) in group.into_iter().enumerate() {
            let result = match &outcome {
                Ok(results) => results.get(index).cloned().unwrap_or(Ok(())),
                Err(error) => Err(store_error(error)),
            };
            // Nobody waits any more if the request was dropped; what is written stays written.
            let _ = job.answer.send(result);
        }
    }
}

/// One transaction for the whole group. An error is everybody's; a result is each one's own.
fn carry_out(connection: &mut Connection, group: &[Job]) -> rusqlite::Result<Vec<Result<(), StoreError>>> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before: i64 =
        transaction.prepare_cached("SELECT last FROM sequence")?.query_row([], |row| row.get(0))?;
    let mut last = before;
    let mut results = Vec::with_capacity(group.len());
    for job in group {
        let savepoint = transaction.savepoint()?;
        let result = carry_out_one(&savepoint, job, last + 1);
        if result.is_ok() {
            savepoint.commit()?;
            last += 1;
        } else {
            // Dropping a savepoint undoes what was done since; doing it here lets a failure be seen.
            let mut savepoint = savepoint;
            savepoint.rollback()?;
            savepoint.commit()?;
        }
        results.push(result);
    }
    if last > before {
        transaction.prepare_cached("UPDATE sequence SET last = ?1")?.execute([last])?;
        transaction.commit()?;
    }
    Ok(results)
}

fn carry_out_one(on: &Connection, job: &Job, version: i64) -> Result<(), StoreError> {
    for expect in &job.expects {
        let (Expect::At(key, _) | Expect::Absent(key)) = expect;
        let found = version_of(on, &job.pool, key).map_err(|error| store_error(&error))?;
        let holds = match expect {
            Expect::At(_, wanted) => found == Some(*wanted),
            Expect::Absent(_) => found.is_none(),
        };
        if !holds {
            return Err(StoreError::Conflict);
        }
    }
    for write in &job.writes {
        let done = carry_out_write(on, &job.pool, write, version).map_err(|error| store_error(&error))?;
        if !done {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

fn version_of(on: &Connection, pool: &PoolId, key: &Key) -> rusqlite::Result<Option<Version>> {
    let found: Option<i64> = on
        .prepare_cached("SELECT version FROM record WHERE pool = ?1 AND kind = ?2 AND id = ?3")?
        .query_row(params![pool.as_str(), key.kind().number(), key.id()], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|version| u64::try_from(version).ok()).map(Version))
}

/// Carries a write out; false, if it would take a client id that belongs to another pool.
fn carry_out_write(on: &Connection, pool: &PoolId, write: &Encoded, version: i64) -> rusqlite::Result<bool> {
    match write {
        Encoded::Put { key, due_at, texts, body } => {
            if key.kind() == Kind::Client && !claim_client(on, pool, key)? {
                return Ok(false);
            }
            if key.kind() == Kind::User {
                search::put_user(on, pool, key, texts)?;
            }
            on.prepare_cached(
                "INSERT INTO record (pool, kind, id, version, due_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (pool, kind, id) DO UPDATE
                 SET version = excluded.version, due_at = excluded.due_at, body = excluded.body",
            )?
            .execute(params![
                pool.as_str(),
                key.kind().number(),
                key.id(),
                version,
                due_at,
                body
            ])?;
        }
        Encoded::Remove(key) => {
            if key.kind() == Kind::User {
                search::remove_user(on, pool, key)?;
            }
            on.prepare_cached("DELETE FROM record WHERE pool = ?1 AND kind = ?2 AND id = ?3")?
                .execute(params![pool.as_str(), key.kind().number(), key.id()])?;
            if key.kind() == Kind::Client {
                on.prepare_cached("DELETE FROM client WHERE id = ?1 AND pool = ?2")?
                    .execute([key.id(), pool.as_str()])?;
            }
        }
        Encoded::RemoveUnder(kind, prefix) => {
            // Ids are compared byte by byte, and no character comes after the last one.
            let text =
                "DELETE FROM record WHERE pool = ?1 AND kind = ?2 AND id >= ?3 AND id < ?3 || char(1114111)";
            on.prepare_cached(text)?.execute(params![pool.as_str(), kind.number(), prefix])?;
        }
        Encoded::Clear => {
            on.prepare_cached("DELETE FROM record WHERE pool = ?1")?.execute([pool.as_str()])?;
            on.prepare_cached("DELETE FROM client WHERE pool = ?1")?.execute([pool.as_str()])?;
            search::clear(on, pool)?;
        }
    }
    Ok(true)
}

fn claim_client(on: &Connection, pool: &PoolId, key: &Key) -> rusqlite::Result<bool> {
    on.prepare_cached("INSERT INTO client (id, pool) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING")?
        .execute([key.id(), pool.as_str()])?;
    let owner: String = on
        .prepare_cached("SELECT pool FROM client WHERE id = ?1")?
        .query_row([key.id()], |row| row.get(0))?;
    Ok(owner == pool.as_str())
}
