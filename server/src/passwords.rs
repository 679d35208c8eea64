//! Work with passwords that takes milliseconds: modular exponentiations, off the threads that serve sockets.
//!
//! No more of it runs at once than there are cores, so that many who sign in together wait for each other and not for
//! the scheduler. How much was done is counted: that nobody costs as much as somebody is shown by the count and not by
//! a clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tokio::{sync::Semaphore, task::JoinError};

/// Does it. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    exponentiations: Arc<AtomicU64>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { permits: Arc::new(Semaphore::new(cores)), exponentiations: Arc::default() }
    }
}

impl Passwords {
    /// Does `work`, which takes so many modular exponentiations.
    pub async fn run<T: Send + 'static>(
        &self,
        exponentiations: u64,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // The semaphore is never closed; if it were, work would go on without it.
        let _permit = self.permits.acquire().await.ok();
        self.exponentiations.fetch_add(exponentiations, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await
    }

    /// How many modular exponentiations were begun since the start.
    pub fn exponentiations(&self) -> u64 {
        self.exponentiations.load(Ordering::Relaxed)
    }
}
