//! How often one user may try something within an hour.
//!
//! These counters are stored, so they survive a restart and a refusal. Limits on the rate of requests are another
//! thing: they belong to the process and to the server.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    id::Sub,
    refusal::Refusal,
    verdict::{Change, Verdict},
};

/// The length of a window.
pub const WINDOW: Duration = Duration::from_secs(60 * 60);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Confirming somebody as an administrator.
    AdminConfirmSignUp,
    /// Changing the password, and so guessing the old one.
    ChangePassword,
    /// Guessing a sign-up code.
    ConfirmSignUp,
    /// Asking for a code that verifies a contact.
    GetUserAttributeVerificationCode,
    /// Asking for a new sign-up code.
    ResendConfirmationCode,
    /// Asking for a code for a forgotten password, and guessing it.
    RecoverPassword,
    /// Guessing a code that verifies a contact.
    VerifyUserAttribute,
}

impl Act {
    /// A short word for the key of a record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Act::AdminConfirmSignUp => "admin_confirm_sign_up",
            Act::ChangePassword => "change_password",
            Act::ConfirmSignUp => "confirm_sign_up",
            Act::GetUserAttributeVerificationCode => "get_user_attribute_verification_code",
            Act::ResendConfirmationCode => "resend_confirmation_code",
            Act::RecoverPassword => "recover_password",
            Act::VerifyUserAttribute => "verify_user_attribute",
        }
    }

    /// How often a user may do it in a window (*Documented*, cog-0014, cog-0148, cog-0308 and cog-0338; *Chosen* for an
    /// administrator: what the user may). For passwords that are forgotten the service allows 5 to 20 by the risk that it
    /// sees; *Chosen*: 20, as where it sees none.
    pub const fn limit(self) -> u32 {
        match self {
            Act::AdminConfirmSignUp | Act::ConfirmSignUp | Act::VerifyUserAttribute => 15,
            Act::ChangePassword | Act::GetUserAttributeVerificationCode | Act::ResendConfirmationCode => 5,
            Act::RecoverPassword => 20,
        }
    }

    /// How many tries a window counts, those beyond the limit among them; whoever still goes on has failed too often.
    ///
    /// When the service says `TooManyFailedAttemptsException` instead of `LimitExceededException` is unknown
    /// (cog-0040); *Chosen*: after four times the limit, where it is declared. It locks nobody out for longer.
    const fn most_counted(self) -> u32 {
        match self {
            Act::AdminConfirmSignUp | Act::ConfirmSignUp => 4 * self.limit(),
            Act::ChangePassword
            | Act::GetUserAttributeVerificationCode
            | Act::RecoverPassword
            | Act::ResendConfirmationCode
            | Act::VerifyUserAttribute => self.limit(),
        }
    }
}

/// The attempts of one user at one act.
///
/// *Chosen*: a window begins with the first attempt and ends an hour later, whatever happens in it; an attempt beyond
/// the limit does not lengthen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// When the window began.
    pub since: Timestamp,
    /// Attempts in it.
    pub count: u32,
}

/// An attempt beyond the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// What to say to it.
    pub refusal: Refusal,
    /// The counter after it, if it still counts.
    pub counted: Option<Attempts>,
}

impl Beyond {
    /// Refuses what `of` attempted, and remembers that it was.
    pub fn refuse<A>(self, of: &Sub, act: Act) -> Verdict<A> {
        let counted = self.counted.map(|attempts| Change::PutAttempts { of: of.clone(), act, attempts });
        Verdict { remember: counted.into_iter().collect(), answer: Err(self.refusal) }
    }
}

/// A flow that stops with `?` does not count what is beyond the limit.
impl From<Beyond> for Refusal {
    fn from(beyond: Beyond) -> Self {
        beyond.refusal
    }
}

impl Attempts {
    /// The counter after one more attempt at `now`.
    pub fn one_more(before: Option<&Attempts>, act: Act, now: Timestamp) -> Result<Attempts, Beyond> {
        let Some(before) = before.filter(|before| now < before.ends_at()) else {
            return Ok(Attempts { since: now, count: 1 });
        };
        let counted = Attempts { since: before.since, count: before.count.saturating_add(1) };
        if before.count < act.limit() {
            Ok(counted)
        } else if before.count < act.most_counted() {
            Err(Beyond { refusal: Refusal::TooManyAttempts, counted: Some(counted) })
        } else if act.limit() < act.most_counted() {
            Err(Beyond { refusal: Refusal::TooManyFailedAttempts, counted: None })
        } else {
            Err(Beyond { refusal: Refusal::TooManyAttempts, counted: None })
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
        let confirming = [Refusal::TooManyAttempts, Refusal::TooManyFailedAttempts];
        let resending = [Refusal::TooManyAttempts, Refusal::TooManyAttempts];
        let cases = [
            (Act::AdminConfirmSignUp, 15, 60, &confirming),
            (Act::ConfirmSignUp, 15, 60, &confirming), // cog-0014, cog-0040
            (Act::ResendConfirmationCode, 5, 5, &resending), // cog-0148
            (Act::RecoverPassword, 20, 20, &resending), // cog-0308
            (Act::GetUserAttributeVerificationCode, 5, 5, &resending), // cog-0338
            (Act::ChangePassword, 5, 5, &resending),   // cog-0338
            (Act::VerifyUserAttribute, 15, 15, &resending), // cog-0338
        ];
        for (act, limit, most, [at_first, at_last]) in cases {
            let start = Timestamp::from_millis(1_000);
            let mut counter = None;
            for n in 0..most {
                let at = start.after(Duration::from_secs(n.into()));
                let counted = match Attempts::one_more(counter.as_ref(), act, at) {
                    Ok(attempts) if n < limit => attempts,
                    Err(Beyond { refusal, counted: Some(attempts) }) if n >= limit => {
                        assert_eq!(refusal, *at_first);
                        attempts
                    }
                    other => panic!("attempt {n}: {other:?}"),
                };
                assert_eq!(counted, Attempts { since: start, count: n + 1 });
                counter = Some(counted);
            }
            let just_before = Timestamp::from_millis(start.after(WINDOW).as_millis() - 1);
            let beyond = Attempts::one_more(counter.as_ref(), act, just_before).expect_err("the limit");
            assert_eq!(beyond, Beyond { refusal: at_last.clone(), counted: None });
            let after = start.after(WINDOW);
            let counted = Attempts::one_more(counter.as_ref(), act, after).expect("a new window");
            assert_eq!(counted, Attempts { since: after, count: 1 });
        }
    }
}
