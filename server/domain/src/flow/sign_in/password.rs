//! The password in clear: USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, and the challenge PASSWORD.
//!
//! The caller has compared it with the verifier of whoever was meant, or with one that is nobody's.

use super::{Outcome, Step, admission, finish};
use crate::{Refusal, Verdict};

/// Decides, knowing whether the password is right.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<Outcome> {
    match admission::admit(step) {
        Err(refusal) => Verdict::refuse(refusal),
        Ok(Some(user)) if is_right => finish::after_password(step, user),
        Ok(_) => step.fail(Refusal::WrongPassword),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Change, Timestamp,
        flow::sign_in::fixture::{House, challenged, signed_in},
        sign_in::{challenge::Asked, lockout::Failures},
        user::Status,
    };

    /// cog-0163, cog-0184, cog-0222.
    #[test]
    fn a_wrong_password_is_counted_for_somebody_and_for_nobody() {
        let mut house = House::new();
        house.client.hides_users = true;
        for (typed, is_right) in [("ann", false), ("nobody", false), ("nobody", true)] {
            let step = house.step(typed);
            let verdict = decide(&step, is_right);
            assert_eq!(verdict.answer.err(), Some(Refusal::WrongPassword));
            let [Change::PutFailures { of, failures }] = verdict.remember.as_slice() else {
                panic!("one failure")
            };
            assert_eq!((of, failures), (&step.of(), &Failures { count: 1, last_at: house.now }));
        }
    }

    #[test]
    fn a_right_password_signs_in_and_forgives() {
        let mut house = House::new();
        house.failures = Some(Failures { count: 3, last_at: Timestamp::from_millis(0) });
        let verdict = decide(&house.step("ann"), true);
        assert!(matches!(
            verdict.remember.as_slice(),
            [Change::RemoveFailures(of), Change::PutGrant(grant)] if *of == house.user.sub && grant.of == *of
        ));
        let signed_in = signed_in(verdict);
        assert_eq!(signed_in.user, house.user);
        assert_eq!(signed_in.grant.auth_time, house.now);
        assert!(signed_in.refresh_token.is_some());
    }

    /// cog-0170.
    #[test]
    fn a_right_password_does_not_help_while_locked_out() {
        let mut house = House::new();
        house.failures = Some(Failures { count: 8, last_at: house.now });
        let verdict = decide(&house.step("ann"), true);
        assert_eq!((verdict.remember.len(), verdict.answer.err()), (0, Some(Refusal::LockedOut)));
    }

    /// cog-0173, cog-0189.
    #[test]
    fn a_temporary_password_asks_for_another_while_it_is_good() {
        let mut house = House::new();
        house.user.status = Status::ForceChangePassword { expires_at: house.now };
        let refused = decide(&house.step("ann"), true);
        assert_eq!(refused.answer.err(), Some(Refusal::TemporaryPasswordExpired));
        assert_eq!(decide(&house.step("ann"), false).answer.err(), Some(Refusal::WrongPassword));
        house.user.status = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX) };
        let challenge = challenged(decide(&house.step("ann"), true));
        assert!(matches!(challenge.asked, Asked::NewPassword { .. }) && challenge.tells_session);
    }
}
