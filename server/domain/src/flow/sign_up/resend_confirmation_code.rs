//! ResendConfirmationCode: sends a new code for a sign-up.
//!
//! Order: secret hash, user, status, auto-verification, enabled, contact, attempts, then a new code in place of the
//! old one. The order is *Chosen*: faults of the user before those of the pool, and the limit last, because only codes
//! that are sent count against it. The error texts are *Observed*.
//!
//! An app client that hides users receives a success for a user who does not exist or is disabled (*Documented*:
//! "Managing error responses"), is confirmed (reported, cog-0146), or has no contact for the code (*Chosen*).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::{AppClientCaller, LoadedUser, decoy},
    pool::contact::contact_for_code,
    user::{
        Status, User,
        attempt::{AttemptKind, Attempts},
    },
};

/// The answer of ResendConfirmationCode.
#[derive(Debug)]
pub struct ResendConfirmationCodeAnswer {
    /// The destination of the code; a simulated one if no code was sent.
    pub delivery: Contact,
}

/// Sends a new code. `code` is the code to use if one is sent.
pub fn resend(
    caller: &AppClientCaller<'_>,
    username: &str,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Verdict<ResendConfirmationCodeAnswer> {
    decide(caller, username, found, code, now).into()
}

fn decide(
    caller: &AppClientCaller<'_>,
    username: &str,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<ResendConfirmationCodeAnswer>, Refusal> {
    caller.check_secret(username)?;
    let hides = caller.client.hides_users;
    let user = match found.user {
        None if hides => return simulate_resend(caller, username, found, code, now),
        None => return Err(Refusal::UserNotFound),
        Some(user) => user,
    };
    let to = match get_contact(caller, user) {
        Err(refusal) if hides && refusal != Refusal::AutoVerificationOff => {
            return simulate_resend(caller, username, found, code, now);
        }
        contact => contact?,
    };
    let act = AttemptKind::ResendConfirmationCode;
    let attempts = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&user.sub, act)),
    };
    Ok(send(caller, user, to, code, Change::PutAttempts { of: user.sub.clone(), act, attempts }, now))
}

/// Returns the contact that a code can be sent to, or refuses because of the user or the pool.
fn get_contact(caller: &AppClientCaller<'_>, user: &User) -> Result<Contact, Refusal> {
    if user.status != Status::Unconfirmed {
        return Err(Refusal::AlreadyConfirmed);
    }
    check_pool(caller)?;
    if !user.enabled {
        return Err(Refusal::UserDisabled);
    }
    contact_for_code(caller.pool, &user.attributes).ok_or(Refusal::NoContact)
}

fn check_pool(caller: &AppClientCaller<'_>) -> Result<(), Refusal> {
    if caller.pool.auto_verified.is_empty() { Err(Refusal::AutoVerificationOff) } else { Ok(()) }
}

fn send(
    caller: &AppClientCaller<'_>,
    user: &User,
    to: Contact,
    code: &Code,
    counted: Change,
    now: Timestamp,
) -> Verdict<ResendConfirmationCodeAnswer> {
    let (purpose, of) = (Purpose::SignUp, user.sub.clone());
    let pending = PendingCode::new(caller.digest_keys, &caller.pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ResendCode,
        of: of.clone(),
        username: user.username.clone(),
        client: Some(caller.client.id.clone()),
        to: to.clone(),
        code: code.clone(),
        is_hidden: caller.client.hides_users,
        is_verified: user.has_verified(&to),
    };
    let remember =
        vec![counted, Change::PutCode { of, purpose, code: pending }, Change::Send(Box::new(message))];
    Verdict { remember, answer: Ok(ResendConfirmationCodeAnswer { delivery: to }) }
}

/// Answers that a code was sent to a simulated destination, and sends none but a [`decoy`] (*Chosen*: also for a confirmed user, so that
/// the destination tells only of unconfirmed ones, as recorded). The refusal by the pool and the limit apply as for a user.
fn simulate_resend(
    caller: &AppClientCaller<'_>,
    username: &str,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<ResendConfirmationCodeAnswer>, Refusal> {
    check_pool(caller)?;
    let simulated = caller.simulated_user(username);
    let of = found.user.map_or_else(|| simulated.sub.clone(), |user| user.sub.clone());
    let act = AttemptKind::ResendConfirmationCode;
    let attempts = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&of, act)),
    };
    let (delivery, reason) = (simulated.contact_for_code(caller.pool), MessageReason::ResendCode);
    let mut remember = vec![Change::PutAttempts { of, act, attempts }];
    remember.extend(decoy::code_and_message(caller, &simulated, reason, delivery.clone(), code, now));
    Ok(Verdict { remember, answer: Ok(ResendConfirmationCodeAnswer { delivery }) })
}

#[cfg(test)]
#[path = "resend_confirmation_code_tests.rs"]
mod tests;
