//! The continuation of a sign-in after each factor: the next challenge, or the grant.
//!
//! This is the only place where a grant begins. The server creates the tokens from it after the commit.

use super::{CompletedSignIn, PageSignIn, SignInOutcome, Step, admission, device_srp, second_factor};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    flow::{AppClientCaller, oauth::authorize::begin_grant},
    oauth::browser_session::{BrowserSession, BrowserSessionHandle},
    sign_in::{
        challenge::{Challenge, ChallengeName, ChallengePrompt, PendingChallenge},
        session::Stage,
    },
    token::grant::Grant,
    user::{Status, User, device::new_key, mfa::MfaRequirement},
};

/// Continues after a right password. A temporary one must be replaced.
pub(super) fn after_password(step: &Step<'_>, user: &User) -> Verdict<SignInOutcome> {
    if let Some(verdict) = refuse_status(step, user) {
        return verdict;
    }
    if let Some(verdict) = refuse_expired_password(step) {
        return verdict;
    }
    let remember = step.use_up_session().into_iter().collect();
    match user.status {
        Status::ForceChangePassword { expires_at } => {
            let prompt = super::new_password::challenge(step, user);
            challenge(step, PendingChallenge::NewPassword(expires_at), prompt, Vec::new(), remember)
        }
        _ => after_first_factor(step, user.clone(), remember),
    }
}

/// Refuses a user who has given a right factor and may not sign in, where the status was hidden until then. Returns `None` if
/// the sign-in goes on.
fn refuse_status(step: &Step<'_>, user: &User) -> Option<Verdict<SignInOutcome>> {
    let refusal = admission::check_proven(step, user).err()?;
    Some(Verdict { remember: step.use_up_session().into_iter().collect(), answer: Err(refusal) })
}

/// Refuses a sign-in with an expired temporary password. Returns `None` if the password has not expired.
pub fn refuse_expired_password(step: &Step<'_>) -> Option<Verdict<SignInOutcome>> {
    match step.found.user?.status {
        Status::ForceChangePassword { expires_at } if expires_at <= step.now => {
            let remember = step.use_up_session().into_iter().collect();
            Some(Verdict { remember, answer: Err(Refusal::TemporaryPasswordExpired) })
        }
        _ => None,
    }
}

/// Sends a challenge, in a new session.
pub(super) fn challenge(
    step: &Step<'_>,
    pending: PendingChallenge,
    prompt: ChallengePrompt,
    available: Vec<ChallengeName>,
    mut remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let caller = &step.caller;
    let handle = match pending {
        // The operations that set up a factor receive only the session, so its handle contains the app client.
        PendingChallenge::MfaSetup(_) => step.fresh.session.with_client_id(&caller.client.id),
        _ => step.fresh.session.clone(),
    };
    let key = handle.key(caller.digest_keys, &caller.pool.id);
    let mut session = step.begin_session(Stage::SigningIn(pending), &remember);
    session.device = step.device.filter(|device| device.found.is_some()).map(|device| device.key.to_owned());
    remember.push(Change::PutSession { key, session });
    let challenge = Challenge { prompt, session: handle, returns_session: true, available };
    Verdict { remember, answer: Ok(SignInOutcome::Challenged(Box::new(challenge))) }
}

/// Sends a challenge to a user who has not answered the one before, in a new session. What the user has proven stays what it
/// was.
///
/// The session ends at `until`, or gets the time of a new one. *Chosen*: a code that is sent again does, so that there is time
/// to enter it; the limits of messages bound how often.
pub(super) fn challenge_again(
    step: &Step<'_>,
    pending: PendingChallenge,
    prompt: ChallengePrompt,
    until: Option<Timestamp>,
    remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let mut verdict = challenge(step, pending, prompt, Vec::new(), remember);
    let proven = step.presented.map(|presented| presented.session.proven).unwrap_or_default();
    for change in &mut verdict.remember {
        if let Change::PutSession { session, .. } = change {
            session.proven = proven;
            session.expires_at = until.unwrap_or(session.expires_at);
        }
    }
    verdict
}

/// Continues after the first factor. `user` is the changed user. The next challenge is that of a second factor, or of a
/// remembered device in its place; without any, the sign-in is complete.
pub(super) fn after_first_factor(
    step: &Step<'_>,
    user: User,
    remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    if let Some(verdict) = refuse_status(step, &user) {
        return verdict;
    }
    let pool = step.caller.pool;
    let device = match device_srp::find_named(step) {
        Ok(device) => device.filter(|device| device.remembered),
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let replaces_mfa = pool.devices.is_some_and(|policy| policy.replaces_mfa);
    match (MfaRequirement::of(&pool.mfa, &user), device) {
        (MfaRequirement::Nothing, _) => after_second_factor(step, user, remember),
        (MfaRequirement::One(_) | MfaRequirement::Choice(_), Some(device)) if replaces_mfa => {
            device_srp::send_challenge(step, &user, device, remember)
        }
        (due, _) => second_factor::send_challenge(step, &user, due, remember),
    }
}

/// Continues after the second factor, or if none is needed. A remembered device must prove itself; otherwise the
/// sign-in is complete.
pub(super) fn after_second_factor(
    step: &Step<'_>,
    user: User,
    remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    if let Some(verdict) = refuse_status(step, &user) {
        return verdict;
    }
    match device_srp::find_named(step) {
        Ok(Some(device)) if device.remembered => device_srp::send_challenge(step, &user, device, remember),
        Ok(_) => issue_grant(step, user, remember),
        Err(refusal) => Verdict::refuse(refusal),
    }
}

/// Completes the sign-in: clears the failures and begins a grant. On a page it begins a browser session too.
pub(super) fn issue_grant(step: &Step<'_>, user: User, mut remember: Vec<Change>) -> Verdict<SignInOutcome> {
    let caller = &step.caller;
    if step.found.failures.is_some() {
        remember.push(Change::RemoveFailures(user.sub.clone()));
    }
    if let Some(page) = step.authorizing {
        return authorize(step, page, user, remember);
    }
    let (mut grant, refresh_token) = Grant::begin(
        caller.digest_keys,
        &caller.pool.id,
        &user,
        caller.client.id.clone(),
        caller.client.lifetimes.refresh_ttl,
        &step.fresh.grant,
        step.now,
    );
    let is_new = caller.pool.devices.is_some() && step.device.is_none();
    let new_device = is_new.then(|| new_key(&caller.pool.id, &step.fresh.device));
    grant.device_key = step.device.map(|device| device.key.to_owned()).or_else(|| new_device.clone());
    remember.push(Change::PutGrant(Box::new(grant.clone())));
    let refresh_token = Some(refresh_token);
    let signed_in = CompletedSignIn { user, grant, refresh_token, new_device, browser_session: None };
    Verdict { remember, answer: Ok(SignInOutcome::SignedIn(Box::new(signed_in))) }
}

/// Completes the sign-in on a page. Pages remember no devices.
fn authorize(
    step: &Step<'_>,
    page: PageSignIn<'_>,
    user: User,
    mut remember: Vec<Change>,
) -> Verdict<SignInOutcome> {
    let AppClientCaller { pool, client, digest_keys, .. } = step.caller;
    let mut grant = begin_grant(client, &user, page.access, &step.fresh.grant, step.now, step.now);
    grant.methods = step.proven();
    let handle = BrowserSessionHandle::generate(&user.sub, page.session);
    remember.push(Change::PutGrant(Box::new(grant.clone())));
    remember.push(Change::PutBrowserSession {
        key: handle.digest(digest_keys, &pool.id),
        session: BrowserSession { methods: grant.methods, ..BrowserSession::begin(&user, step.now) },
    });
    let browser_session = Some(handle);
    let signed_in = CompletedSignIn { user, grant, refresh_token: None, new_device: None, browser_session };
    Verdict { remember, answer: Ok(SignInOutcome::SignedIn(Box::new(signed_in))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        flow::sign_in::setup::{SignInSetup, signed_in},
        scope::Scopes,
        secret::Sealed,
        sign_in::challenge::Enrolment,
        token::grant::GrantedAccess,
        user::{
            auth_method::{
                AuthMethod::{self, Password, SoftwareToken},
                AuthMethods,
            },
            passkey::PasskeyChallenge,
        },
    };

    /// oau-0051.
    #[test]
    fn sign_in_on_a_page_notes_how_the_user_signed_in() {
        let passkey = || PendingChallenge::Passkey(PasskeyChallenge::from_bytes(&[4; 32]));
        let verified = || PendingChallenge::MfaSetup(Enrolment::Verified(Sealed::from_text("app")));
        let cases: [(Option<PendingChallenge>, &[AuthMethod], &[AuthMethod]); 7] = [
            (None, &[], &[Password]),
            (Some(PendingChallenge::Password), &[], &[Password]),
            (Some(PendingChallenge::NewPassword(Timestamp::from_millis(0))), &[Password], &[Password]),
            (Some(PendingChallenge::SoftwareToken), &[Password], &[Password, SoftwareToken]),
            (Some(verified()), &[Password], &[Password, SoftwareToken]),
            (Some(passkey()), &[], &[AuthMethod::Passkey]),
            (Some(PendingChallenge::Custom(Sealed::from_text("state"))), &[], &[]),
        ];
        let access = GrantedAccess { scopes: Scopes::parse("openid"), resource: None };
        let page = PageSignIn { access: &access, session: &[5; 32], has_password: true };
        for (pending, proven, expected) in cases {
            let mut setup = SignInSetup::new();
            if let Some(pending) = pending {
                setup.present(Stage::SigningIn(pending));
            }
            if let Some((_, session)) = &mut setup.presented {
                session.proven = proven.iter().copied().collect();
            }
            let expected: AuthMethods = expected.iter().copied().collect();
            let step = Step { authorizing: Some(page), ..setup.step("ann") };
            // A session between the factors keeps what has been proven; one before the first factor has nothing.
            let second = step.begin_session(Stage::SigningIn(PendingChallenge::SelectMfa), &[]);
            assert_eq!(second.proven, expected);
            assert!(step.begin_session(Stage::SigningIn(passkey()), &[]).proven.is_empty());
            let verdict = issue_grant(&step, setup.user.clone(), Vec::new());
            let session = verdict.remember.iter().find_map(|change| match change {
                Change::PutBrowserSession { session, .. } => Some(session.methods),
                _ => None,
            });
            assert_eq!(session, Some(expected));
            assert_eq!(signed_in(verdict).grant.methods, expected);
        }
    }
}
