//! ResendConfirmationCode.
//!
//! Order: secret hash, user, status, auto-verification, enabled, contact, attempts, then a new code in place of the
//! old one. Only the texts are recorded; the order is *Chosen*: what is wrong with the user before what is wrong with
//! the pool, and the limit last, because only codes that are sent count against it.
//!
//! A client that hides who exists sees a plain success for whoever is not there, is disabled (*Documented*: "Managing
//! error responses"), is confirmed (reported, cog-0146), or has nothing that a code could be sent to (*Chosen*).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::{Caller, Found},
    pool::contact::{contact_for_code, simulated_contact},
    user::{
        Status, User,
        attempt::{Act, Attempts},
    },
};

/// What ResendConfirmationCode answers.
#[derive(Debug)]
pub struct Resent {
    /// Where the code went, or is said to have gone.
    pub delivery: Contact,
}

/// Decides. `code` is the new code, should one be sent.
pub fn resend(
    caller: &Caller<'_>,
    username: &str,
    found: &Found<'_>,
    code: &Code,
    now: Timestamp,
) -> Verdict<Resent> {
    decide(caller, username, found, code, now).into()
}

fn decide(
    caller: &Caller<'_>,
    username: &str,
    found: &Found<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<Resent>, Refusal> {
    caller.check_secret(username)?;
    let hides = caller.client.hides_users;
    let user = match found.user {
        None if hides => return pretend(caller, username, found, now),
        None => return Err(Refusal::UserNotFound),
        Some(user) => user,
    };
    let to = match reach(caller, user) {
        Err(refusal) if hides && refusal != Refusal::AutoVerificationOff => {
            return pretend(caller, username, found, now);
        }
        reached => reached?,
    };
    let act = Act::ResendConfirmationCode;
    let attempts = Attempts::one_more(found.attempts, act, now)?;
    Ok(send(caller, user, to, code, Change::PutAttempts { of: user.sub.clone(), act, attempts }, now))
}

/// Where a code can be sent, or what is wrong with the user or the pool.
fn reach(caller: &Caller<'_>, user: &User) -> Result<Contact, Refusal> {
    if user.status != Status::Unconfirmed {
        return Err(Refusal::AlreadyConfirmed);
    }
    check_pool(caller)?;
    if !user.enabled {
        return Err(Refusal::UserDisabled);
    }
    contact_for_code(caller.pool, &user.attributes).ok_or(Refusal::NoContact)
}

fn check_pool(caller: &Caller<'_>) -> Result<(), Refusal> {
    if caller.pool.auto_verified.is_empty() { Err(Refusal::AutoVerificationOff) } else { Ok(()) }
}

fn send(
    caller: &Caller<'_>,
    user: &User,
    to: Contact,
    code: &Code,
    counted: Change,
    now: Timestamp,
) -> Verdict<Resent> {
    let (purpose, of) = (Purpose::SignUp, user.sub.clone());
    let pending = PendingCode::new(caller.digest_keys, &caller.pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ResendCode,
        of: of.clone(),
        username: user.username.clone(),
        client: Some(caller.client.id.clone()),
        to: to.clone(),
        code: code.clone(),
    };
    let remember =
        vec![counted, Change::PutCode { of, purpose, code: pending }, Change::Send(Box::new(message))];
    Verdict { remember, answer: Ok(Resent { delivery: to }) }
}

/// Says that a code was sent, and sends none. The pool's refusal and the limit show as they would for a user.
fn pretend(
    caller: &Caller<'_>,
    username: &str,
    found: &Found<'_>,
    now: Timestamp,
) -> Result<Verdict<Resent>, Refusal> {
    check_pool(caller)?;
    let simulated = caller.simulated_sub(username);
    let of = found.user.map_or_else(|| simulated.clone(), |user| user.sub.clone());
    let act = Act::ResendConfirmationCode;
    let attempts = Attempts::one_more(found.attempts, act, now)?;
    let own = found.user.and_then(|user| contact_for_code(caller.pool, &user.attributes));
    let delivery = own.unwrap_or_else(|| simulated_contact(caller.pool, username, simulated.as_str()));
    Ok(Verdict { remember: vec![Change::PutAttempts { of, act, attempts }], answer: Ok(Resent { delivery }) })
}

#[cfg(test)]
#[path = "resend_confirmation_code_tests.rs"]
mod tests;
