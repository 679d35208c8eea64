//! PASSWORD_VERIFIER: the two steps of an exchange that shows a password without sending it.
//!
//! [`ask`] answers the client's value with the server's; [`decide`] knows whether the claim at the end is right. The
//! secret block leads from one to the other, so that no Session is needed; where one comes, it must be the same. An
//! exchange is good for one claim (*Chosen*: the protocol rests on it), right or wrong. With nobody it takes the same
//! steps (cog-0183).

use super::{Claimed, Next, Outcome, Step, admission, finish};
use crate::{
    Refusal, Verdict,
    attribute::contact::ContactKind,
    id::{Sub, Username},
    pool::SignInNames,
    sign_in::{
        challenge::{Asked, Awaited},
        parameter::Parameters,
        srp::{Verifier, claim_time::ClaimTime, exchange::Values},
    },
};

/// Goes on with the challenge. `verifier` is the one that the exchange began with; `tells_session` is false in
/// USER_SRP_AUTH.
pub fn ask(step: &Step<'_>, verifier: &Verifier, values: Values, tells_session: bool) -> Verdict<Outcome> {
    ask_and_await(step, verifier, values, Awaited::PasswordVerifier, tells_session)
}

/// The same in CUSTOM_AUTH: the functions of [`super::custom`] say what comes after.
pub fn ask_in_custom(step: &Step<'_>, verifier: &Verifier, values: Values) -> Verdict<Outcome> {
    ask_and_await(step, verifier, values, Awaited::CustomPasswordVerifier, true)
}

fn ask_and_await(
    step: &Step<'_>,
    verifier: &Verifier,
    values: Values,
    awaited: impl FnOnce(Values) -> Awaited,
    tells_session: bool,
) -> Verdict<Outcome> {
    if let Err(refusal) = admission::admit(step) {
        return Verdict::refuse(refusal);
    }
    let username = step.username();
    let asked = Asked::PasswordVerifier { salt: *verifier.salt(), b: values.b.clone(), username };
    let remember = step.leave().into_iter().collect();
    let mut verdict = finish::challenge(step, awaited(values), asked, Vec::new(), remember);
    if let Ok(Outcome::Challenged(challenge)) = &mut verdict.answer {
        challenge.tells_session = tells_session;
    }
    verdict
}

/// What nobody is called in a challenge.
///
/// *Documented* (cog-0183): a UUID, the same for the same name. *Chosen*: in a pool where usernames are chosen it is
/// the name as typed, unless that could be an alias, since a UUID would give away that there is no such user.
pub(super) fn simulated_username(step: &Step<'_>) -> Username {
    let of = |sub: Sub| Username::new(sub.as_str());
    let is_contact = || ContactKind::BOTH.iter().any(|kind| kind.is_formed(step.typed));
    match &step.caller.pool.names {
        SignInNames::Attributes(_) => of(step.of()),
        SignInNames::Aliases(_) if is_contact() => of(step.of()),
        SignInNames::Aliases(_) | SignInNames::UsernameOnly => Username::new(step.typed),
    }
}

/// What the client's answer says, beside USERNAME.
#[derive(Clone)]
pub struct Answer<'a> {
    secret_block: &'a str,
    signature: &'a str,
    at: ClaimTime,
}

crate::secret::debug_hidden!(Answer);

impl<'a> Answer<'a> {
    /// What leads back to the exchange.
    pub(super) fn secret_block(&self) -> &'a str {
        self.secret_block
    }
}

/// Reads the answer to the challenge.
pub(super) fn read(parameters: &Parameters) -> Result<Answer<'_>, Refusal> {
    Ok(Answer {
        secret_block: parameters.get("PASSWORD_CLAIM_SECRET_BLOCK")?,
        signature: parameters.get("PASSWORD_CLAIM_SIGNATURE")?,
        at: ClaimTime::parse(parameters.get("TIMESTAMP")?)?,
    })
}

/// What comes next: the claim is to be checked. `handle` is what led to the session.
pub(super) fn next<'a>(
    step: &Step<'a>,
    answer: &Answer<'a>,
    values: &'a Values,
    handle: &'a str,
) -> Result<Next<'a>, Refusal> {
    let presented = step.presented.ok_or(Refusal::SessionInvalid)?;
    Ok(Next::Claim(Claimed {
        values,
        handle,
        kept_at: presented.key,
        secret_block: answer.secret_block,
        at: answer.at.clone(),
        signature: answer.signature,
    }))
}

/// Decides, knowing whether the claim is right.
pub fn decide(step: &Step<'_>, is_right: bool) -> Verdict<Outcome> {
    match admission::admit(step) {
        Err(refusal) => Verdict::refuse(refusal),
        Ok(Some(user)) if is_right => finish::after_password(step, user),
        Ok(_) => {
            let mut verdict = step.fail(Refusal::WrongPassword);
            verdict.remember.extend(step.leave());
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
        flow::sign_in::fixture::{House, challenged, signed_in},
        pool::alias::NameKind,
        sign_in::{
            session::{Session, Stage},
            srp::exchange::PublicValue,
        },
        user::Status,
    };

    fn values() -> Values {
        let value = |text| PublicValue::from_hex(text).expect("a number");
        Values { a: value("a"), b: value("b") }
    }

    fn asked(house: &House, typed: &str, tells_session: bool) -> (String, bool) {
        let verifier = Verifier::simulated(&house.keys, &house.pool.id, typed);
        let challenge = challenged(ask(&house.step(typed), &verifier, values(), tells_session));
        assert!(challenge.available.is_empty());
        let Asked::PasswordVerifier { username, salt, b } = challenge.asked else {
            panic!("another challenge")
        };
        assert_eq!((salt, b), (*verifier.salt(), values().b));
        (username.as_str().to_owned(), challenge.tells_session)
    }

    #[test]
    fn the_challenge_names_the_user_by_the_username() {
        let house = House::new();
        assert_eq!(asked(&house, "ann", false), ("ann".into(), false));
        assert_eq!(asked(&house, "ann", true), ("ann".into(), true));
    }

    /// cog-0183.
    #[test]
    fn nobody_is_named_as_somebody_would_be() {
        let mut house = House::new();
        house.client.hides_users = true;
        let simulated = |house: &House, typed| house.step(typed).of().as_str().to_owned();
        assert_eq!(asked(&house, "nobody", false).0, "nobody");
        house.pool.names = SignInNames::Aliases(BTreeSet::from([NameKind::Email]));
        assert_eq!(asked(&house, "nobody", false).0, "nobody");
        assert_eq!(asked(&house, "no@body.net", false).0, simulated(&house, "no@body.net"));
        house.pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::Email]));
        assert_eq!(asked(&house, "no@body.net", false).0, simulated(&house, "no@body.net"));
    }

    #[test]
    fn an_exchange_is_good_for_one_claim() {
        for (is_right, failures) in [(true, 0), (false, 1)] {
            let mut house = House::new();
            house.present(Stage::SigningIn(Awaited::PasswordVerifier(values())));
            let verdict = decide(&house.step("ann"), is_right);
            let is_used = |change: &Change| {
                matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
            };
            let is_failure = |change: &Change| matches!(change, Change::PutFailures { .. });
            assert_eq!(verdict.remember.iter().filter(|change| is_used(change)).count(), 1);
            assert_eq!(verdict.remember.iter().filter(|change| is_failure(change)).count(), failures);
            if is_right {
                assert_eq!(signed_in(verdict).user, house.user);
            } else {
                assert_eq!(verdict.answer.err(), Some(Refusal::WrongPassword));
            }
        }
    }

    #[test]
    fn who_may_sign_in_is_asked_again_at_the_end() {
        let mut house = House::new();
        house.present(Stage::SigningIn(Awaited::PasswordVerifier(values())));
        house.user.status = Status::ResetRequired;
        let refused = decide(&house.step("ann"), true);
        assert_eq!(refused.answer.err(), Some(Refusal::PasswordResetRequired));
    }

    #[test]
    fn what_the_answer_must_bring() {
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
        assert_eq!(read(&late.collect()).err(), Some(Refusal::ClaimTimeForm));
    }
}
