//! The lockout of a user after too many wrong passwords.
//!
//! *Documented* (cog-0171): after five failures a user is locked out for one second, and for twice as long after each
//! further failure, up to about 15 minutes. Attempts during the lockout do not count. A success, or 15 minutes without
//! an attempt, resets the counter. A wrong one-time code counts like a wrong password (*Chosen*: so that codes cannot
//! be guessed faster).
//!
//! The counter for a user that does not exist is stored under the simulated sub, so that such a user is locked out in
//! the same way and cannot be distinguished. The limits on attempts within an hour are in [`crate::user::attempt`].

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, refusal::Refusal};

/// The number of failures that start the first lockout.
const LOCKING_FAILURES: u32 = 5;

/// The maximum lockout, and the time without an attempt after which the counter is reset.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The counter of a user's failed sign-ins since the last success.
///
/// # Examples
///
/// ```
/// use lido_domain::{Refusal, Timestamp, sign_in::lockout::Failures};
///
/// let now = Timestamp::from_millis(0);
/// let failures = (0..5).fold(None, |before, _| Some(Failures::increment(before.as_ref(), now)));
/// assert_eq!(Failures::check(failures.as_ref(), now), Err(Refusal::LockedOut));
/// assert_eq!(Failures::check(failures.as_ref(), Timestamp::from_millis(1_000)), Ok(()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// The number of failures.
    pub count: u32,
    /// When the last one happened.
    pub last_at: Timestamp,
}

impl Failures {
    /// Refuses a sign-in of a user who is locked out at `now`.
    ///
    /// *Chosen*: if the clock was put back since the last failure, the lockout ends, because it cannot be told how long it
    /// has lasted. The count stays, so that the next failure starts a longer one.
    pub fn check(before: Option<&Failures>, now: Timestamp) -> Result<(), Refusal> {
        match before {
            Some(failures) if failures.last_at.is_ahead_of(now) => Ok(()),
            Some(failures) if now < failures.last_at.after(failures.lock()) => Err(Refusal::LockedOut),
            _ => Ok(()),
        }
    }

    /// Returns the counter after one more failure at `now`.
    pub fn increment(before: Option<&Failures>, now: Timestamp) -> Failures {
        let before = before.filter(|failures| now < failures.ends_at()).map_or(0, |failures| failures.count);
        Failures { count: before.saturating_add(1), last_at: now }
    }

    /// Returns the instant from which the counter has no effect and can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.last_at.after(LONGEST)
    }

    /// Returns the length of the lockout after the last failure.
    fn lock(&self) -> Duration {
        match self.count.checked_sub(LOCKING_FAILURES) {
            None => Duration::ZERO,
            Some(beyond) => Duration::from_secs(2u64.saturating_pow(beyond)).min(LONGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    fn failed(times: u32) -> Option<Failures> {
        (0..times).fold(None, |before, _| Some(Failures::increment(before.as_ref(), START)))
    }

    /// cog-0170, cog-0171.
    #[test]
    fn lockout_doubles_with_each_failure_after_the_fifth() {
        let locks = [
            (0, 0),
            (1, 0),
            (4, 0),
            (5, 1),
            (6, 2),
            (7, 4),
            (8, 8),
            (14, 512),
            (15, 900),
            (16, 900),
            (80, 900),
        ];
        for (failures, seconds) in locks {
            let before = failed(failures);
            let lock = Duration::from_secs(seconds);
            if seconds > 0 {
                let last = Timestamp::from_millis(START.after(lock).as_millis() - 1);
                assert_eq!(Failures::check(before.as_ref(), START), Err(Refusal::LockedOut), "{failures}");
                assert_eq!(Failures::check(before.as_ref(), last), Err(Refusal::LockedOut), "{failures}");
            }
            assert_eq!(Failures::check(before.as_ref(), START.after(lock)), Ok(()), "{failures}");
        }
    }

    #[test]
    fn failures_are_reset_after_fifteen_idle_minutes() {
        let before = failed(7);
        let idle = START.after(LONGEST);
        let just_before = Timestamp::from_millis(idle.as_millis() - 1);
        assert_eq!(Failures::increment(before.as_ref(), just_before).count, 8);
        assert_eq!(Failures::increment(before.as_ref(), idle), Failures { count: 1, last_at: idle });
        assert_eq!(before.map(|failures| failures.ends_at()), Some(idle));
    }

    /// Seven failures lock for four seconds, fifteen for 15 minutes; then the clock jumps.
    #[test]
    fn lockout_survives_a_jump_of_the_clock_and_ends_without_the_old_date() {
        const DAY: i64 = 24 * 60 * 60;
        let start = Timestamp::from_millis(100 * DAY * 1_000);
        let at = |seconds: i64| Timestamp::from_millis(start.as_millis() + seconds * 1_000);
        for (count, jump, is_locked, next_count) in [
            (7, 0, true, 8),
            (7, 3, true, 8),
            (7, 4, false, 8),
            (7, 15 * 60, false, 1),
            (7, 365 * DAY, false, 1),
            // The clock of another server, which may be a minute behind.
            (7, -1, true, 8),
            (7, -60, true, 8),
            (7, -61, false, 8),
            (7, -DAY, false, 8),
            (7, -90 * DAY, false, 8),
            (15, 899, true, 16),
            (15, -60, true, 16),
            (15, -DAY, false, 16),
        ] {
            let before = Failures { count, last_at: start };
            let now = at(jump);
            assert_eq!(Failures::check(Some(&before), now).is_err(), is_locked, "{count} {jump}");
            let next = Failures::increment(Some(&before), now);
            assert_eq!(next, Failures { count: next_count, last_at: now }, "{count} {jump}");
            if next_count > 5 {
                assert!(Failures::check(Some(&next), now).is_err(), "the next failure locks again");
            }
        }
    }
}
