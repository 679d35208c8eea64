//! EMAIL_OTP and SMS_OTP: a code that is sent to a contact, as the first factor. Answers with codes of second factors
//! are handled here too; these codes are sent by [`super::second_factor`].
//!
//! The code is stored in the session and expires with it. A wrong code counts like a wrong password, and the session
//! stays valid for another answer. The right code verifies the contact (*Documented*, cog-0262) and activates its
//! alias, unless another user holds it.
//!
//! To an unknown user no code is sent, but a [`decoy`]. The answer then names a simulated destination (cog-0177). A disabled user
//! gets none either, where a page hides the status.

use super::{
    NameHolders, NextAction, SignInOutcome, Step, admission, completion, mfa_setup, new_password,
    second_factor,
};
use crate::{
    Change, Refusal, Verdict,
    attribute::contact::{Contact, ContactKind},
    code::{
        Code,
        destination::DestinationRule,
        message::{Message, MessageReason},
    },
    flow::decoy,
    pool::{
        alias::{self, NameKey},
        mfa::MfaFactor,
    },
    sign_in::{
        challenge::{ChallengePrompt, PendingChallenge, SentCode, one_time_code_challenge},
        parameter::Parameters,
    },
    user::{Status, User, names::is_taken},
};

/// Sends a code and the challenge that asks for it.
pub(super) fn send_challenge(step: &Step<'_>, kind: ContactKind) -> Result<Verdict<SignInOutcome>, Refusal> {
    let (caller, code) = (&step.caller, &step.fresh.code);
    let user = admission::admit(step)?;
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    let of = step.sub();
    let to = match user {
        None => step.simulated_user().contact(kind),
        Some(user) => user.attributes.contact(kind).ok_or(Refusal::NoContact)?,
    };
    remember.push(match user {
        Some(user) if user.enabled => send(step, user, to.clone(), code.clone(), caller.client.hides_users),
        _ => {
            let (simulated, reason) = (step.simulated_user(), MessageReason::Authentication);
            decoy::message(caller, &simulated, reason, to.clone(), code.clone())
        }
    });
    let sent = SentCode::new(caller.digest_keys, &caller.pool.id, &of, code, to.clone());
    let (pending, prompt) = (PendingChallenge::OneTimeCode(sent), ChallengePrompt::OneTimeCode { to });
    Ok(completion::challenge(step, pending, prompt, vec![one_time_code_challenge(kind)], remember))
}

/// Reads the code in an answer to the challenge.
pub(super) fn read(parameters: &Parameters, kind: ContactKind) -> Result<&str, Refusal> {
    parameters.get(match kind {
        ContactKind::Email => "EMAIL_OTP_CODE",
        ContactKind::PhoneNumber => "SMS_OTP_CODE",
    })
}

/// Returns the change that sends a code to a user who signs in. `is_hidden` is whether the caller may not learn from the
/// delivery that the user exists.
pub(super) fn send(step: &Step<'_>, user: &User, to: Contact, code: Code, is_hidden: bool) -> Change {
    Change::Send(Box::new(Message {
        reason: MessageReason::Authentication,
        of: user.sub.clone(),
        username: user.username.clone(),
        client: Some(step.caller.client.id.clone()),
        is_verified: user.has_verified(&to),
        to,
        code,
        is_hidden,
    }))
}

/// The role of a code in a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeRole {
    /// The code is the first factor.
    FirstFactor,
    /// The code is the second factor.
    SecondFactor,
    /// The code is the second factor, and verifies an address that the user sets up during the sign-in.
    NewContact,
}

impl CodeRole {
    /// Returns what the destination must still be for the user when the code is entered.
    const fn destination_rule(self) -> DestinationRule {
        match self {
            CodeRole::FirstFactor | CodeRole::SecondFactor => DestinationRule::Own,
            CodeRole::NewContact => DestinationRule::New,
        }
    }
}

/// Returns the contact that the right code verifies: the one it was sent to, unless the user's contact has changed or
/// was verified before.
fn verified_by<'a>(user: &User, sent: &'a SentCode, role: CodeRole) -> Option<&'a Contact> {
    let is_usable = role.destination_rule().is_met(user, &sent.to);
    (is_usable && !user.attributes.is_verified(sent.to.kind)).then_some(&sent.to)
}

/// Returns the user with the contact that the right code verifies, or `None` if it verifies none.
fn with_contact(step: &Step<'_>, user: &User, sent: &SentCode, role: CodeRole) -> Option<User> {
    let contact = verified_by(user, sent, role)?;
    let mut user = User { modified_at: step.now, ..user.clone() };
    user.attributes.set(contact.kind.attribute(), contact.value.clone());
    user.attributes.set_verified(contact.kind, true);
    Some(user)
}

/// Returns the names that the right code would assign to the user. The server loads the holder of each.
pub(super) fn names_to_reserve(step: &Step<'_>, sent: &SentCode, role: CodeRole) -> Vec<NameKey> {
    let Some(user) = step.found.user else { return Vec::new() };
    let Some(after) = with_contact(step, user, sent, role) else { return Vec::new() };
    let pool = step.caller.pool;
    let alias = alias::verified_contact_alias(pool, sent.to.kind, &sent.to.value);
    alias.into_iter().chain(new_password::names_gained(pool, user, &after.attributes)).collect()
}

/// Compares the code and decides.
pub(super) fn next_action<'a>(
    step: &Step<'_>,
    sent: &SentCode,
    role: CodeRole,
    code: &str,
    holders: &NameHolders,
) -> Result<NextAction<'a>, Refusal> {
    let caller = &step.caller;
    let admitted = admission::admit(step)?;
    let is_right = sent.is_code(caller.digest_keys, &caller.pool.id, &step.sub(), code);
    // A code to a contact that is not the user's any more is refused as a wrong one (*Chosen*).
    let is_usable = |user: &&User| role.destination_rule().is_met(user, &sent.to);
    let Some(before) = admitted.filter(|_| is_right).filter(is_usable) else {
        return Ok(NextAction::Decided(step.fail(Refusal::SignInCodeMismatch)));
    };
    match role {
        // A user who got a temporary password since the code was sent cannot sign in by code (cog-0176). *Chosen*: the
        // session is refused.
        CodeRole::FirstFactor if matches!(before.status, Status::ForceChangePassword { .. }) => {
            return Err(Refusal::SessionInvalid);
        }
        CodeRole::FirstFactor | CodeRole::SecondFactor => {}
        CodeRole::NewContact => mfa_setup::check_due(step, before)?,
    }
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    let after = with_contact(step, before, sent, role);
    if let Some(after) = &after {
        for name in names_to_reserve(step, sent, role) {
            if is_taken(step.caller.pool, &name, holders, &before.sub) {
                return Err(Refusal::AliasTaken(name.kind));
            }
            remember.push(Change::PutName { name, owner: before.sub.clone() });
        }
        remember.push(Change::PutUser(Box::new(after.clone())));
    }
    let user = after.unwrap_or_else(|| before.clone());
    Ok(NextAction::Decided(match role {
        CodeRole::FirstFactor => completion::after_first_factor(step, user, remember),
        CodeRole::SecondFactor => completion::after_second_factor(step, user, remember),
        CodeRole::NewContact => {
            let user = second_factor::set_up(step, user, MfaFactor::of_contact(sent.to.kind), &mut remember);
            completion::after_second_factor(step, user, remember)
        }
    }))
}

#[cfg(test)]
#[path = "one_time_code_tests.rs"]
mod tests;
