//! The time. The only place that reads the real clock; everything else is told what time it is.
//!
//! `lido dev` may set its clock forward (`POST /_lido/clock`), as an offset of this process alone. What must agree
//! with the outside world, such as the skew of a signature, asks for [`Clock::real_now`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use lido_domain::Timestamp;

/// A clock. Clones share one offset.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Milliseconds to add.
    offset: Arc<AtomicI64>,
    runs: Runs,
}

#[derive(Clone, Copy, Debug)]
enum Runs {
    /// With the system's, since then.
    Since(Instant),
    /// Not: it stands here. For tests.
    #[cfg(any(test, feature = "fakes"))]
    Frozen(Timestamp),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { offset: Arc::default(), runs: Runs::Since(Instant::now()) }
    }

    /// A clock that stands at `at` and moves only when advanced, for tests.
    #[cfg(any(test, feature = "fakes"))]
    pub fn frozen(at: Timestamp) -> Self {
        Self { offset: Arc::default(), runs: Runs::Frozen(at) }
    }

    /// The time as the rules are told it.
    pub fn now(&self) -> Timestamp {
        let real = self.real_now().as_millis();
        Timestamp::from_millis(real.saturating_add(self.offset.load(Ordering::Relaxed)))
    }

    /// The time without the offset.
    pub fn real_now(&self) -> Timestamp {
        match self.runs {
            Runs::Since(_) => system_now(),
            #[cfg(any(test, feature = "fakes"))]
            Runs::Frozen(at) => at,
        }
    }

    /// How long this clock has run, for what counts per second: it never goes back, whatever is done to the system's
    /// time, and setting it forward does not touch it. A frozen clock runs by being set forward.
    pub fn elapsed(&self) -> Duration {
        match self.runs {
            Runs::Since(start) => start.elapsed(),
            #[cfg(any(test, feature = "fakes"))]
            Runs::Frozen(_) => {
                let offset = self.offset.load(Ordering::Relaxed);
                Duration::from_millis(u64::try_from(offset).unwrap_or_default())
            }
        }
    }

    /// Sets the clock forward and says what it shows.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // Adding past the end of the range stops there.
        let added =
            self.offset.try_update(Ordering::Relaxed, Ordering::Relaxed, |now| now.checked_add(millis));
        if added.is_err() {
            self.offset.store(i64::MAX, Ordering::Relaxed);
        }
        self.now()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the real clock")]
fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// `2026-11-21T07:00:00.000Z`, as `/_lido/` prints instants.
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map(|instant| format!("{instant:.3}"))
        .unwrap_or_else(|_| "out of range".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_moves_the_rules_time_and_not_the_real_one() {
        let start = Timestamp::from_millis(1_000);
        let clock = Clock::frozen(start);
        let other = clock.clone();
        assert_eq!(other.advance(Duration::from_secs(5)).as_millis(), 6_000);
        assert_eq!(clock.now().as_millis(), 6_000);
        assert_eq!(clock.real_now(), start);
        assert_eq!(clock.elapsed(), Duration::from_secs(5));
        assert_eq!(clock.advance(Duration::MAX).as_millis(), i64::MAX);
    }

    #[test]
    fn a_running_clock_is_in_this_century() {
        let clock = Clock::system();
        assert!(clock.now().as_millis() > 1_700_000_000_000);
        clock.advance(Duration::from_secs(1_000_000));
        assert!(clock.elapsed() < Duration::from_secs(1_000), "setting it forward takes no time");
    }

    #[test]
    fn instants_are_printed_with_milliseconds() {
        assert_eq!(rfc3339(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(Timestamp::from_millis(1_795_246_200_120)), "2026-11-21T07:30:00.120Z");
        assert_eq!(rfc3339(Timestamp::from_millis(i64::MAX)), "out of range");
    }
}
