//! The clock. Only this file reads the system's time; all other code gets it as an argument or from [`Clock`].
//!
//! The test clock of `lido dev` (`/_lido/clock`) is an offset in this process alone. Times that must agree with
//! other systems, such as those of signatures, come from [`Clock::real_now`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use lido_domain::Timestamp;

/// A clock with an offset. Clones share the offset.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The offset in milliseconds.
    offset: Arc<AtomicI64>,
    source: TimeSource,
}

/// The source of the time without the offset.
#[derive(Clone, Copy, Debug)]
enum TimeSource {
    /// The system's clock, with the start of this clock.
    System(Instant),
    /// A fixed instant, for tests.
    #[cfg(any(test, feature = "fakes"))]
    Frozen(Timestamp),
}

impl Clock {
    /// Returns a clock that follows the system's.
    pub fn system() -> Self {
        Self { offset: Arc::default(), source: TimeSource::System(Instant::now()) }
    }

    /// Returns a clock that shows `at` and changes only by [`Clock::advance`], for tests.
    #[cfg(any(test, feature = "fakes"))]
    pub fn frozen(at: Timestamp) -> Self {
        Self { offset: Arc::default(), source: TimeSource::Frozen(at) }
    }

    /// Returns the time with the offset, which the rules use.
    pub fn now(&self) -> Timestamp {
        let real = self.real_now().as_millis();
        Timestamp::from_millis(real.saturating_add(self.offset.load(Ordering::Relaxed)))
    }

    /// Returns the time without the offset.
    pub fn real_now(&self) -> Timestamp {
        match self.source {
            TimeSource::System(_) => system_now(),
            #[cfg(any(test, feature = "fakes"))]
            TimeSource::Frozen(at) => at,
        }
    }

    /// Returns the time since the start of this clock, for rates per second.
    ///
    /// It is monotonic: neither a change of the system's time nor [`Clock::advance`] affects it. Only for a frozen
    /// clock it is the offset.
    pub fn elapsed(&self) -> Duration {
        match self.source {
            TimeSource::System(start) => start.elapsed(),
            #[cfg(any(test, feature = "fakes"))]
            TimeSource::Frozen(_) => {
                let offset = self.offset.load(Ordering::Relaxed);
                Duration::from_millis(u64::try_from(offset).unwrap_or_default())
            }
        }
    }

    /// Sets the clock forward and returns its time.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // The offset saturates.
        let added =
            self.offset.try_update(Ordering::Relaxed, Ordering::Relaxed, |now| now.checked_add(millis));
        if added.is_err() {
            self.offset.store(i64::MAX, Ordering::Relaxed);
        }
        self.now()
    }

    /// Sets the clock to an instant, also to one in the past. It goes on running.
    pub fn set(&self, at: Timestamp) {
        let offset = at.as_millis().saturating_sub(self.real_now().as_millis());
        self.offset.store(offset, Ordering::Relaxed);
    }

    /// Sets the clock back to the time without the offset.
    pub fn reset(&self) {
        self.offset.store(0, Ordering::Relaxed);
    }

    /// Returns the offset in milliseconds.
    pub fn offset_millis(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }
}

#[expect(clippy::disallowed_methods, reason = "only this function reads the system's clock")]
fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Returns an instant as RFC 3339 with milliseconds, such as `2026-11-21T07:00:00.000Z`.
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map(|instant| format!("{instant:.3}"))
        .unwrap_or_else(|_| "out of range".into())
}

/// Parses an instant of RFC 3339. Returns `None` if the text is none.
pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let instant: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_millis(instant.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_and_reset_change_the_offset_in_both_directions() {
        let start = Timestamp::from_millis(1_000_000);
        let clock = Clock::frozen(start);
        for at in [5_000_000, 1_000, -7] {
            clock.set(Timestamp::from_millis(at));
            assert_eq!((clock.now().as_millis(), clock.real_now()), (at, start));
        }
        clock.reset();
        assert_eq!((clock.now(), clock.offset_millis()), (start, 0));
    }

    #[test]
    fn rfc3339_is_parsed_as_it_is_written() {
        for at in [0, 1_795_246_200_120, -1] {
            let at = Timestamp::from_millis(at);
            assert_eq!(parse_rfc3339(&rfc3339(at)), Some(at));
        }
        assert_eq!(
            parse_rfc3339("2026-11-21T08:30:00+01:00"),
            Some(Timestamp::from_millis(1_795_246_200_000))
        );
        for text in ["", "now", "2026-11-21", "2026-13-21T07:30:00Z", "2026-11-21T07:30:00"] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn advance_moves_now_but_not_real_now() {
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
    fn system_clock_advance_does_not_change_elapsed() {
        let clock = Clock::system();
        assert!(clock.now().as_millis() > 1_700_000_000_000);
        clock.advance(Duration::from_secs(1_000_000));
        assert!(clock.elapsed() < Duration::from_secs(1_000), "advance() does not count as elapsed");
    }

    #[test]
    fn rfc3339_has_milliseconds() {
        assert_eq!(rfc3339(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(Timestamp::from_millis(1_795_246_200_120)), "2026-11-21T07:30:00.120Z");
        assert_eq!(rfc3339(Timestamp::from_millis(i64::MAX)), "out of range");
    }
}
