//! Instants, as the rules see them.
//!
//! A timestamp is a number that somebody hands in; nothing here knows what time it is. The server's `clock`
//! does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
///
/// Milliseconds, because the service prints its dates as seconds with three decimals (*Observed*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as tokens count.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The instant `length` later; it stops at the end of the range instead of wrapping.
    #[must_use]
    pub fn after(self, length: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was, or nothing if it lies in the future.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        let t = Timestamp::from_millis(1_000);
        assert_eq!(t.after(Duration::from_secs(2)).as_millis(), 3_000);
        assert_eq!(t.after(Duration::from_secs(u64::MAX)).as_millis(), i64::MAX);
        assert_eq!(t.since(Timestamp::from_millis(400)), Duration::from_millis(600));
        assert_eq!(t.since(Timestamp::from_millis(4_000)), Duration::ZERO);
    }
}
