//! ConfirmSignUp.
//!
//! Order: secret hash, user, status, enabled, session, attempts, code, alias, then the change. Status before code is
//! *Observed* (cog-0004); the rest is inferred. *Chosen*: the alias is checked after the code, so that only somebody
//! with the right code learns that an alias is taken; the refused attempt counts and the code stays good, for a
//! second try with ForceAliasCreation.
//!
//! A wrong code is remembered: [`Verdict::remember`] is not empty for that refusal.

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::{PendingCode, Purpose, check_code},
    digest::Digest,
    flow::{Caller, Found, sign_up::take_aliases},
    pool::{
        Pool,
        alias::{self, NameKey},
    },
    sign_in::session::{Session, SessionHandle, Stage},
    user::{
        User,
        attempt::{Act, Attempts},
    },
};

/// What ConfirmSignUp was sent, as far as it decides.
#[derive(Clone, Copy)]
pub struct Confirm<'a> {
    /// The username as typed: a username, an active alias or a sub.
    pub username: &'a str,
    /// The code as typed.
    pub code: &'a str,
    /// ForceAliasCreation.
    pub force_alias: bool,
    /// The Session that came, if one did.
    pub session: Presented<'a>,
}

crate::secret::debug_hidden!(Confirm);

/// The Session of a request, looked up.
#[derive(Clone, Copy, Debug)]
pub enum Presented<'a> {
    /// None was sent.
    Nothing,
    /// One was sent that leads nowhere: made up, used, or swept away.
    Unknown,
    /// One was sent; this is where it lies and what it is.
    Kept(&'a Digest, &'a Session),
}

/// What ConfirmSignUp answers.
#[derive(Debug)]
pub struct Confirmed {
    /// The user as it is now, for PostConfirmation.
    pub user: User,
    /// A new Session, whenever the app client allows USER_AUTH: Amplify signs in with it although it sends none.
    pub session: Option<SessionHandle>,
}

/// The alias that a right code would make active: the caller reads who holds it, and commits on the condition that
/// it stays so.
pub fn alias_wanted(pool: &Pool, found: &Found<'_>) -> Option<NameKey> {
    let contact = verified_by(found.user?, found.code?)?;
    alias::alias_of_verified(pool, contact.kind, &contact.value)
}

/// Decides. `holder` is the user who holds [`alias_wanted`]; `new_session` is used if a session begins.
pub fn confirm(
    caller: &Caller<'_>,
    asked: &Confirm<'_>,
    found: &Found<'_>,
    holder: Option<&User>,
    new_session: &SessionHandle,
    now: Timestamp,
) -> Verdict<Confirmed> {
    decide(caller, asked, found, holder, new_session, now).into()
}

fn decide(
    caller: &Caller<'_>,
    asked: &Confirm<'_>,
    found: &Found<'_>,
    holder: Option<&User>,
    new_session: &SessionHandle,
    now: Timestamp,
) -> Result<Verdict<Confirmed>, Refusal> {
    caller.check_secret(asked.username)?;
    let Some(user) = found.user else { return refuse_unknown(caller, asked, found, now) };
    user.check_confirmable()?;
    match asked.session {
        Presented::Nothing => {}
        // What the service says to a damaged Session here is unknown; *Chosen*: it is refused as in a challenge.
        Presented::Unknown => return Err(Refusal::SessionInvalid),
        Presented::Kept(_, session) => session.check(&user.sub, &caller.client.id, Stage::SignedUp, now)?,
    }
    let act = Act::ConfirmSignUp;
    let attempts = match Attempts::one_more(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&user.sub, act)),
    };
    let counted = Change::PutAttempts { of: user.sub.clone(), act, attempts };
    let refuse = |refusal| Ok(Verdict { remember: vec![counted], answer: Err(refusal) });

    let (pool, purpose) = (caller.pool, Purpose::SignUp);
    if let Err(refusal) =
        check_code(caller.digest_keys, &pool.id, &user.sub, purpose, found.code, asked.code, now)
    {
        return refuse(refusal);
    }
    let verified = found.code.and_then(|code| verified_by(user, code));
    let alias =
        verified.as_ref().and_then(|contact| alias::alias_of_verified(pool, contact.kind, &contact.value));
    let other = holder.filter(|holder| holder.sub != user.sub);
    if let (Some(alias), Some(_), false) = (&alias, other, asked.force_alias) {
        return refuse(Refusal::AliasTaken(alias.kind));
    }

    let mut confirmed = user.confirmed(now)?;
    if let Some(contact) = &verified {
        confirmed.attributes.set_verified(contact.kind, true);
    }
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::PutUser(Box::new(confirmed.clone())),
        Change::RemoveCode { of: of(), purpose },
        Change::RemoveAttempts { of: of(), act },
        Change::RemoveAttempts { of: of(), act: Act::AdminConfirmSignUp },
    ];
    if let Some(alias) = alias {
        let holders: BTreeMap<_, _> = other.map(|other| (alias.clone(), other.clone())).into_iter().collect();
        remember.extend(take_aliases(vec![alias], &holders, &user.sub, now));
    }
    if let Presented::Kept(key, _) = asked.session {
        remember.push(Change::RemoveSession(key.clone()));
    }
    let session = caller.client.allows_user_auth().then(|| new_session.clone());
    if let Some(handle) = &session {
        let key = handle.key(caller.digest_keys, &pool.id);
        let session = Session::begin(of(), caller.client, Stage::Confirmed, now);
        remember.push(Change::PutSession { key, session });
    }
    Ok(Verdict { remember, answer: Ok(Confirmed { user: confirmed, session }) })
}

/// What a right code verifies: the contact that it was sent to, unless that has changed since.
fn verified_by(user: &User, code: &PendingCode) -> Option<Contact> {
    user.attributes.contact(code.contact.kind).filter(|now| *now == code.contact)
}

/// A name that names nobody. A client that hides this sees a wrong code (reported, cog-0359), and the same digest,
/// comparison and counting as for a user.
fn refuse_unknown(
    caller: &Caller<'_>,
    asked: &Confirm<'_>,
    found: &Found<'_>,
    now: Timestamp,
) -> Result<Verdict<Confirmed>, Refusal> {
    if !caller.client.hides_users {
        return Err(Refusal::UserNotFound);
    }
    if !matches!(asked.session, Presented::Nothing) {
        // No session can be nobody's, and a user with somebody else's is told the same.
        return Err(Refusal::SessionInvalid);
    }
    let (of, act) = (caller.simulated_sub(asked.username), Act::ConfirmSignUp);
    let attempts = match Attempts::one_more(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&of, act)),
    };
    // The outcome is known; the work is what counts.
    let _ = check_code(caller.digest_keys, &caller.pool.id, &of, Purpose::SignUp, None, asked.code, now);
    Ok(Verdict {
        remember: vec![Change::PutAttempts { of, act, attempts }],
        answer: Err(Refusal::CodeMismatch),
    })
}

#[cfg(test)]
#[path = "confirm_sign_up_tests.rs"]
mod tests;
