//! A sign-in without any proof, for the console of `lido dev`: tests of an app need tokens of a user, and not a password.
//!
//! Order: user, enabled, status, then the grant. *Chosen*: what a password would have to be replaced or reset for does not
//! matter, since there is none; an unconfirmed user is refused as in any sign-in, so that a test does not pass by a user
//! who could not sign in.

use super::{SignInOutcome, Step, completion};
use crate::{Refusal, Verdict, user::Status};

/// Signs the user in, without a challenge.
pub fn decide(step: &Step<'_>) -> Verdict<SignInOutcome> {
    let Some(user) = step.found.user else { return Verdict::refuse(Refusal::UserNotFound) };
    if let Err(refusal) = user.check_enabled() {
        return Verdict::refuse(refusal);
    }
    if user.status == Status::Unconfirmed {
        return Verdict::refuse(Refusal::UserNotConfirmed);
    }
    completion::issue_grant(step, user.clone(), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        flow::sign_in::setup::{SignInSetup, signed_in},
    };

    #[test]
    fn user_is_signed_in_by_status_alone() {
        let force = Status::ForceChangePassword { expires_at: Timestamp::from_millis(0) };
        // (status, enabled, refusal)
        let cases = [
            (Status::Confirmed, true, None),
            (force, true, None),
            (Status::ResetRequired, true, None),
            (Status::ExternalProvider, true, None),
            (Status::Unconfirmed, true, Some(Refusal::UserNotConfirmed)),
            (Status::Confirmed, false, Some(Refusal::UserDisabled)),
            (Status::Unconfirmed, false, Some(Refusal::UserDisabled)),
        ];
        for (status, enabled, expected) in cases {
            let mut setup = SignInSetup::new();
            setup.user.status = status.clone();
            setup.user.enabled = enabled;
            setup.user.credential = None;
            let verdict = decide(&setup.step("ann"));
            match expected {
                Some(refusal) => {
                    assert!(verdict.remember.is_empty(), "{status:?}");
                    assert_eq!(verdict.answer.err(), Some(refusal), "{status:?}");
                }
                None => {
                    let signed_in = signed_in(verdict);
                    assert_eq!((signed_in.user, signed_in.grant.auth_time), (setup.user.clone(), setup.now));
                    assert!(signed_in.refresh_token.is_some());
                }
            }
        }
        let setup = SignInSetup::new();
        assert_eq!(decide(&setup.step("unknown")).answer.err(), Some(Refusal::UserNotFound));
    }
}
