//! The second factor: what comes after the first one, where pool and user want it.
//!
//! Every first factor ends in [`super::finish`], which asks here. Which factor it is, [`Due`] knows; a code that was sent
//! is answered in [`super::one_time_code`], and whoever has no factor sets one up in [`super::mfa_setup`].
//!
//! A wrong code counts like a wrong password, and a right password forgives nothing before the second factor was right:
//! so whoever knows the password guesses codes no faster than passwords.

use super::{Next, Outcome, Step, admission, finish, one_time_code};
use crate::{
    Change, Refusal, Verdict,
    pool::mfa::MfaFactor,
    sign_in::challenge::{Asked, Awaited, Enrolment, SentCode},
    user::{User, mfa::Due, software_token::TokenSecret},
};

/// Asks for what is due of `user`, who is now so. Nothing due is the end of the sign-in.
pub(super) fn ask(step: &Step<'_>, user: &User, due: Due, remember: Vec<Change>) -> Verdict<Outcome> {
    let username = user.username.clone();
    let (awaited, asked) = match due {
        Due::Nothing => return finish::complete(step, user.clone(), remember),
        Due::One(factor) => return ask_for(step, user, factor, remember),
        Due::Choice(factors) => (Awaited::SelectMfa, Asked::SelectMfa { username, factors }),
        Due::SetUp(factors) => (Awaited::MfaSetup(Enrolment::Asked), Asked::MfaSetup { username, factors }),
    };
    finish::challenge(step, awaited, asked, Vec::new(), remember)
}

/// Asks for this factor, which the user has.
fn ask_for(step: &Step<'_>, user: &User, factor: MfaFactor, mut remember: Vec<Change>) -> Verdict<Outcome> {
    let username = user.username.clone();
    let (awaited, asked) = match factor.contact() {
        None => {
            let device = user.mfa.token.as_ref().and_then(|token| token.name.clone());
            (Awaited::SoftwareToken, Asked::SoftwareToken { username, device })
        }
        Some(kind) => {
            let Some(to) = user.attributes.contact(kind) else { return Verdict::refuse(Refusal::NoContact) };
            let (caller, code) = (&step.caller, step.fresh.code.shortened());
            remember.push(one_time_code::send(step, user, to.clone(), code.clone()));
            let sent = SentCode::new(caller.digest_keys, &caller.pool.id, &user.sub, &code, to.clone());
            (Awaited::MfaCode(sent), Asked::MfaCode { username, to })
        }
    };
    finish::challenge(step, awaited, asked, Vec::new(), remember)
}

/// What comes next for whoever answers SELECT_MFA_TYPE. An answer that is no choice is refused (*Chosen*).
pub(super) fn select<'a>(step: &Step<'_>, factor: MfaFactor) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let is_choice = match Due::of(&step.caller.pool.mfa, user) {
        Due::Choice(factors) => factors.contains(&factor),
        // The user's choice has narrowed since.
        Due::One(only) => only == factor,
        Due::Nothing | Due::SetUp(_) => false,
    };
    if !is_choice {
        return Err(Refusal::ParameterInvalid("ANSWER"));
    }
    Ok(Next::Decided(ask_for(step, user, factor, step.leave().into_iter().collect())))
}

/// What comes next for whoever answers SOFTWARE_TOKEN_MFA: the secret is to be opened.
pub(super) fn open<'a>(step: &Step<'a>, code: &'a str) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let token = user.mfa.token.as_ref().ok_or(Refusal::SessionInvalid)?;
    Ok(Next::Open(&token.secret, code))
}

/// Decides about a code of the authenticator app. `secret` is the one that [`Next::Open`] asked for.
pub fn decide(step: &Step<'_>, secret: &TokenSecret, code: &str) -> Verdict<Outcome> {
    let Ok(Some(user)) = admission::admit(step) else { return Verdict::refuse(Refusal::SessionInvalid) };
    let Some(token) = &user.mfa.token else { return Verdict::refuse(Refusal::SessionInvalid) };
    let token = match token.used(secret, code, step.now) {
        Ok(token) => token,
        // It was right, so nobody guesses: the user waits for the next one (cog-0231).
        Err(Refusal::SoftwareTokenUsed) => return Verdict::refuse(Refusal::SoftwareTokenUsed),
        Err(refusal) => return step.fail(refusal),
    };
    let mut user = user.clone();
    user.mfa.token = Some(token);
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    remember.push(Change::PutUser(Box::new(user.clone())));
    finish::complete(step, user, remember)
}

/// The user with a factor that was set up in order to sign in, and so is turned on (*Chosen*: that it was set up is
/// documented to suffice, not what the user's settings then tell).
pub(super) fn set_up(step: &Step<'_>, user: User, factor: MfaFactor, remember: &mut Vec<Change>) -> User {
    let mut user = User { modified_at: step.now, ..user };
    user.mfa.turn_on(factor);
    remember.push(Change::PutUser(Box::new(user.clone())));
    user
}

#[cfg(test)]
#[path = "second_factor_tests.rs"]
mod tests;
