//! Instants as rules use them.
//!
//! A [`Timestamp`] is always an argument of a rule; this crate never reads the current time. The server's `clock`
//! module does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How far apart the clocks of the servers on one store may be.
///
/// *Chosen*: synchronized clocks differ by milliseconds. A stored time that is further ahead of a server's clock than this
/// shows that the clock was put back.
pub const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(60);

/// An instant: a number of milliseconds since 1970-01-01T00:00:00Z.
///
/// The unit is the millisecond because the service prints dates as seconds with three decimals (*Observed*).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use lido_domain::Timestamp;
///
/// let sent_at = Timestamp::from_millis(1_500);
/// let expires_at = sent_at.after(Duration::from_secs(60));
/// assert_eq!(expires_at.as_millis(), 61_500);
/// assert_eq!(expires_at.as_seconds(), 61);
/// assert_eq!(expires_at.since(sent_at), Duration::from_secs(60));
/// assert_eq!(sent_at.since(expires_at), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates the instant that is `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds since the epoch, rounded down. Tokens use this unit (RFC 7519, NumericDate).
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Returns the instant that is `length` later, or the latest possible instant if that is out of range.
    #[must_use]
    pub fn after(self, length: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Returns whether a stored time of the past is ahead of `now` by more than [`MAX_CLOCK_DIFFERENCE`], so that the clock
    /// must have been put back since it was stored.
    pub fn is_ahead_of(self, now: Timestamp) -> bool {
        self > now.after(MAX_CLOCK_DIFFERENCE)
    }

    /// Returns the time that has passed since `earlier`, or zero if `earlier` is later than `self`.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_arithmetic_saturates_at_the_end_of_the_range() {
        let t = Timestamp::from_millis(1_000);
        assert_eq!(t.after(Duration::from_secs(2)).as_millis(), 3_000);
        assert_eq!(t.after(Duration::from_secs(u64::MAX)).as_millis(), i64::MAX);
        assert_eq!(t.since(Timestamp::from_millis(400)), Duration::from_millis(600));
        assert_eq!(t.since(Timestamp::from_millis(4_000)), Duration::ZERO);
    }
}
