//! MFA_SETUP: whoever must have a second factor and has none sets one up before the sign-in goes on.
//!
//! An authenticator app takes three steps: AssociateSoftwareToken with the Session gives a secret and another Session
//! (cog-0306), VerifySoftwareToken with that one another again, and the answer to the challenge ends the sign-in. An
//! e-mail address is the answer itself, and the code that goes to it ends the sign-in (*Documented*, EMAIL in
//! RespondToAuthChallenge). A phone number is for an administrator to set up (*Documented*).
//!
//! A user who is signed in sets an app up by [`crate::flow::mfa::software_token`].

use super::{Awaited, Next, Outcome, Step, admission, finish, one_time_code, second_factor};
use crate::{
    Change, Refusal, Verdict,
    attribute::contact::{Contact, ContactKind},
    pool::mfa::MfaFactor,
    secret::Sealed,
    sign_in::{
        challenge::{Asked, Enrolment, SentCode},
        session::{Session, SessionHandle, Stage},
    },
    user::{
        User,
        mfa::Due,
        software_token::{SoftwareToken, TokenSecret},
    },
};

/// What comes next for whoever answers MFA_SETUP.
pub(super) fn answer<'a>(
    step: &Step<'_>,
    enrolment: &Enrolment,
    email: Option<&str>,
) -> Result<Next<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    match (enrolment, email) {
        (Enrolment::Verified(sealed), _) => {
            // Another app may have taken its place since.
            if user.mfa.token.as_ref().is_none_or(|token| token.secret != *sealed) {
                return Err(Refusal::SessionInvalid);
            }
            let user = second_factor::set_up(step, user.clone(), MfaFactor::SoftwareToken, &mut remember);
            Ok(Next::Decided(finish::complete(step, user, remember)))
        }
        (_, Some(email)) => {
            check_due(step, user)?;
            Ok(Next::Decided(ask_new_contact(step, user, email, remember)?))
        }
        (_, None) => Err(Refusal::MfaSetupIncomplete),
    }
}

/// Refuses whoever has a second factor by now: a session from before that sets up no other.
pub(super) fn check_due(step: &Step<'_>, user: &User) -> Result<(), Refusal> {
    match Due::of(&step.caller.pool.mfa, user) {
        Due::SetUp(_) => Ok(()),
        _ => Err(Refusal::SessionInvalid),
    }
}

/// Sends a code to an address that may become the user's.
fn ask_new_contact(
    step: &Step<'_>,
    user: &User,
    email: &str,
    mut remember: Vec<Change>,
) -> Result<Verdict<Outcome>, Refusal> {
    let (caller, kind) = (&step.caller, ContactKind::Email);
    if !caller.pool.mfa.factors.contains(&MfaFactor::Email) || user.attributes.contact(kind).is_some() {
        return Err(Refusal::ParameterInvalid("EMAIL"));
    }
    if !kind.is_formed(email) {
        return Err(Refusal::ContactForm(kind));
    }
    let (to, code) = (Contact { kind, value: email.to_owned() }, step.fresh.code.shortened());
    remember.push(one_time_code::send(step, user, to.clone(), code.clone()));
    let sent = SentCode::new(caller.digest_keys, &caller.pool.id, &user.sub, &code, to.clone());
    let asked = Asked::MfaCode { username: user.username.clone(), to };
    Ok(finish::challenge(step, Awaited::NewContactCode(sent), asked, Vec::new(), remember))
}

/// Refuses to give a secret to whoever came with this session, unless it waits for one.
pub fn check_associable<'a>(step: &Step<'a>) -> Result<&'a User, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    match step.check_session()? {
        Awaited::MfaSetup(Enrolment::Asked | Enrolment::Associated(_)) => {
            check_due(step, user)?;
            step.caller.pool.mfa.check_software_token()?;
            Ok(user)
        }
        _ => Err(Refusal::SessionInvalid),
    }
}

/// AssociateSoftwareToken: goes on with a session that keeps the secret, sealed for the user.
pub fn associate(step: &Step<'_>, sealed: Sealed) -> Verdict<SessionHandle> {
    check_associable(step).map(|_| go_on(step, Enrolment::Associated(sealed), Vec::new())).into()
}

/// The secret that waits to be verified by whoever came with this session.
pub fn get_pending<'a>(step: &Step<'a>) -> Result<&'a Sealed, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    match step.check_session()? {
        Awaited::MfaSetup(Enrolment::Associated(sealed)) => {
            check_due(step, user)?;
            Ok(sealed)
        }
        Awaited::MfaSetup(Enrolment::Asked) => Err(Refusal::SoftwareTokenMissing),
        _ => Err(Refusal::SessionInvalid),
    }
}

/// VerifySoftwareToken: the app is the user's if `code` is one of it. `secret` is [`get_pending`]'s, opened.
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
    go_on(step, Enrolment::Verified(sealed.clone()), vec![Change::PutUser(Box::new(user))])
}

/// Goes on with another session. One that is asked for another secret lives no longer than the one before.
fn go_on(step: &Step<'_>, enrolment: Enrolment, mut remember: Vec<Change>) -> Verdict<SessionHandle> {
    let caller = &step.caller;
    let handle = step.fresh.session.naming(&caller.client.id);
    let is_repeated = |before: &Session| {
        matches!(enrolment, Enrolment::Associated(_))
            && matches!(before.stage, Stage::SigningIn(Awaited::MfaSetup(Enrolment::Associated(_))))
    };
    let before = step.presented.map(|presented| presented.session);
    let until = before.filter(|before| is_repeated(before)).map(|before| before.expires_at);
    let stage = Stage::SigningIn(Awaited::MfaSetup(enrolment));
    let mut session = Session::begin(step.of(), caller.client, stage, step.now);
    session.device = before.and_then(|before| before.device.clone());
    session.expires_at = until.unwrap_or(session.expires_at);
    remember.extend(step.leave());
    remember.push(Change::PutSession { key: handle.key(caller.digest_keys, &caller.pool.id), session });
    Verdict { remember, answer: Ok(handle) }
}
