//! Where a sign-in goes on: the challenge that comes after a password, and at the end the grant.
//!
//! This is the only place where a grant begins. Tokens are made of it after the commit, by the server.

use super::{Outcome, SignedIn, Step, device, second_factor};
use crate::{
    Change, Refusal, Verdict,
    sign_in::{
        challenge::{Asked, Awaited, Challenge, ChallengeName},
        session::{Session, Stage},
    },
    token::grant::Grant,
    user::{Status, User, device::new_key, mfa::Due},
};

/// The password was right: a temporary one is to be replaced, with any other the sign-in is at its end.
pub(super) fn after_password(step: &Step<'_>, user: &User) -> Verdict<Outcome> {
    if let Some(verdict) = refuse_expired(step) {
        return verdict;
    }
    let remember = step.leave().into_iter().collect();
    match user.status {
        Status::ForceChangePassword { expires_at } => {
            let asked = super::new_password::asked(step, user);
            challenge(step, Awaited::NewPassword(expires_at), asked, Vec::new(), remember)
        }
        _ => sign_in(step, user.clone(), remember),
    }
}

/// The end of a sign-in whose password was right, temporary, and has expired.
pub fn refuse_expired(step: &Step<'_>) -> Option<Verdict<Outcome>> {
    match step.found.user?.status {
        Status::ForceChangePassword { expires_at } if expires_at <= step.now => {
            let remember = step.leave().into_iter().collect();
            Some(Verdict { remember, answer: Err(Refusal::TemporaryPasswordExpired) })
        }
        _ => None,
    }
}

/// Goes on with a challenge, in a session of its own.
pub(super) fn challenge(
    step: &Step<'_>,
    awaited: Awaited,
    asked: Asked,
    available: Vec<ChallengeName>,
    mut remember: Vec<Change>,
) -> Verdict<Outcome> {
    let caller = &step.caller;
    let handle = match awaited {
        // What sets a factor up is told the session alone.
        Awaited::MfaSetup(_) => step.fresh.session.naming(&caller.client.id),
        _ => step.fresh.session.clone(),
    };
    let key = handle.key(caller.digest_keys, &caller.pool.id);
    let mut session = Session::begin(step.of(), caller.client, Stage::SigningIn(awaited), step.now);
    session.device = step.device.filter(|device| device.found.is_some()).map(|device| device.key.to_owned());
    remember.push(Change::PutSession { key, session });
    let challenge = Challenge { asked, session: handle, tells_session: true, available };
    Verdict { remember, answer: Ok(Outcome::Challenged(Box::new(challenge))) }
}

/// Every first factor ends here: `user`, who is now so, has shown who they are. A second factor is asked for, or a
/// remembered device in its place, or the sign-in is at its end.
pub(super) fn sign_in(step: &Step<'_>, user: User, remember: Vec<Change>) -> Verdict<Outcome> {
    let pool = step.caller.pool;
    let device = match device::check(step) {
        Ok(device) => device.filter(|device| device.remembered),
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let replaces_mfa = pool.devices.is_some_and(|policy| policy.replaces_mfa);
    match (Due::of(&pool.mfa, &user), device) {
        (Due::Nothing, _) => complete(step, user, remember),
        (Due::One(_) | Due::Choice(_), Some(device)) if replaces_mfa => {
            device::ask(step, &user, device, remember)
        }
        (due, _) => second_factor::ask(step, &user, due, remember),
    }
}

/// Every second factor ends here: a remembered device is to show that it is the same, or the sign-in is at its end.
pub(super) fn complete(step: &Step<'_>, user: User, remember: Vec<Change>) -> Verdict<Outcome> {
    match device::check(step) {
        Ok(Some(device)) if device.remembered => device::ask(step, &user, device, remember),
        Ok(_) => grant(step, user, remember),
        Err(refusal) => Verdict::refuse(refusal),
    }
}

/// Ends the sign-in of `user`, who has shown everything: failures are forgiven, and a grant begins.
pub(super) fn grant(step: &Step<'_>, user: User, mut remember: Vec<Change>) -> Verdict<Outcome> {
    let caller = &step.caller;
    if step.found.failures.is_some() {
        remember.push(Change::RemoveFailures(user.sub.clone()));
    }
    let (mut grant, refresh_token) = Grant::begin(
        caller.digest_keys,
        &caller.pool.id,
        user.sub.clone(),
        caller.client.id.clone(),
        caller.client.lifetimes.refresh_ttl,
        &step.fresh.grant,
        step.now,
    );
    let is_new = caller.pool.devices.is_some() && step.device.is_none();
    let new_device = is_new.then(|| new_key(&caller.pool.id, &step.fresh.device));
    grant.device_key = step.device.map(|device| device.key.to_owned()).or_else(|| new_device.clone());
    remember.push(Change::PutGrant(Box::new(grant.clone())));
    let signed_in = SignedIn { user, grant, refresh_token: Some(refresh_token), new_device };
    Verdict { remember, answer: Ok(Outcome::SignedIn(Box::new(signed_in))) }
}
