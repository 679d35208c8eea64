//! ConfirmSignUp: confirms a sign-up by the code that was sent.
//!
//! Order: secret hash, user, status, enabled, session, attempts, code, alias, then the change. Status before code is
//! *Observed* (cog-0004); the rest of the order is *Chosen*. The alias is checked after the code, so that only a caller
//! with the right code learns that an alias is taken. That attempt counts, and the code stays valid for a second call
//! with ForceAliasCreation.
//!
//! If the app client hides users, only a caller with the right code learns that it has expired (*Documented*, cog-0022; who
//! learns it is *Chosen*, as for ConfirmForgotPassword).
//!
//! *Chosen*: a page, which everyone can open, does not tell the status either, if the app client hides users and the user did
//! not come from a sign-up or a sign-in on the pages: the refusal is that of an unknown user.
//!
//! A code whose destination is not the user's contact any more is as good as none (*Chosen*, see
//! [`crate::code::destination`]); a new one can be requested.
//!
//! A wrong code changes the count of attempts: [`Verdict::remember`] is not empty for that refusal.

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::{Purpose, destination::usable_code},
    digest::Digest,
    flow::{AppClientCaller, LoadedUser, sign_up::assign_aliases},
    pool::{
        Pool,
        alias::{self, NameKey},
    },
    sign_in::session::{Session, SessionHandle, Stage},
    user::{
        User,
        attempt::{AttemptKind, Attempts},
    },
};

/// The input of ConfirmSignUp that the decision depends on.
#[derive(Clone, Copy)]
pub struct ConfirmSignUpRequest<'a> {
    /// The username as typed: a username, an active alias or a sub.
    pub username: &'a str,
    /// The code as typed.
    pub code: &'a str,
    /// ForceAliasCreation.
    pub force_alias: bool,
    /// The Session, looked up.
    pub session: SessionLookup<'a>,
    /// Whether the status is hidden too, if the app client hides users.
    pub hides_status: bool,
}

crate::secret::debug_hidden!(ConfirmSignUpRequest);

/// The result of looking up the Session of a request.
#[derive(Clone, Copy, Debug)]
pub enum SessionLookup<'a> {
    /// The request had no Session.
    NotSent,
    /// No session has this handle: it was never issued, was used, or was removed.
    Unknown,
    /// The session, and the key under which it is stored.
    Found(&'a Digest, &'a Session),
}

/// The answer of ConfirmSignUp.
#[derive(Debug)]
pub struct ConfirmSignUpAnswer {
    /// The confirmed user, for the PostConfirmation trigger.
    pub user: User,
    /// A new Session if the app client allows USER_AUTH, even if the request had none: Amplify sends none, but signs in
    /// with the one that it receives.
    pub session: Option<SessionHandle>,
}

/// Returns the alias that the right code would activate. The server loads its current holder, and commits only if the
/// holder has not changed.
pub fn alias_to_reserve(pool: &Pool, found: &LoadedUser<'_>) -> Option<NameKey> {
    let contact = &usable_code(pool, found.user?, Purpose::SignUp, found.code)?.contact;
    alias::verified_contact_alias(pool, contact.kind, &contact.value)
}

/// Confirms the sign-up. `holder` is the user who holds [`alias_to_reserve`]; `new_session` is the handle to use if a
/// session begins.
pub fn confirm(
    caller: &AppClientCaller<'_>,
    request: &ConfirmSignUpRequest<'_>,
    found: &LoadedUser<'_>,
    holder: Option<&User>,
    new_session: &SessionHandle,
    now: Timestamp,
) -> Verdict<ConfirmSignUpAnswer> {
    decide(caller, request, found, holder, new_session, now).into()
}

fn decide(
    caller: &AppClientCaller<'_>,
    request: &ConfirmSignUpRequest<'_>,
    found: &LoadedUser<'_>,
    holder: Option<&User>,
    new_session: &SessionHandle,
    now: Timestamp,
) -> Result<Verdict<ConfirmSignUpAnswer>, Refusal> {
    caller.check_secret(request.username)?;
    let Some(user) = found.user else { return refuse_unknown(caller, request, found, now) };
    match user.check_confirmable() {
        Err(_) if request.hides_status && caller.client.hides_users => {
            return refuse_unknown(caller, request, found, now);
        }
        checked => checked?,
    }
    match request.session {
        SessionLookup::NotSent => {}
        // How the service answers an invalid Session here is unknown; *Chosen*: it is refused as in a challenge.
        SessionLookup::Unknown => return Err(Refusal::SessionInvalid),
        SessionLookup::Found(_, session) => {
            session.check(&user.sub, &caller.client.id, Stage::SignedUp, now)?
        }
    }
    let act = AttemptKind::ConfirmSignUp;
    let attempts = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&user.sub, act)),
    };
    let counted = Change::PutAttempts { of: user.sub.clone(), act, attempts };
    let refuse = |refusal| Ok(Verdict { remember: vec![counted], answer: Err(refusal) });

    let (pool, purpose) = (caller.pool, Purpose::SignUp);
    let pending = usable_code(pool, user, purpose, found.code);
    if let Err(refusal) = caller.check_code(&user.sub, purpose, pending, request.code, now) {
        return refuse(refusal);
    }
    let verified = pending.map(|code| &code.contact);
    let alias =
        verified.and_then(|contact| alias::verified_contact_alias(pool, contact.kind, &contact.value));
    let other = holder.filter(|holder| holder.sub != user.sub);
    if let (Some(alias), Some(_), false) = (&alias, other, request.force_alias) {
        return refuse(Refusal::AliasTaken(alias.kind));
    }

    let mut confirmed = user.confirmed(now)?;
    if let Some(contact) = verified {
        confirmed.attributes.set_verified(contact.kind, true);
    }
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::PutUser(Box::new(confirmed.clone())),
        Change::RemoveCode { of: of(), purpose },
        Change::RemoveAttempts { of: of(), act },
        Change::RemoveAttempts { of: of(), act: AttemptKind::AdminConfirmSignUp },
    ];
    if let Some(alias) = alias {
        let holders: BTreeMap<_, _> = other.map(|other| (alias.clone(), other.clone())).into_iter().collect();
        remember.extend(assign_aliases(vec![alias], &holders, &user.sub, now));
    }
    if let SessionLookup::Found(key, _) = request.session {
        remember.push(Change::RemoveSession(key.clone()));
    }
    let session = caller.client.allows_user_auth().then(|| new_session.clone());
    if let Some(handle) = &session {
        let key = handle.key(caller.digest_keys, &pool.id);
        let session = Session::begin(of(), caller.client, Stage::Confirmed, now).bind(Some(&confirmed));
        remember.push(Change::PutSession { key, session });
    }
    Ok(Verdict { remember, answer: Ok(ConfirmSignUpAnswer { user: confirmed, session }) })
}

/// Refuses a username that leads to no user, or to one whose status is hidden. If the app client hides users, the refusal is
/// that of a wrong code (reported, cog-0359), with the same digest, comparison and counting as for a user.
fn refuse_unknown(
    caller: &AppClientCaller<'_>,
    request: &ConfirmSignUpRequest<'_>,
    found: &LoadedUser<'_>,
    now: Timestamp,
) -> Result<Verdict<ConfirmSignUpAnswer>, Refusal> {
    if !caller.client.hides_users {
        return Err(Refusal::UserNotFound);
    }
    if !matches!(request.session, SessionLookup::NotSent) {
        // A session always belongs to a user. A user who sends the session of another user is refused in the same way.
        return Err(Refusal::SessionInvalid);
    }
    let of = found.user.map_or_else(|| caller.simulated_sub(request.username), |user| user.sub.clone());
    let act = AttemptKind::ConfirmSignUp;
    let attempts = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&of, act)),
    };
    // The result is known; the comparison is made so that the response takes as long as for a user.
    let _ = caller.check_code(&of, Purpose::SignUp, None, request.code, now);
    Ok(Verdict {
        remember: vec![Change::PutAttempts { of, act, attempts }],
        answer: Err(Refusal::CodeMismatch),
    })
}

#[cfg(test)]
#[path = "confirm_sign_up_tests.rs"]
mod tests;
