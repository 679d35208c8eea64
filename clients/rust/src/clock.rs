//! The test clock of a server.

use std::time::{Duration, SystemTime};

/// The clock of a server. It runs, and can be set forward, so that codes, sessions and tokens expire in a test.
#[derive(Clone, Debug)]
pub struct Clock {
    pub(crate) inner: lido::clock::Clock,
}

impl Clock {
    /// Returns the time of the clock.
    pub fn now(&self) -> SystemTime {
        self.advance(Duration::ZERO)
    }

    /// Sets the clock forward and returns its time.
    pub fn advance(&self, by: Duration) -> SystemTime {
        let millis = u64::try_from(self.inner.advance(by).as_millis()).unwrap_or_default();
        SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
    }
}
