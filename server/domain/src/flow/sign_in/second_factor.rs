//! The second factor: SELECT_MFA_TYPE, SOFTWARE_TOKEN_MFA, and the sending of codes.
//!
//! [`super::completion`] calls `send_challenge` after every first factor; [`MfaRequirement`] is the factor to ask for.
//! An answer with a code that was sent is handled by [`super::one_time_code`], and a user without a factor sets one up
//! in [`super::mfa_setup`].
//!
//! A wrong code counts like a wrong password, and failures are cleared only after the second factor. So a caller who
//! knows the password cannot guess codes faster than passwords.

use super::{NextAction, SignInOutcome, Step, admission, completion, one_time_code};
use crate::{
    Change, Refusal, Verdict,
    attribute::contact::Contact,
    pool::mfa::MfaFactor,
    sign_in::challenge::{ChallengePrompt, Enrolment, PendingChallenge, SentCode},
    user::{User, mfa::MfaRequirement, software_token::TokenSecret},
};

/// Sends the challenge of the second factor that is due. `user` is the changed user. If none is due, the sign-in
/// continues as after a second factor.
pub(super) fn send_challenge(
    step: &Step<'_>,
    user: &User,
    due: MfaRequirement,
    remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let username = user.username.clone();
    let (pending, prompt) = match due {
        MfaRequirement::Nothing => return completion::after_second_factor(step, user.clone(), remember),
        MfaRequirement::One(factor) => return send_challenge_for(step, user, factor, remember),
        MfaRequirement::Choice(factors) => {
            (PendingChallenge::SelectMfa, ChallengePrompt::SelectMfa { username, factors })
        }
        MfaRequirement::SetUp(factors) => {
            (PendingChallenge::MfaSetup(Enrolment::Asked), ChallengePrompt::MfaSetup { username, factors })
        }
    };
    completion::challenge(step, pending, prompt, Vec::new(), remember)
}

/// Sends the challenge of this factor, which the user has.
fn send_challenge_for(
    step: &Step<'_>,
    user: &User,
    factor: MfaFactor,
    mut remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let username = user.username.clone();
    let (pending, prompt) = match factor.contact() {
        None => {
            let device = user.mfa.token.as_ref().and_then(|token| token.name.clone());
            (PendingChallenge::SoftwareToken, ChallengePrompt::SoftwareToken { username, device })
        }
        Some(kind) => {
            let Some(to) = user.attributes.contact(kind) else { return Verdict::refuse(Refusal::NoContact) };
            let (sent, prompt) = send_code(step, user, to, false, &mut remember);
            (PendingChallenge::MfaCode(sent), prompt)
        }
    };
    completion::challenge(step, pending, prompt, Vec::new(), remember)
}

/// Sends a code to a contact. `is_new` is whether the user sets the contact up with it.
pub(super) fn send_code(
    step: &Step<'_>,
    user: &User,
    to: Contact,
    is_new: bool,
    remember: &mut Vec<Change>,
) -> (SentCode, ChallengePrompt) {
    let (caller, code) = (&step.caller, step.fresh.code.shortened());
    // The caller has proved the first factor, and so knows that the user exists.
    remember.push(one_time_code::send(step, user, to.clone(), code.clone(), false));
    let sent = SentCode::new(caller.digest_keys, &caller.pool.id, &user.sub, &code, to.clone());
    (sent, ChallengePrompt::MfaCode { username: user.username.clone(), to, is_new })
}

/// Sends another code of the second factor, in a new session.
///
/// *Chosen*: the API has no operation for it, so that an app must begin the sign-in anew. A page asks for it in place of an
/// answer ([`super::challenge_retry`]).
pub(super) fn send_again<'a>(step: &Step<'_>, sent: &SentCode) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    // The user may have changed the contact or the factors since.
    let factor = MfaFactor::of_contact(sent.to.kind);
    let is_due = match MfaRequirement::of(&step.caller.pool.mfa, user) {
        MfaRequirement::One(only) => only == factor,
        MfaRequirement::Choice(factors) => factors.contains(&factor),
        MfaRequirement::Nothing | MfaRequirement::SetUp(_) => false,
    };
    if !is_due || user.attributes.contact(sent.to.kind).as_ref() != Some(&sent.to) {
        return Err(Refusal::SessionInvalid);
    }
    let mut remember = step.use_up_session().into_iter().collect();
    let (sent, prompt) = send_code(step, user, sent.to.clone(), false, &mut remember);
    let pending = PendingChallenge::MfaCode(sent);
    Ok(NextAction::Decided(completion::challenge_again(step, pending, prompt, None, remember)))
}

/// Returns the next action for an answer to SELECT_MFA_TYPE. A factor that is not available is refused (*Chosen*).
pub(super) fn select<'a>(step: &Step<'_>, factor: MfaFactor) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let is_choice = match MfaRequirement::of(&step.caller.pool.mfa, user) {
        MfaRequirement::Choice(factors) => factors.contains(&factor),
        // The user may have had more factors when the challenge was sent.
        MfaRequirement::One(only) => only == factor,
        MfaRequirement::Nothing | MfaRequirement::SetUp(_) => false,
    };
    if !is_choice {
        return Err(Refusal::ParameterInvalid("ANSWER"));
    }
    Ok(NextAction::Decided(send_challenge_for(
        step,
        user,
        factor,
        step.use_up_session().into_iter().collect(),
    )))
}

/// Returns the next action for an answer to SOFTWARE_TOKEN_MFA: opening the secret.
pub(super) fn open<'a>(step: &Step<'a>, code: &'a str) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let token = user.mfa.token.as_ref().ok_or(Refusal::SessionInvalid)?;
    Ok(NextAction::OpenTokenSecret(&token.secret, code))
}

/// Decides about a code of the authenticator app. `secret` is the opened secret of [`NextAction::OpenTokenSecret`].
pub fn decide(step: &Step<'_>, secret: &TokenSecret, code: &str) -> Verdict<SignInOutcome> {
    let Ok(Some(user)) = admission::admit(step) else { return Verdict::refuse(Refusal::SessionInvalid) };
    let Some(token) = &user.mfa.token else { return Verdict::refuse(Refusal::SessionInvalid) };
    let token = match token.use_code(secret, code, step.now) {
        Ok(token) => token,
        // The code was right, so this is no failed guess: the user must wait for the next code (cog-0231).
        Err(Refusal::SoftwareTokenUsed) => return Verdict::refuse(Refusal::SoftwareTokenUsed),
        Err(refusal) => return step.fail(refusal),
    };
    let mut user = user.clone();
    user.mfa.token = Some(token);
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    remember.push(Change::PutUser(Box::new(user.clone())));
    completion::after_second_factor(step, user, remember)
}

/// Enables a factor that the user has set up during the sign-in, and stores the user. *Chosen*: setting it up is
/// documented to be sufficient for the sign-in; its effect on UserMFASettingList is not documented.
pub(super) fn set_up(step: &Step<'_>, user: User, factor: MfaFactor, remember: &mut Vec<Change>) -> User {
    let mut user = User { modified_at: step.now, ..user };
    user.mfa.turn_on(factor);
    remember.push(Change::PutUser(Box::new(user.clone())));
    user
}

#[cfg(test)]
#[path = "second_factor_tests.rs"]
mod tests;
