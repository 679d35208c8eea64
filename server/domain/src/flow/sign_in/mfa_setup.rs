//! MFA_SETUP: a user without a second factor sets one up during the sign-in, if the pool requires MFA.
//!
//! An authenticator app takes three steps: AssociateSoftwareToken with the Session returns a secret and another Session
//! (cog-0306), VerifySoftwareToken with that Session returns a third one, and the answer to the challenge completes the
//! sign-in. An e-mail address is the answer itself, followed by a code that is sent to it (*Documented*: EMAIL in
//! RespondToAuthChallenge). A phone number can be set up by an administrator only (*Documented*).
//!
//! With an access token, an app is set up by [`crate::flow::mfa::software_token`].

use super::{NextAction, PendingChallenge, SignInOutcome, Step, admission, completion, second_factor};
use crate::{
    Change, Refusal, Verdict,
    attribute::contact::{Contact, ContactKind},
    pool::mfa::MfaFactor,
    secret::Sealed,
    sign_in::{
        challenge::{ChallengePrompt, Enrolment, SentCode},
        session::{Session, SessionHandle, Stage},
    },
    user::{
        User,
        mfa::MfaRequirement,
        software_token::{SoftwareToken, TokenSecret},
    },
};

/// Returns the next action for an answer to MFA_SETUP.
pub(super) fn answer<'a>(
    step: &Step<'_>,
    enrolment: &Enrolment,
    email: Option<&str>,
) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    match (enrolment, email) {
        (Enrolment::Verified(sealed), _) => {
            // The user may have replaced the app since.
            if user.mfa.token.as_ref().is_none_or(|token| token.secret != *sealed) {
                return Err(Refusal::SessionInvalid);
            }
            let user = second_factor::set_up(step, user.clone(), MfaFactor::SoftwareToken, &mut remember);
            Ok(NextAction::Decided(completion::after_second_factor(step, user, remember)))
        }
        (_, Some(email)) => {
            check_due(step, user)?;
            Ok(NextAction::Decided(send_code_to_new_contact(step, user, email, remember)?))
        }
        (_, None) => Err(Refusal::MfaSetupIncomplete),
    }
}

/// Refuses a user who has a second factor by now: an older session must not add another one.
pub(super) fn check_due(step: &Step<'_>, user: &User) -> Result<(), Refusal> {
    match MfaRequirement::of(&step.caller.pool.mfa, user) {
        MfaRequirement::SetUp(_) => Ok(()),
        _ => Err(Refusal::SessionInvalid),
    }
}

/// Sends a code to an e-mail address that the user does not have yet.
fn send_code_to_new_contact(
    step: &Step<'_>,
    user: &User,
    email: &str,
    mut remember: Vec<Change>,
) -> Result<Verdict<SignInOutcome>, Refusal> {
    let (caller, kind) = (&step.caller, ContactKind::Email);
    if !caller.pool.mfa.factors.contains(&MfaFactor::Email) || user.attributes.contact(kind).is_some() {
        return Err(Refusal::ParameterInvalid("EMAIL"));
    }
    if !kind.is_well_formed(email) {
        return Err(Refusal::ContactMalformed(kind));
    }
    let to = Contact { kind, value: email.to_owned() };
    let (sent, prompt) = second_factor::send_code(step, user, to, true, &mut remember);
    Ok(completion::challenge(step, PendingChallenge::NewContactCode(sent), prompt, Vec::new(), remember))
}

/// Sends another code to the address that the user sets up, in a new session; see [`second_factor::send_again`].
pub(super) fn send_again<'a>(step: &Step<'_>, sent: &SentCode) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    check_due(step, user)?;
    if !step.caller.pool.mfa.factors.contains(&MfaFactor::Email) {
        return Err(Refusal::SessionInvalid);
    }
    let mut remember = step.use_up_session().into_iter().collect();
    let (sent, prompt) = second_factor::send_code(step, user, sent.to.clone(), true, &mut remember);
    let pending = PendingChallenge::NewContactCode(sent);
    Ok(NextAction::Decided(completion::challenge_again(step, pending, prompt, None, remember)))
}

/// Sends the challenge again to a user who has entered a wrong address. The time that is left for
/// the sign-in stays the same.
pub(super) fn ask_again<'a>(step: &Step<'_>) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let MfaRequirement::SetUp(factors) = MfaRequirement::of(&step.caller.pool.mfa, user) else {
        return Err(Refusal::SessionInvalid);
    };
    let prompt = ChallengePrompt::MfaSetup { username: user.username.clone(), factors };
    let pending = PendingChallenge::MfaSetup(Enrolment::Asked);
    let until = step.presented.map(|presented| presented.session.expires_at);
    let remember = step.use_up_session().into_iter().collect();
    Ok(NextAction::Decided(completion::challenge_again(step, pending, prompt, until, remember)))
}

/// Returns the user if the session waits for an authenticator app.
///
/// # Errors
///
/// Refuses another session, a user who has a second factor by now, and a pool that does not allow authenticator apps.
pub fn check_associable<'a>(step: &Step<'a>) -> Result<&'a User, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    match step.check_session()? {
        PendingChallenge::MfaSetup(Enrolment::Asked | Enrolment::Associated(_)) => {
            check_due(step, user)?;
            step.caller.pool.mfa.check_software_token()?;
            Ok(user)
        }
        _ => Err(Refusal::SessionInvalid),
    }
}

/// Handles AssociateSoftwareToken: begins a session that contains the secret, sealed for the user.
pub fn associate(step: &Step<'_>, sealed: Sealed) -> Verdict<SessionHandle> {
    check_associable(step).map(|_| next_session(step, Enrolment::Associated(sealed), Vec::new())).into()
}

/// Returns the secret that the session contains.
///
/// # Errors
///
/// Refuses another session, a session without a secret, and a user who has a second factor by now.
pub fn get_pending<'a>(step: &Step<'a>) -> Result<&'a Sealed, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    match step.check_session()? {
        PendingChallenge::MfaSetup(Enrolment::Associated(sealed)) => {
            check_due(step, user)?;
            Ok(sealed)
        }
        PendingChallenge::MfaSetup(Enrolment::Asked) => Err(Refusal::SoftwareTokenMissing),
        _ => Err(Refusal::SessionInvalid),
    }
}

/// Handles VerifySoftwareToken: stores the app if `code` is right. `secret` is the opened secret of [`get_pending`].
pub fn verify(
    step: &Step<'_>,
    secret: &TokenSecret,
    code: &str,
    name: Option<String>,
) -> Verdict<SessionHandle> {
    let (Ok(sealed), Some(user)) = (get_pending(step), step.found.user) else {
        return Verdict::refuse(Refusal::SessionInvalid);
    };
    let Some(at) = secret.find_step(code, step.now) else {
        let Verdict { remember, .. } = step.fail(Refusal::SoftwareTokenMismatch);
        return Verdict { remember, answer: Err(Refusal::SoftwareTokenMismatch) };
    };
    let mut user = User { modified_at: step.now, ..user.clone() };
    user.mfa.token = Some(SoftwareToken::new(sealed.clone(), at, name));
    next_session(step, Enrolment::Verified(sealed.clone()), vec![Change::PutUser(Box::new(user))])
}

/// Begins the next session. A repeated AssociateSoftwareToken does not extend the time of the session before.
fn next_session(step: &Step<'_>, enrolment: Enrolment, mut remember: Vec<Change>) -> Verdict<SessionHandle> {
    let caller = &step.caller;
    let handle = step.fresh.session.with_client_id(&caller.client.id);
    let is_repeated = |before: &Session| {
        matches!(enrolment, Enrolment::Associated(_))
            && matches!(before.stage, Stage::SigningIn(PendingChallenge::MfaSetup(Enrolment::Associated(_))))
    };
    let before = step.presented.map(|presented| presented.session);
    let until = before.filter(|before| is_repeated(before)).map(|before| before.expires_at);
    let stage = Stage::SigningIn(PendingChallenge::MfaSetup(enrolment));
    let mut session = step.begin_session(stage, &remember);
    session.device = before.and_then(|before| before.device.clone());
    session.expires_at = until.unwrap_or(session.expires_at);
    remember.extend(step.use_up_session());
    remember.push(Change::PutSession { key: handle.key(caller.digest_keys, &caller.pool.id), session });
    Verdict { remember, answer: Ok(handle) }
}
