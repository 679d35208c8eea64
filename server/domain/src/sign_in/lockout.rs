//! The lock-out: how long a user must wait after too many wrong passwords.
//!
//! *Documented* (cog-0171): after five failures a user is locked for one second, and twice as long with each further
//! failure, up to about 15 minutes; attempts meanwhile do not count; a success or 15 idle minutes forgive everything.
//! A wrong one-time code counts like a wrong password (*Chosen*: it must not be guessed any faster).
//!
//! The counter of a name that names nobody lies under its simulated sub, so that a client which hides who exists locks
//! nobody like somebody. Limits that count within an hour are [`crate::user::attempt`]'s matter.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, refusal::Refusal};

/// So many failures go free.
const FREE: u32 = 5;

/// The longest lock, and the idle time that forgives.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How often somebody has failed to sign in since the last success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// How often.
    pub count: u32,
    /// When it was that last happened.
    pub last_at: Timestamp,
}

impl Failures {
    /// Refuses whoever is locked out at `now`.
    pub fn check(before: Option<&Failures>, now: Timestamp) -> Result<(), Refusal> {
        match before {
            Some(failures) if now < failures.last_at.after(failures.lock()) => Err(Refusal::LockedOut),
            _ => Ok(()),
        }
    }

    /// The counter after one more failure at `now`.
    pub fn one_more(before: Option<&Failures>, now: Timestamp) -> Failures {
        let before = before.filter(|failures| now < failures.ends_at()).map_or(0, |failures| failures.count);
        Failures { count: before.saturating_add(1), last_at: now }
    }

    /// When they are forgiven: from then on the counter means nothing and may be dropped.
    pub fn ends_at(&self) -> Timestamp {
        self.last_at.after(LONGEST)
    }

    /// How long the last failure locks.
    fn lock(&self) -> Duration {
        match self.count.checked_sub(FREE) {
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
        (0..times).fold(None, |before, _| Some(Failures::one_more(before.as_ref(), START)))
    }

    /// cog-0170, cog-0171.
    #[test]
    fn the_lock_doubles_with_each_failure_beyond_the_fifth() {
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
    fn fifteen_idle_minutes_forgive() {
        let before = failed(7);
        let idle = START.after(LONGEST);
        let just_before = Timestamp::from_millis(idle.as_millis() - 1);
        assert_eq!(Failures::one_more(before.as_ref(), just_before).count, 8);
        assert_eq!(Failures::one_more(before.as_ref(), idle), Failures { count: 1, last_at: idle });
        assert_eq!(before.map(|failures| failures.ends_at()), Some(idle));
    }
}
