//! Whether the server is told to stop, and serves on until those who send it requests have noticed.

use std::sync::atomic::{AtomicBool, Ordering};

/// The drain of a server: readiness says no from its begin on, and every response is the last one of its connection.
#[derive(Debug, Default)]
pub struct Drain(AtomicBool);

impl Drain {
    /// Begins the drain, which does not end.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the drain has begun.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
