//! The connections that read: those of the threads that ask, and those of threads that only read.
//!
//! A read of a few rows by key takes less time than handing it to another thread and back, so the thread that asks does
//! it. Whatever may read many rows, or must wait for another program, is a job for the reader threads. Each read is one
//! transaction, so it sees the store as of one instant. A read that starts after a commit has returned sees that commit.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{row::StoreReader, store_error, tables};
use crate::store::StoreError;

/// A job for a reader thread. It gets the reader, or the error of opening its connection.
type Job = Box<dyn FnOnce(Result<StoreReader<'_>, StoreError>) + Send>;

/// The connections that read. Dropping it ends the threads.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    /// The connections of [`Readers::read_here`] that are not in use. There are never more than threads have asked at once.
    idle: Mutex<Vec<Connection>>,
    /// `None` once the threads must end.
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(path: &Path, count: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..count)
            .map(|number| {
                let (path, queue) = (path.to_owned(), queue.clone());
                thread::Builder::new()
                    .name(format!("sqlite-read-{number}"))
                    .spawn(move || serve(&path, &queue))
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { path: path.to_owned(), idle: Mutex::default(), jobs: Some(jobs), threads })
    }

    /// Runs `read`, which must read few rows, on this thread. Returns `None` if that is not possible without waiting; then
    /// [`Readers::run`] may do it.
    pub(super) fn read_here<T>(
        &self,
        read: impl FnOnce(&StoreReader<'_>) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        // Popped in a statement of its own, so that the lock is not held while the connection is used.
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| tables::connect_without_waiting(&self.path), Ok).ok()?;
        match in_transaction(&connection, read) {
            // Perhaps another program holds the file. The connection is closed.
            Err(_) | Ok(Err(StoreError::Unavailable(_))) => None,
            Ok(result) => {
                self.idle().push(connection);
                Some(result)
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `read` on one of the threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&StoreReader<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let ended = || StoreError::Unavailable("the reader threads have ended".into());
        let (sender, result) = oneshot::channel();
        let job: Job = Box::new(move |reader| {
            // The receiver is gone if the request was dropped.
            let _ = sender.send(reader.and_then(|reader| read(&reader)));
        });
        self.jobs.as_ref().ok_or_else(ended)?.send(job).map_err(|_| ended())?;
        result.await.map_err(|_| ended())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A panic of the thread was logged already.
            let _ = thread.join();
        }
    }
}

fn serve(path: &Path, queue: &Mutex<mpsc::Receiver<Job>>) {
    let mut connection: Option<Connection> = None;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // The first job opens the connection. After an error the next job tries again.
        if connection.is_none() {
            match tables::connect(path) {
                Ok(opened) => connection = Some(opened),
                Err(error) => {
                    job(Err(store_error(&error)));
                    continue;
                }
            }
        }
        if let Some(opened) = connection.as_ref()
            && !run(opened, job)
        {
            connection = None;
        }
    }
}

/// Runs a job in its own transaction. Returns `false` if the connection cannot begin or end one.
fn run(connection: &Connection, job: Job) -> bool {
    let mut job = Some(job);
    let run = in_transaction(connection, |reader| {
        if let Some(job) = job.take() {
            job(Ok(StoreReader { connection: reader.connection }));
        }
    });
    if let (Err(error), Some(job)) = (&run, job) {
        job(Err(store_error(error)));
    }
    run.is_ok()
}

/// Runs `read` in a transaction.
///
/// # Errors
/// The transaction cannot begin, and `read` was not run, or it cannot end. Then the connection is of no further use.
fn in_transaction<T>(
    connection: &Connection,
    read: impl FnOnce(&StoreReader<'_>) -> T,
) -> rusqlite::Result<T> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let result = read(&StoreReader { connection });
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(result)
}
