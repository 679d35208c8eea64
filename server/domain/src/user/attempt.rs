//! Limits on the attempts of one user within an hour.
//!
//! The counters are stored, so they survive a restart, and a refused request counts too. The limits on request rates
//! are separate: they are in the server's `rates` module.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::contact::ContactKind,
    id::Sub,
    refusal::Refusal,
    user::sent_messages::{MessageCause, MessageSender},
    verdict::{Change, Verdict},
};

/// The length of the window in which attempts are counted.
pub const WINDOW: Duration = Duration::from_secs(60 * 60);

/// A kind of attempts. Each kind has its own counter for each user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// An administrator confirms the user.
    AdminConfirmSignUp,
    /// The user changes the password, where the old password could be guessed.
    ChangePassword,
    /// The user enters a sign-up code.
    ConfirmSignUp,
    /// The user requests a code that verifies a contact.
    GetUserAttributeVerificationCode,
    /// The user requests a new sign-up code.
    ResendConfirmationCode,
    /// The user requests or enters a code for a forgotten password.
    RecoverPassword,
    /// The user enters a code that verifies a contact.
    VerifyUserAttribute,
    /// A message is sent to the user by this medium; see [`crate::user::sent_messages`].
    Message(MessageCause, ContactKind),
    /// A message is sent to a destination, in the place of a user; see [`crate::flow::destination_limit`].
    Destination(MessageSender),
}

impl AttemptKind {
    /// Returns the name that is used in the key of a record.
    pub const fn as_str(self) -> &'static str {
        match self {
            AttemptKind::AdminConfirmSignUp => "admin_confirm_sign_up",
            AttemptKind::ChangePassword => "change_password",
            AttemptKind::ConfirmSignUp => "confirm_sign_up",
            AttemptKind::GetUserAttributeVerificationCode => "get_user_attribute_verification_code",
            AttemptKind::ResendConfirmationCode => "resend_confirmation_code",
            AttemptKind::RecoverPassword => "recover_password",
            AttemptKind::VerifyUserAttribute => "verify_user_attribute",
            AttemptKind::Destination(MessageSender::Client) => "destination",
            AttemptKind::Destination(MessageSender::Administrator) => "destination_by_administrator",
            AttemptKind::Message(cause, medium) => match (cause, medium) {
                (MessageCause::SignIn, ContactKind::Email) => "sign_in_email",
                (MessageCause::SignIn, ContactKind::PhoneNumber) => "sign_in_sms",
                (MessageCause::AdministratorSignIn, ContactKind::Email) => "administrator_sign_in_email",
                (MessageCause::AdministratorSignIn, ContactKind::PhoneNumber) => "administrator_sign_in_sms",
                (MessageCause::SecondFactor, ContactKind::Email) => "second_factor_email",
                (MessageCause::SecondFactor, ContactKind::PhoneNumber) => "second_factor_sms",
                (MessageCause::AttributeUpdate, ContactKind::Email) => "attribute_update_email",
                (MessageCause::AttributeUpdate, ContactKind::PhoneNumber) => "attribute_update_sms",
                (MessageCause::Administrator, ContactKind::Email) => "administrator_email",
                (MessageCause::Administrator, ContactKind::PhoneNumber) => "administrator_sms",
            },
        }
    }

    /// Returns the number of attempts that a window allows (*Documented*, cog-0014, cog-0148, cog-0308 and cog-0338).
    ///
    /// *Chosen* for AdminConfirmSignUp: the same as for ConfirmSignUp. For forgotten passwords the service allows 5 to
    /// 20, depending on the risk that it detects; *Chosen*: 20, the number without a risk, and for messages, for which the
    /// service documents none, the same. For a destination, which several people may share, *Chosen*: 50.
    pub const fn limit(self) -> u32 {
        match self {
            AttemptKind::AdminConfirmSignUp
            | AttemptKind::ConfirmSignUp
            | AttemptKind::VerifyUserAttribute => 15,
            AttemptKind::ChangePassword
            | AttemptKind::GetUserAttributeVerificationCode
            | AttemptKind::ResendConfirmationCode => 5,
            AttemptKind::RecoverPassword | AttemptKind::Message(..) => 20,
            AttemptKind::Destination(_) => 50,
        }
    }

    /// Returns the number of attempts that a window counts.
    ///
    /// It is greater than the limit in operations that have another refusal for attempts far beyond the limit.
    ///
    /// It is unknown when the service answers `TooManyFailedAttemptsException` in place of `LimitExceededException`
    /// (cog-0040). *Chosen*: after four times the limit, in the operations that declare it. The window does not get
    /// longer.
    const fn max_counted(self) -> u32 {
        match self {
            AttemptKind::AdminConfirmSignUp | AttemptKind::ConfirmSignUp => 4 * self.limit(),
            AttemptKind::ChangePassword
            | AttemptKind::GetUserAttributeVerificationCode
            | AttemptKind::Destination(_)
            | AttemptKind::Message(..)
            | AttemptKind::RecoverPassword
            | AttemptKind::ResendConfirmationCode
            | AttemptKind::VerifyUserAttribute => self.limit(),
        }
    }
}

/// The counter of one kind of attempts of one user.
///
/// *Chosen*: a window starts with the first attempt and ends after an hour. Further attempts do not extend it. If the clock
/// was put back since, the window starts again at the next attempt and keeps its count: the limit holds, and for an hour
/// rather than until the clock shows the old time again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// When the window started.
    pub since: Timestamp,
    /// The number of attempts in the window.
    pub count: u32,
}

/// The error of an attempt that exceeds the limit. It does not become a [`Refusal`] by `?`, which would lose the counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptLimitExceeded {
    /// The refusal to answer.
    pub refusal: Refusal,
    /// The counter after the attempt, or `None` if the attempt changes nothing.
    pub counted: Option<Attempts>,
}

impl AttemptLimitExceeded {
    /// Returns a verdict that refuses the attempt of the user `of` and stores the counter.
    pub fn refuse<A>(self, of: &Sub, act: AttemptKind) -> Verdict<A> {
        let counted = self.counted.map(|attempts| Change::PutAttempts { of: of.clone(), act, attempts });
        Verdict { remember: counted.into_iter().collect(), answer: Err(self.refusal) }
    }
}

impl Attempts {
    /// Returns the counter after one more attempt at `now`. A window that has ended is replaced by a new one.
    ///
    /// # Errors
    ///
    /// [`AttemptLimitExceeded`] if the window already has as many attempts as it allows.
    ///
    /// # Examples
    ///
    /// ```
    /// use lido_domain::{Refusal, Timestamp, user::attempt::{AttemptKind, Attempts}};
    ///
    /// let now = Timestamp::from_millis(0);
    /// let mut attempts = None;
    /// for _ in 0..AttemptKind::ResendConfirmationCode.limit() {
    ///     attempts = Attempts::increment(attempts.as_ref(), AttemptKind::ResendConfirmationCode, now).ok();
    /// }
    /// let error = Attempts::increment(attempts.as_ref(), AttemptKind::ResendConfirmationCode, now).unwrap_err();
    /// assert_eq!(error.refusal, Refusal::TooManyAttempts);
    /// ```
    pub fn increment(
        before: Option<&Attempts>,
        act: AttemptKind,
        now: Timestamp,
    ) -> Result<Attempts, AttemptLimitExceeded> {
        let Some(before) = before.filter(|before| now < before.ends_at()) else {
            return Ok(Attempts { since: now, count: 1 });
        };
        let since = if before.since.is_ahead_of(now) { now } else { before.since };
        let counted = Attempts { since, count: before.count.saturating_add(1) };
        // An attempt that is not counted any more moves the window to a clock that was put back.
        let moved = || (since != before.since).then_some(Attempts { since, count: before.count });
        if before.count < act.limit() {
            Ok(counted)
        } else if before.count < act.max_counted() {
            Err(AttemptLimitExceeded { refusal: Refusal::TooManyAttempts, counted: Some(counted) })
        } else if act.limit() < act.max_counted() {
            Err(AttemptLimitExceeded { refusal: Refusal::TooManyFailedAttempts, counted: moved() })
        } else {
            Err(AttemptLimitExceeded { refusal: Refusal::TooManyAttempts, counted: moved() })
        }
    }

    /// Returns the end of the window. From then on the counter has no effect and can be removed.
    pub fn ends_at(&self) -> Timestamp {
        self.since.after(WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// api-0333.
    #[test]
    fn attempts_are_refused_from_the_limit_to_the_end_of_the_window() {
        let confirming = [Refusal::TooManyAttempts, Refusal::TooManyFailedAttempts];
        let resending = [Refusal::TooManyAttempts, Refusal::TooManyAttempts];
        let cases = [
            (AttemptKind::AdminConfirmSignUp, 15, 60, &confirming),
            (AttemptKind::ConfirmSignUp, 15, 60, &confirming), // cog-0014, cog-0040
            (AttemptKind::ResendConfirmationCode, 5, 5, &resending), // cog-0148
            (AttemptKind::RecoverPassword, 20, 20, &resending), // cog-0308
            (AttemptKind::GetUserAttributeVerificationCode, 5, 5, &resending), // cog-0338
            (AttemptKind::ChangePassword, 5, 5, &resending),   // cog-0338
            (AttemptKind::VerifyUserAttribute, 15, 15, &resending), // cog-0338
        ];
        for (act, limit, most, [at_first, at_last]) in cases {
            let start = Timestamp::from_millis(1_000);
            let mut counter = None;
            for n in 0..most {
                let at = start.after(Duration::from_secs(n.into()));
                let counted = match Attempts::increment(counter.as_ref(), act, at) {
                    Ok(attempts) if n < limit => attempts,
                    Err(AttemptLimitExceeded { refusal, counted: Some(attempts) }) if n >= limit => {
                        assert_eq!(refusal, *at_first);
                        attempts
                    }
                    other => panic!("attempt {n}: {other:?}"),
                };
                assert_eq!(counted, Attempts { since: start, count: n + 1 });
                counter = Some(counted);
            }
            let just_before = Timestamp::from_millis(start.after(WINDOW).as_millis() - 1);
            let error = Attempts::increment(counter.as_ref(), act, just_before).expect_err("the limit");
            assert_eq!(error, AttemptLimitExceeded { refusal: at_last.clone(), counted: None });
            let after = start.after(WINDOW);
            let counted = Attempts::increment(counter.as_ref(), act, after).expect("a new window");
            assert_eq!(counted, Attempts { since: after, count: 1 });
        }
    }

    /// The clock jumps by some seconds after the limit is reached; then it runs on.
    #[test]
    fn limit_of_attempts_survives_a_jump_of_the_clock_and_ends_within_an_hour() {
        const MINUTE: i64 = 60;
        const DAY: i64 = 24 * 60 * MINUTE;
        let start = Timestamp::from_millis(100 * DAY * 1_000);
        let at = |seconds: i64| Timestamp::from_millis(start.as_millis() + seconds * 1_000);
        for act in
            [AttemptKind::ResendConfirmationCode, AttemptKind::ConfirmSignUp, AttemptKind::RecoverPassword]
        {
            for (jump, is_refused) in [
                (0, true),
                (10 * MINUTE, true),
                (59 * MINUTE, true),
                (60 * MINUTE, false),
                (365 * DAY, false),
                (-1, true),
                (-MINUTE, true),
                (-60 * MINUTE, true),
                (-DAY, true),
                (-90 * DAY, true),
            ] {
                let mut stored = None;
                let mut attempt = |now: Timestamp| match Attempts::increment(stored.as_ref(), act, now) {
                    Ok(counted) => {
                        stored = Some(counted);
                        true
                    }
                    Err(AttemptLimitExceeded { counted, .. }) => {
                        stored = counted.or(stored.take());
                        false
                    }
                };
                for _ in 0..act.max_counted() {
                    attempt(start);
                }
                assert_eq!(attempt(at(jump)), !is_refused, "{act:?} after a jump of {jump} s");
                if is_refused {
                    let last = if jump < 0 { jump + 59 * MINUTE } else { 59 * MINUTE };
                    assert!(!attempt(at(last)), "{act:?}: an hour has not passed since a jump of {jump} s");
                    // A jump of at most a minute cannot be told from another server's clock.
                    assert!(attempt(at(jump + 61 * MINUTE)), "{act:?} is locked out for long by {jump} s");
                }
            }
        }
    }
}
