//! Where a sign-in goes on: the challenge that comes after a password, and at the end the grant.
//!
//! This is the only place where a grant begins. Tokens are made of it after the commit, by the server.

use super::{Outcome, SignedIn, Step, second_factor};
use crate::{
    Change, Refusal, Verdict,
    challenge::{Asked, Awaited, Challenge, ChallengeName},
    grant::Grant,
    mfa::Due,
    session::{Session, Stage},
    user::{Status, User},
};

/// The password was right: a temporary one is to be replaced, with any other the sign-in is at its end.
pub(super) fn after_password(step: &Step<'_>, user: &User) -> Verdict<Outcome> {
    let remember = step.leave().into_iter().collect();
    match user.status {
        Status::ForceChangePassword { expires_at } if expires_at <= step.now => {
            Verdict { remember, answer: Err(Refusal::TemporaryPasswordExpired) }
        }
        Status::ForceChangePassword { .. } => {
            let asked = super::new_password::asked(step, user);
            challenge(step, Awaited::NewPassword, asked, Vec::new(), remember)
        }
        _ => sign_in(step, user.clone(), remember),
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
    let session = Session::begin(step.of(), caller.client, Stage::SigningIn(awaited), step.now);
    remember.push(Change::PutSession { key, session });
    let challenge = Challenge { asked, session: handle, tells_session: true, available };
    Verdict { remember, answer: Ok(Outcome::Challenged(Box::new(challenge))) }
}

/// Every first factor ends here: `user`, who is now so, has shown who they are. A second factor is asked for, or the
/// sign-in is at its end.
pub(super) fn sign_in(step: &Step<'_>, user: User, remember: Vec<Change>) -> Verdict<Outcome> {
    match Due::of(&step.caller.pool.mfa, &user) {
        Due::Nothing => complete(step, user, remember),
        due => second_factor::ask(step, &user, due, remember),
    }
}

/// Ends the sign-in of `user`, who has shown everything: failures are forgiven, and a grant begins.
pub(super) fn complete(step: &Step<'_>, user: User, mut remember: Vec<Change>) -> Verdict<Outcome> {
    let caller = &step.caller;
    if step.found.failures.is_some() {
        remember.push(Change::RemoveFailures(user.sub.clone()));
    }
    let (grant, refresh_token) = Grant::begin(
        caller.digest_keys,
        &caller.pool.id,
        user.sub.clone(),
        caller.client.id.clone(),
        caller.client.lifetimes.refresh_ttl,
        &step.fresh.grant,
        step.now,
    );
    remember.push(Change::PutGrant(Box::new(grant.clone())));
    let signed_in = SignedIn { user, grant, refresh_token: Some(refresh_token) };
    Verdict { remember, answer: Ok(Outcome::SignedIn(Box::new(signed_in))) }
}
