//! NEW_PASSWORD_REQUIRED: a new password in place of a temporary one, and missing attributes.
//!
//! The user adds required attributes that an administrator left out (cog-0239), and may set others that the app client
//! may write. A required attribute that the user already has cannot be changed here (*Observed*, pub-0020), nor can the
//! verified flags (*Observed*, pub-0021). An immutable attribute can only be added.
//!
//! Only the temporary password with which the sign-in started can be replaced: the session is refused if the user has
//! another password by now. The new password may equal the temporary one (cog-0237). PostConfirmation is not invoked
//! (cog-0392).

use super::{NameHolders, NextAction, PasswordReplacement, SignInOutcome, Step, admission, completion};
use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::{
        AttributeInput, Attributes,
        contact::ContactKind,
        schema::{SchemaFault, SchemaFaultKind},
    },
    pool::{
        Pool,
        alias::{self, NameKey, NameKind},
    },
    secret::{Sealed, Secret},
    sign_in::{challenge::ChallengePrompt, parameter::Parameters},
    user::{Status, User},
};

/// The prefix of attributes in ChallengeResponses.
const PREFIX: &str = "userAttributes.";

/// Returns the challenge with its parameters.
pub(super) fn challenge(step: &Step<'_>, user: &User) -> ChallengePrompt {
    let readable = user.attributes.iter().filter(|(name, _)| step.caller.client.may_read(name));
    ChallengePrompt::NewPassword {
        username: user.username.clone(),
        attributes: readable.collect(),
        required: missing_attributes(step.caller.pool, &user.attributes),
    }
}

/// Returns the names of the attributes that the pool requires and that are missing.
fn missing_attributes(pool: &Pool, attributes: &Attributes) -> Vec<String> {
    let required = pool.schema.iter().filter(|(name, spec)| spec.required && *name != "sub");
    required.filter(|(name, _)| attributes.get(name).is_none()).map(|(name, _)| name.to_owned()).collect()
}

/// The answer to the challenge, without USERNAME.
#[derive(Clone, Debug)]
pub struct NewPasswordAnswer<'a> {
    password: &'a Secret,
    attributes: Vec<AttributeInput>,
}

/// Reads the answer to the challenge.
pub(super) fn read(parameters: &Parameters) -> Result<NewPasswordAnswer<'_>, Refusal> {
    let given = parameters.with_prefix(PREFIX);
    let given =
        given.map(|(name, value)| AttributeInput { name: name.to_owned(), value: Some(value.to_owned()) });
    Ok(NewPasswordAnswer { password: parameters.get_secret("NEW_PASSWORD")?, attributes: given.collect() })
}

/// Checks password and attributes, and returns the next action: the derivation of the verifier. `until` is the expiry
/// of the temporary password with which the sign-in started.
pub(super) fn next_action<'a>(
    step: &Step<'_>,
    answer: &NewPasswordAnswer<'a>,
    until: Timestamp,
) -> Result<NextAction<'a>, Refusal> {
    let user = admission::admit(step)?.ok_or(Refusal::SessionInvalid)?;
    match user.status {
        Status::ForceChangePassword { expires_at } if expires_at != until => {
            return Err(Refusal::SessionInvalid);
        }
        Status::ForceChangePassword { expires_at } if expires_at <= step.now => {
            return Err(Refusal::TemporaryPasswordExpired);
        }
        Status::ForceChangePassword { .. } => {}
        _ => return Err(Refusal::SessionInvalid),
    }
    let pool = step.caller.pool;
    pool.password_policy.check(answer.password)?;
    let mut user = User { attributes: merge_attributes(step, user, &answer.attributes)?, ..user.clone() };
    user.status = Status::Confirmed;
    user.modified_at = step.now;
    Ok(NextAction::DerivePassword(Box::new(PasswordReplacement { password: answer.password, user })))
}

/// Returns the user's attributes with those of the answer, or refuses.
fn merge_attributes(step: &Step<'_>, user: &User, given: &[AttributeInput]) -> Result<Attributes, Refusal> {
    let (pool, client) = (step.caller.pool, step.caller.client);
    let is_required = |name: &str| pool.schema.get(name).is_some_and(|spec| spec.required);
    if let Some(one) =
        given.iter().find(|one| is_required(&one.name) && user.attributes.get(&one.name).is_some())
    {
        return Err(Refusal::AttributeAlreadyProvided(one.name.clone()));
    }
    let is_flag = |name: &str| ContactKind::BOTH.iter().any(|kind| kind.verified_attribute() == name);
    if let Some(flag) = given.iter().find(|one| is_flag(&one.name)) {
        return Err(Refusal::AttributeReserved(flag.name.clone()));
    }
    if given.iter().any(|one| !client.may_write(&one.name)) {
        return Err(Refusal::AttributeNotWritable);
    }
    let mut all = user.attributes.clone();
    for one in given {
        all.set(one.name.clone(), one.value.clone().unwrap_or_default());
    }
    let missing = missing_attributes(pool, &all);
    if !missing.is_empty() {
        return Err(Refusal::AttributesMissing(missing));
    }
    let fault = |one: &AttributeInput| {
        let is_fixed = pool.schema.get(&one.name).is_some_and(|spec| !spec.mutable);
        let kind = match is_fixed && user.attributes.get(&one.name).is_some() {
            true => SchemaFaultKind::Immutable,
            false => pool.schema.find_fault(&one.name, one.value.as_deref()?)?,
        };
        Some(SchemaFault { attribute: one.name.clone(), kind })
    };
    let faults: Vec<_> = given.iter().filter_map(fault).collect();
    if !faults.is_empty() {
        return Err(Refusal::Schema(faults));
    }
    alias::check_preferred_form(pool, Some(&user.attributes), &all)?;
    for kind in ContactKind::BOTH {
        let Some(contact) = all.contact(kind) else { continue };
        if user.attributes.contact(kind).as_ref() != Some(&contact) {
            if !kind.is_well_formed(&contact.value) {
                return Err(Refusal::ContactMalformed(kind));
            }
            all.set_verified(kind, false);
        }
    }
    Ok(all)
}

/// Returns the names that the user gains by the new attributes. The server loads the holder of each.
pub(super) fn names_gained(pool: &Pool, before: &User, after: &Attributes) -> Vec<NameKey> {
    let own = |attributes| alias::initial_names(pool, &before.username, attributes);
    let had = own(&before.attributes);
    let mut gained: Vec<NameKey> = own(after).into_iter().filter(|name| !had.contains(name)).collect();
    let attribute = "preferred_username";
    let preferred = after.get(attribute).filter(|name| before.attributes.get(attribute) != Some(*name));
    if let (Some(preferred), true) = (preferred, pool.is_alias(NameKind::PreferredUsername)) {
        gained.push(NameKey::new(pool, NameKind::PreferredUsername, preferred));
    }
    gained
}

/// Sets the password. `credential` is its sealed verifier; `holders` are the users who hold any of the names that the
/// user would gain.
pub fn decide(
    step: &Step<'_>,
    new: &PasswordReplacement<'_>,
    credential: Sealed,
    holders: &NameHolders,
) -> Verdict<SignInOutcome> {
    let before = match admission::admit(step) {
        Ok(Some(user)) => user,
        Ok(None) => return Verdict::refuse(Refusal::SessionInvalid),
        Err(refusal) => return Verdict::refuse(refusal),
    };
    let user = User { credential: Some(credential), ..new.user.clone() };
    let gained = names_gained(step.caller.pool, before, &user.attributes);
    let is_taken = |name: &&NameKey| crate::user::names::is_taken(step.caller.pool, name, holders, &user.sub);
    if let Some(taken) = gained.iter().find(is_taken) {
        return Verdict::refuse(Refusal::AliasTaken(taken.kind));
    }
    let mut remember: Vec<Change> = step.use_up_session().into_iter().collect();
    remember.push(Change::PutUser(Box::new(user.clone())));
    let held = |attributes| alias::held_names(step.caller.pool, &user.username, attributes);
    let kept = held(&user.attributes);
    let lost = held(&before.attributes).into_iter().filter(|name| !kept.contains(name));
    remember.extend(lost.map(Change::RemoveName));
    remember.extend(gained.into_iter().map(|name| Change::PutName { name, owner: user.sub.clone() }));
    completion::after_first_factor(step, user, remember)
}

#[cfg(test)]
#[path = "new_password_tests.rs"]
mod tests;
