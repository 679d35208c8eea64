//! The threads that read, each with its own connection.
//!
//! A job runs in one read transaction, so it sees the store as of one instant. A job that starts after a commit has
//! returned sees that commit.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{row::StoreReader, store_error, tables};
use crate::store::StoreError;

/// A job for a reader thread. It gets the reader, or the error of opening its connection.
type Job = Box<dyn FnOnce(Result<StoreReader<'_>, StoreError>) + Send>;

/// The reader threads. Dropping it ends them.
#[derive(Debug)]
pub(super) struct Readers {
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
        Ok(Self { jobs: Some(jobs), threads })
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
        if let Some(opened) = connection.as_mut()
            && !run(opened, job)
        {
            connection = None;
        }
    }
}

/// Runs a job in its own transaction. Returns `false` if the connection cannot begin one.
fn run(connection: &mut Connection, job: Job) -> bool {
    match connection.transaction_with_behavior(TransactionBehavior::Deferred) {
        Ok(transaction) => {
            // Dropping the transaction ends it.
            job(Ok(StoreReader { connection: &transaction }));
            true
        }
        Err(error) => {
            job(Err(store_error(&error)));
            false
        }
    }
}
