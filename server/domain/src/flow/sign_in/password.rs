//! The password in clear: USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, and the challenge PASSWORD.
//!
//! The server has compared it with the verifier of the user, or with a simulated one for an unknown user.

use super::{SignInOutcome, Step, admission, completion};
use crate::{Refusal, Verdict};

/// Decides after the comparison. `is_right` is its result.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<SignInOutcome> {
    match admission::admit(step) {
        Err(refusal) => Verdict::refuse(refusal),
        Ok(Some(user)) if is_right => completion::after_password(step, user),
        Ok(_) => step.fail(Refusal::WrongPassword),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Change, Timestamp,
        flow::sign_in::setup::{SignInSetup, challenged, signed_in},
        sign_in::{challenge::ChallengePrompt, lockout::Failures},
        user::Status,
    };

    /// cog-0163, cog-0184, cog-0222.
    #[test]
    fn wrong_password_counts_for_known_and_unknown_user() {
        let mut setup = SignInSetup::new();
        setup.client.hides_users = true;
        for (typed, is_right) in [("ann", false), ("unknown", false), ("unknown", true)] {
            let step = setup.step(typed);
            let verdict = decide(&step, is_right);
            assert_eq!(verdict.answer.err(), Some(Refusal::WrongPassword));
            let [Change::PutFailures { of, failures }] = verdict.remember.as_slice() else {
                panic!("not one failure")
            };
            assert_eq!((of, failures), (&step.sub(), &Failures { count: 1, last_at: setup.now }));
        }
    }

    #[test]
    fn right_password_signs_in_and_clears_failures() {
        let mut setup = SignInSetup::new();
        setup.failures = Some(Failures { count: 3, last_at: Timestamp::from_millis(0) });
        let verdict = decide(&setup.step("ann"), true);
        assert!(matches!(
            verdict.remember.as_slice(),
            [Change::RemoveFailures(of), Change::PutGrant(grant)] if *of == setup.user.sub && grant.of == *of
        ));
        let signed_in = signed_in(verdict);
        assert_eq!(signed_in.user, setup.user);
        assert_eq!(signed_in.grant.auth_time, setup.now);
        assert!(signed_in.refresh_token.is_some());
    }

    /// cog-0170.
    #[test]
    fn right_password_while_locked_out_is_refused() {
        let mut setup = SignInSetup::new();
        setup.failures = Some(Failures { count: 8, last_at: setup.now });
        let verdict = decide(&setup.step("ann"), true);
        assert_eq!((verdict.remember.len(), verdict.answer.err()), (0, Some(Refusal::LockedOut)));
    }

    /// cog-0173, cog-0189.
    #[test]
    fn temporary_password_leads_to_new_password_required_until_it_expires() {
        let mut setup = SignInSetup::new();
        setup.user.status = Status::ForceChangePassword { expires_at: setup.now };
        let refused = decide(&setup.step("ann"), true);
        assert_eq!(refused.answer.err(), Some(Refusal::TemporaryPasswordExpired));
        assert_eq!(decide(&setup.step("ann"), false).answer.err(), Some(Refusal::WrongPassword));
        setup.user.status = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX) };
        let challenge = challenged(decide(&setup.step("ann"), true));
        assert!(matches!(challenge.prompt, ChallengePrompt::NewPassword { .. }) && challenge.returns_session);
    }
}
