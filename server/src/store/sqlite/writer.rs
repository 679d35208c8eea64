//! The thread that writes.
//!
//! It puts all waiting commits into one transaction ([`super::group`]), and reports their results when it is on disk. The
//! more commits wait, the more share one fdatasync. Pages go from the log to the file between two groups, when the
//! results of the first one are reported.

use std::{
    io,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use lido_domain::id::PoolId;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::group::{EncodedCommit, commit_group};
use crate::store::{Commit, StoreError};

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

impl Writer {
    pub(super) fn start(connection: Connection) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let thread =
            thread::Builder::new().name("sqlite-write".into()).spawn(move || serve(connection, &queue))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) async fn commit(&self, pool: PoolId, commit: Commit) -> Result<(), StoreError> {
        let commit = EncodedCommit::encode(pool, commit)?;
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
        let commits: Vec<_> = group.iter().map(|(commit, _)| commit).collect();
        let results = commit_group(&connection, &commits);
        for ((_, sender), result) in group.into_iter().zip(results) {
            // The receiver is gone if the request was dropped; the commit stands.
            let _ = sender.send(result);
        }
        for step in steps {
            step(&mut connection);
        }
        if let Err(error) = checkpoint_if_due(&connection) {
            // The commits are in the log, and the next group tries again.
            tracing::warn!(%error, "pages could not be copied from the log of the store to its file");
        }
    }
}

/// The pages in the log from which on they are copied to the file: 32 MB.
///
/// *Chosen*: SQLite's usual 1,000 are full in a tenth of a second under load. A page that was written several times
/// meanwhile is copied once.
const CHECKPOINT_PAGES: i64 = 4_000;

/// Copies the pages of the log to the file, if there are many and as far as no reader needs the former ones.
fn checkpoint_if_due(connection: &Connection) -> rusqlite::Result<()> {
    let pages_after =
        |statement: &str| connection.prepare_cached(statement)?.query_row([], |row| row.get::<_, i64>(1));
    if pages_after("PRAGMA wal_checkpoint(NOOP)")? >= CHECKPOINT_PAGES {
        pages_after("PRAGMA wal_checkpoint(PASSIVE)")?;
    }
    Ok(())
}
