//! How often one user may try something within an hour.
//!
//! These counters are stored, so they survive a restart and a refusal. Limits on the rate of requests are another
//! thing: they belong to the process and to the server.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, refusal::Refusal};

/// The length of a window.
pub const WINDOW: Duration = Duration::from_secs(60 * 60);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Guessing a sign-up code.
    ConfirmSignUp,
    /// Asking for a new sign-up code.
    ResendConfirmationCode,
}

impl Act {
    /// A short word for the key of a record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Act::ConfirmSignUp => "confirm_sign_up",
            Act::ResendConfirmationCode => "resend_confirmation_code",
        }
    }

    /// How often a user may do it in a window (*Documented*, cog-0014 and cog-0148).
    pub const fn limit(self) -> u32 {
        match self {
            Act::ConfirmSignUp => 15,
            Act::ResendConfirmationCode => 5,
        }
    }
}

/// The attempts of one user at one act.
///
/// *Chosen*: a window begins with the first attempt and ends an hour later, whatever happens in it; a refused attempt
/// neither counts nor lengthens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// When the window began.
    pub since: Timestamp,
    /// Attempts in it.
    pub count: u32,
}

impl Attempts {
    /// The counter after one more attempt at `now`, or `TooManyAttempts`.
    pub fn one_more(before: Option<&Attempts>, act: Act, now: Timestamp) -> Result<Attempts, Refusal> {
        match before {
            Some(before) if now < before.ends_at() => {
                if before.count >= act.limit() {
                    return Err(Refusal::TooManyAttempts);
                }
                Ok(Attempts { since: before.since, count: before.count + 1 })
            }
            _ => Ok(Attempts { since: now, count: 1 }),
        }
    }

    /// When the window ends: from then on the counter means nothing and may be dropped.
    pub fn ends_at(&self) -> Timestamp {
        self.since.after(WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_reached_and_the_window_ends() {
        for (act, limit) in [(Act::ConfirmSignUp, 15), (Act::ResendConfirmationCode, 5)] {
            let start = Timestamp::from_millis(1_000);
            let mut counter = None;
            for n in 0..limit {
                let at = start.after(Duration::from_secs(n));
                counter = Some(Attempts::one_more(counter.as_ref(), act, at).expect("below the limit"));
            }
            let just_before = Timestamp::from_millis(start.after(WINDOW).as_millis() - 1);
            assert_eq!(Attempts::one_more(counter.as_ref(), act, just_before), Err(Refusal::TooManyAttempts));
            let after = start.after(WINDOW);
            assert_eq!(
                Attempts::one_more(counter.as_ref(), act, after),
                Ok(Attempts { since: after, count: 1 })
            );
        }
    }
}
