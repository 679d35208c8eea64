//! The threads that read, each with a connection of its own.
//!
//! A look happens within one read transaction, so it sees one instant, and one that begins after a commit was
//! answered sees that commit.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::{row::Look, store_error, tables};
use crate::store::StoreError;

type Job = Box<dyn FnOnce(Result<Look<'_>, StoreError>) + Send>;

#[derive(Debug)]
pub(super) struct Readers {
    /// Taken away when the readers are to end.
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

    /// Runs `look` on one of the threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Look<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let gone = || StoreError::Unavailable("the readers have ended".into());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |opened| {
            // Nobody waits any more if the request was dropped; that is no error.
            let _ = answer.send(opened.and_then(|opened| look(&opened)));
        });
        self.jobs.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A reader that panicked has told so already.
            let _ = thread.join();
        }
    }
}

fn serve(path: &Path, queue: &Mutex<mpsc::Receiver<Job>>) {
    let mut connection: Option<Connection> = None;
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // The first look opens the connection; one that could not be opened is tried again with the next.
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
            && !look(opened, job)
        {
            connection = None;
        }
    }
}

/// Does one job within a transaction of its own; false, if the connection gives none.
fn look(connection: &mut Connection, job: Job) -> bool {
    match connection.transaction_with_behavior(TransactionBehavior::Deferred) {
        Ok(transaction) => {
            // A transaction that only read ends with its drop.
            job(Ok(Look { connection: &transaction }));
            true
        }
        Err(error) => {
            job(Err(store_error(&error)));
            false
        }
    }
}
