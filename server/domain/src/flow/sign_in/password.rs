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
        flow::sign_in::{
            PageSignIn,
            setup::{SignInSetup, challenged, signed_in},
        },
        scope::Scopes,
        sign_in::{challenge::ChallengePrompt, lockout::Failures},
        token::grant::GrantedAccess,
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

    /// *Chosen*: the API tells the status whatever the password is (cog-0167).
    #[test]
    fn page_tells_the_status_only_after_the_right_password() {
        use Refusal::{PasswordResetRequired, UserDisabled, UserNotConfirmed, WrongPassword};
        let access = GrantedAccess { scopes: Scopes::parse("openid"), resource: None };
        let page = PageSignIn { access: &access, session: &[5; 32], has_password: true };
        let cases = [
            (Status::Unconfirmed, true, UserNotConfirmed),
            (Status::ResetRequired, true, PasswordResetRequired),
            (Status::Confirmed, false, UserDisabled),
            (Status::ExternalProvider, true, WrongPassword),
            (Status::ExternalProvider, false, WrongPassword),
        ];
        for hides_users in [true, false] {
            for (status, enabled, expected) in &cases {
                let mut setup = SignInSetup::new();
                setup.client.hides_users = hides_users;
                (setup.user.status, setup.user.enabled) = (status.clone(), *enabled);
                let step = Step { authorizing: Some(page), ..setup.step("ann") };
                assert!(admission::admit(&step).is_ok(), "{status:?}");
                assert_eq!(decide(&step, false).answer.err(), Some(WrongPassword), "{status:?}");
                assert_eq!(decide(&step, false).remember.len(), 1, "the attempt counts");
                assert_eq!(decide(&step, true).answer.err().as_ref(), Some(expected), "{status:?}");
            }
            let mut setup = SignInSetup::new();
            setup.client.hides_users = hides_users;
            let unknown = Step { authorizing: Some(page), ..setup.step("unknown") };
            assert_eq!(decide(&unknown, true).answer.err(), Some(WrongPassword));
            setup.failures = Some(Failures { count: 8, last_at: setup.now });
            for typed in ["ann", "unknown"] {
                let step = Step { authorizing: Some(page), ..setup.step(typed) };
                assert_eq!(decide(&step, true).answer.err(), Some(Refusal::LockedOut), "{typed}");
            }
        }
    }

    /// *Chosen*: a stranger learns no status from a page of an app client that hides users.
    #[test]
    fn page_of_hiding_client_tells_the_status_only_after_the_first_factor() {
        use crate::sign_in::{challenge::PendingChallenge, session::Stage};
        let access = GrantedAccess { scopes: Scopes::parse("openid"), resource: None };
        let page = PageSignIn { access: &access, session: &[5; 32], has_password: false };
        let first = Stage::SigningIn(PendingChallenge::Password);
        let second = Stage::SigningIn(PendingChallenge::SoftwareToken);
        for (hides_users, stage, is_hidden) in [
            (true, None, true),
            (true, Some(first.clone()), true),
            (true, Some(second.clone()), false),
            (false, None, false),
            (false, Some(first), false),
        ] {
            let mut setup = SignInSetup::new();
            setup.client.hides_users = hides_users;
            setup.user.status = Status::Unconfirmed;
            if let Some(stage) = stage.clone() {
                setup.present(stage);
            }
            let step = Step { authorizing: Some(page), ..setup.step("ann") };
            let expected = if is_hidden { Ok(()) } else { Err(Refusal::UserNotConfirmed) };
            assert_eq!(admission::admit(&step).map(drop), expected, "{stage:?}");
            let operation = Step { authorizing: None, ..step };
            assert_eq!(admission::admit(&operation).map(drop), Err(Refusal::UserNotConfirmed));
            let verdict = decide(&step, true);
            assert_eq!(verdict.answer.err(), Some(Refusal::UserNotConfirmed));
            if is_hidden {
                // Whatever the factor was, no sign-in goes on.
                for after in [completion::after_first_factor, completion::after_second_factor] {
                    let verdict = after(&step, setup.user.clone(), Vec::new());
                    assert_eq!(verdict.answer.err(), Some(Refusal::UserNotConfirmed));
                }
            }
        }
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
