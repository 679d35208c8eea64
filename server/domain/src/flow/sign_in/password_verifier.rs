//! PASSWORD_VERIFIER: an SRP exchange, which proves knowledge of the password without sending it.
//!
//! [`send_challenge`] answers the client's value with the server's; [`decide`] decides after the check of the client's
//! claim. The session is found by the secret block, so that the client need not send a Session; if it does, both must
//! match. An exchange is valid for one claim, right or wrong (*Chosen*: the protocol depends on it). For an unknown
//! user it takes the same steps (cog-0183).

use super::{NextAction, SignInOutcome, SrpClaim, Step, admission, completion};
use crate::{
    Refusal, Verdict,
    sign_in::{
        challenge::{ChallengePrompt, PendingChallenge},
        parameter::Parameters,
        srp::{Verifier, claim_time::ClaimTime, exchange::ExchangeValues},
    },
};

/// Sends the challenge. `verifier` is the one that the exchange began with. `returns_session` is whether the response
/// contains the Session; it is false in USER_SRP_AUTH.
pub fn send_challenge(
    step: &Step<'_>,
    verifier: &Verifier,
    values: ExchangeValues,
    returns_session: bool,
) -> Verdict<SignInOutcome> {
    send_challenge_awaiting(step, verifier, values, PendingChallenge::PasswordVerifier, returns_session)
}

/// Sends the challenge in CUSTOM_AUTH. What comes after it is decided by [`super::custom_auth`].
pub fn send_challenge_in_custom_auth(
    step: &Step<'_>,
    verifier: &Verifier,
    values: ExchangeValues,
) -> Verdict<SignInOutcome> {
    send_challenge_awaiting(step, verifier, values, PendingChallenge::CustomPasswordVerifier, true)
}

fn send_challenge_awaiting(
    step: &Step<'_>,
    verifier: &Verifier,
    values: ExchangeValues,
    pending: impl FnOnce(ExchangeValues) -> PendingChallenge,
    returns_session: bool,
) -> Verdict<SignInOutcome> {
    if let Err(refusal) = admission::admit(step) {
        return Verdict::refuse(refusal);
    }
    let username = step.username();
    let prompt = ChallengePrompt::PasswordVerifier { salt: *verifier.salt(), b: values.b.clone(), username };
    let remember = step.use_up_session().into_iter().collect();
    let mut verdict = completion::challenge(step, pending(values), prompt, Vec::new(), remember);
    if let Ok(SignInOutcome::Challenged(challenge)) = &mut verdict.answer {
        challenge.returns_session = returns_session;
    }
    verdict
}

/// The answer to the challenge, without USERNAME.
#[derive(Clone)]
pub struct PasswordVerifierAnswer<'a> {
    secret_block: &'a str,
    signature: &'a str,
    at: ClaimTime,
}

crate::secret::debug_hidden!(PasswordVerifierAnswer);

impl<'a> PasswordVerifierAnswer<'a> {
    /// Returns the secret block, by which the session is found.
    pub(super) fn secret_block(&self) -> &'a str {
        self.secret_block
    }
}

/// Reads the answer to the challenge.
pub(super) fn read(parameters: &Parameters) -> Result<PasswordVerifierAnswer<'_>, Refusal> {
    Ok(PasswordVerifierAnswer {
        secret_block: parameters.get("PASSWORD_CLAIM_SECRET_BLOCK")?,
        signature: parameters.get("PASSWORD_CLAIM_SIGNATURE")?,
        at: ClaimTime::parse(parameters.get("TIMESTAMP")?)?,
    })
}

/// Returns the next action: the check of the claim. `handle` is the handle of the session.
pub(super) fn next_action<'a>(
    step: &Step<'a>,
    answer: &PasswordVerifierAnswer<'a>,
    values: &'a ExchangeValues,
    handle: &'a str,
) -> Result<NextAction<'a>, Refusal> {
    let presented = step.presented.ok_or(Refusal::SessionInvalid)?;
    Ok(NextAction::CheckSrpClaim(SrpClaim {
        values,
        handle,
        kept_at: presented.key,
        secret_block: answer.secret_block,
        at: answer.at.clone(),
        signature: answer.signature,
    }))
}

/// Decides after the check of the claim. `is_right` is its result.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<SignInOutcome> {
    match admission::admit(step) {
        Err(refusal) => Verdict::refuse(refusal),
        Ok(Some(user)) if is_right => completion::after_password(step, user),
        Ok(_) => {
            let mut verdict = step.fail(Refusal::WrongPassword);
            verdict.remember.extend(step.use_up_session());
            verdict
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        Change,
        attribute::contact::ContactKind,
        flow::sign_in::setup::{SignInSetup, challenged, signed_in},
        pool::{SignInNames, alias::NameKind},
        sign_in::{
            session::{Session, Stage},
            srp::exchange::PublicValue,
        },
        user::Status,
    };

    fn values() -> ExchangeValues {
        let value = |text| PublicValue::from_hex(text).expect("a number");
        ExchangeValues { a: value("a"), b: value("b") }
    }

    fn challenge_of(setup: &SignInSetup, typed: &str, returns_session: bool) -> (String, bool) {
        let verifier = Verifier::simulated(&setup.keys, &setup.pool.id, typed);
        let challenge = challenged(send_challenge(&setup.step(typed), &verifier, values(), returns_session));
        assert!(challenge.available.is_empty());
        let ChallengePrompt::PasswordVerifier { username, salt, b } = challenge.prompt else {
            panic!("another challenge")
        };
        assert_eq!((salt, b), (*verifier.salt(), values().b));
        (username.as_str().to_owned(), challenge.returns_session)
    }

    #[test]
    fn challenge_has_the_username_of_the_user() {
        let setup = SignInSetup::new();
        assert_eq!(challenge_of(&setup, "ann", false), ("ann".into(), false));
        assert_eq!(challenge_of(&setup, "ann", true), ("ann".into(), true));
    }

    /// cog-0183.
    #[test]
    fn challenge_of_unknown_user_has_a_simulated_username() {
        let mut setup = SignInSetup::new();
        setup.client.hides_users = true;
        let simulated = |setup: &SignInSetup, typed| setup.step(typed).sub().as_str().to_owned();
        assert_eq!(challenge_of(&setup, "unknown", false).0, "unknown");
        setup.pool.names = SignInNames::Aliases(BTreeSet::from([NameKind::Email]));
        assert_eq!(challenge_of(&setup, "unknown", false).0, "unknown");
        assert_eq!(challenge_of(&setup, "no@body.net", false).0, simulated(&setup, "no@body.net"));
        setup.pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
        assert_eq!(challenge_of(&setup, "no@body.net", false).0, simulated(&setup, "no@body.net"));
    }

    #[test]
    fn claim_uses_up_the_session_whether_right_or_wrong() {
        for (is_right, failures) in [(true, 0), (false, 1)] {
            let mut setup = SignInSetup::new();
            setup.present(Stage::SigningIn(PendingChallenge::PasswordVerifier(values())));
            let verdict = decide(&setup.step("ann"), is_right);
            let is_used = |change: &Change| {
                matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
            };
            let is_failure = |change: &Change| matches!(change, Change::PutFailures { .. });
            assert_eq!(verdict.remember.iter().filter(|change| is_used(change)).count(), 1);
            assert_eq!(verdict.remember.iter().filter(|change| is_failure(change)).count(), failures);
            if is_right {
                assert_eq!(signed_in(verdict).user, setup.user);
            } else {
                assert_eq!(verdict.answer.err(), Some(Refusal::WrongPassword));
            }
        }
    }

    #[test]
    fn right_claim_of_user_who_may_not_sign_in_is_refused() {
        let mut setup = SignInSetup::new();
        setup.present(Stage::SigningIn(PendingChallenge::PasswordVerifier(values())));
        setup.user.status = Status::ResetRequired;
        let refused = decide(&setup.step("ann"), true);
        assert_eq!(refused.answer.err(), Some(Refusal::PasswordResetRequired));
    }

    #[test]
    fn read_without_required_parameter_is_refused() {
        let whole = [
            ("PASSWORD_CLAIM_SECRET_BLOCK", "x"),
            ("PASSWORD_CLAIM_SIGNATURE", "y"),
            ("TIMESTAMP", "Sat Nov 21 07:30:00 UTC 2026"),
        ];
        assert!(read(&whole.into_iter().collect()).is_ok());
        for (name, _) in whole {
            let without = whole.into_iter().filter(|(other, _)| *other != name).collect();
            assert_eq!(read(&without).err(), Some(Refusal::ParameterMissing(name)));
        }
        let late =
            whole.into_iter().map(|(name, value)| (name, if name == "TIMESTAMP" { "now" } else { value }));
        assert_eq!(read(&late.collect()).err(), Some(Refusal::ClaimTimeMalformed));
    }
}
