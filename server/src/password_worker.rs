//! The computations with passwords: modular exponentiations, which take milliseconds, outside the threads of the
//! runtime.
//!
//! At most one per core runs at a time, so that many concurrent sign-ins queue here instead of competing for the CPU.
//! Exponentiations are counted: tests compare the counts to show that a user that does not exist costs as many as one
//! that does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{sync::Semaphore, task::JoinError};

/// Runs computations with passwords. Clones share its state and are cheap.
#[derive(Clone, Debug)]
pub struct PasswordWorker {
    permits: Arc<Semaphore>,
    exponentiations: Arc<AtomicU64>,
    waiting: Arc<AtomicUsize>,
}

impl Default for PasswordWorker {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            permits: Arc::new(Semaphore::new(cores)),
            exponentiations: Arc::default(),
            waiting: Arc::default(),
        }
    }
}

impl PasswordWorker {
    /// Runs `work`, which makes this number of modular exponentiations, on a blocking thread.
    ///
    /// # Errors
    /// The work panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        exponentiations: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphore is never closed; if it were, the work would run without a permit.
        let _permit = {
            let _waiting = Waiting::begin(&self.waiting);
            self.permits.acquire().await.ok()
        };
        self.exponentiations.fetch_add(exponentiations, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await
    }

    /// Returns the number of computations that wait for a core.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Returns the number of modular exponentiations since the start.
    pub fn exponentiations(&self) -> u64 {
        self.exponentiations.load(Ordering::Relaxed)
    }
}

/// A computation that waits, until it is dropped: its request may end meanwhile.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
