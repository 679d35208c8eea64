//! EMAIL_OTP and SMS_OTP: a code that was sent to a contact, as the first factor. Codes of second factors are answered
//! here too; they are asked for in [`super::second_factor`].
//!
//! The code is kept with the session and lives as long as it. A wrong one counts like a wrong password and leaves the
//! session good for another try. A right one verifies the contact (*Documented*, cog-0262), and with it activates the
//! alias, if nobody else has it.
//!
//! Nobody gets no code, and is told that one was sent to where they said (cog-0177).

use super::{Holders, Next, Outcome, Step, admission, finish, mfa_setup, new_password, second_factor};
use crate::{
    Change, Refusal, Verdict,
    attribute::contact::{Contact, ContactKind},
    code::{
        Code,
        message::{Message, MessageReason},
    },
    id::Sub,
    pool::{
        alias::{self, NameKey},
        mfa::MfaFactor,
    },
    sign_in::{
        challenge::{Asked, Awaited, SentCode, one_time_code},
        parameter::Parameters,
    },
    user::{Status, User},
};

/// Sends a code and goes on with the challenge.
pub(super) fn ask(step: &Step<'_>, kind: ContactKind) -> Result<Verdict<Outcome>, Refusal> {
    let (caller, code) = (&step.caller, &step.fresh.code);
    let user = admission::admit(step)?;
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    let of = step.of();
    let to = match user {
        None => simulated_contact(kind, step.typed, &of),
        Some(user) => {
            let to = user.attributes.contact(kind).ok_or(Refusal::NoContact)?;
            remember.push(send(step, user, to.clone(), code.clone()));
            to
        }
    };
    let sent = SentCode::new(caller.digest_keys, &caller.pool.id, &of, code, to.clone());
    let (awaited, asked) = (Awaited::OneTimeCode(sent), Asked::OneTimeCode { to });
    Ok(finish::challenge(step, awaited, asked, vec![one_time_code(kind)], remember))
}

/// Where a code to nobody is said to have gone: where they said, or else to letters and digits that follow from the
/// name, so that asking twice shows the same.
fn simulated_contact(kind: ContactKind, typed: &str, of: &Sub) -> Contact {
    if kind.is_formed(typed) {
        return Contact { kind, value: typed.to_owned() };
    }
    let bytes: Vec<u8> = of.as_str().bytes().filter(u8::is_ascii_hexdigit).collect();
    let at = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let value = match kind {
        ContactKind::Email => format!("{}@{}", char::from(b'a' + at(0) % 26), char::from(b'a' + at(1) % 26)),
        ContactKind::PhoneNumber => format!("+1{}{}{}{}", at(0) % 10, at(1) % 10, at(2) % 10, at(3) % 10),
    };
    Contact { kind, value }
}

/// Reads the answer to the challenge: the code.
pub(super) fn read(parameters: &Parameters, kind: ContactKind) -> Result<&str, Refusal> {
    parameters.get(match kind {
        ContactKind::Email => "EMAIL_OTP_CODE",
        ContactKind::PhoneNumber => "SMS_OTP_CODE",
    })
}

/// A code on its way to somebody who signs in.
pub(super) fn send(step: &Step<'_>, user: &User, to: Contact, code: Code) -> Change {
    Change::Send(Box::new(Message {
        reason: MessageReason::Authentication,
        of: user.sub.clone(),
        username: user.username.clone(),
        client: Some(step.caller.client.id.clone()),
        to,
        code,
    }))
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is the only factor so far.
    FirstFactor,
    /// It is the second factor.
    SecondFactor,
    /// It is the second factor, and shows that an address is the user's who had none.
    NewContact,
}

/// The contact that a right code verifies: the one that it was sent to, unless that has changed or was verified before.
fn verified_by<'a>(user: &User, sent: &'a SentCode, role: Role) -> Option<&'a Contact> {
    let kind = sent.to.kind;
    let is_still = match user.attributes.contact(kind) {
        Some(contact) => contact == sent.to,
        None => role == Role::NewContact,
    };
    (is_still && !user.attributes.is_verified(kind)).then_some(&sent.to)
}

/// The user with the contact that a right code verifies, if it verifies any.
fn with_contact(step: &Step<'_>, user: &User, sent: &SentCode, role: Role) -> Option<User> {
    let contact = verified_by(user, sent, role)?;
    let mut user = User { modified_at: step.now, ..user.clone() };
    user.attributes.set(contact.kind.attribute(), contact.value.clone());
    user.attributes.set_verified(contact.kind, true);
    Some(user)
}

/// The names that a right code would give to the user: the caller reads who holds each of them.
pub(super) fn names_wanted(step: &Step<'_>, sent: &SentCode, role: Role) -> Vec<NameKey> {
    let Some(user) = step.found.user else { return Vec::new() };
    let Some(after) = with_contact(step, user, sent, role) else { return Vec::new() };
    let pool = step.caller.pool;
    let alias = alias::alias_of_verified(pool, sent.to.kind, &sent.to.value);
    alias.into_iter().chain(new_password::names_gained(pool, user, &after.attributes)).collect()
}

/// Compares the code and decides.
pub(super) fn next<'a>(
    step: &Step<'_>,
    sent: &SentCode,
    role: Role,
    code: &str,
    holders: &Holders,
) -> Result<Next<'a>, Refusal> {
    let caller = &step.caller;
    let admitted = admission::admit(step)?;
    let is_right = sent.is_code(caller.digest_keys, &caller.pool.id, &step.of(), code);
    let Some(before) = admitted.filter(|_| is_right) else {
        return Ok(Next::Decided(step.fail(Refusal::SignInCodeMismatch)));
    };
    match role {
        // One that was set since the code was sent is to be shown: codes are not for such users (cog-0176; *Chosen* that
        // the session is then good for nothing).
        Role::FirstFactor if matches!(before.status, Status::ForceChangePassword { .. }) => {
            return Err(Refusal::SessionInvalid);
        }
        Role::FirstFactor | Role::SecondFactor => {}
        Role::NewContact => mfa_setup::check_due(step, before)?,
    }
    let mut remember: Vec<Change> = step.leave().into_iter().collect();
    let after = with_contact(step, before, sent, role);
    if let Some(after) = &after {
        for name in names_wanted(step, sent, role) {
            if holders.get(&name).is_some_and(|holder| holder.sub != before.sub) {
                return Err(Refusal::AliasTaken(name.kind));
            }
            remember.push(Change::PutName { name, owner: before.sub.clone() });
        }
        remember.push(Change::PutUser(Box::new(after.clone())));
    }
    let user = after.unwrap_or_else(|| before.clone());
    Ok(Next::Decided(match role {
        Role::FirstFactor => finish::sign_in(step, user, remember),
        Role::SecondFactor => finish::complete(step, user, remember),
        Role::NewContact => {
            let user = second_factor::set_up(step, user, MfaFactor::of_contact(sent.to.kind), &mut remember);
            finish::complete(step, user, remember)
        }
    }))
}

#[cfg(test)]
#[path = "one_time_code_tests.rs"]
mod tests;
