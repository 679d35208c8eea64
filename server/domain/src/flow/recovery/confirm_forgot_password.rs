//! ConfirmForgotPassword: a new password for a code, in two halves with the derivation of the verifier between them.
//!
//! Order: secret hash, user, enabled, the pool's policy, attempts, code, the passwords that must not come back, then the
//! change. *Chosen*: a password that breaks the policy is refused before the code is looked at, so that the code stays
//! good; one that was used before is refused after it, so that only somebody with the right code learns that.
//!
//! A client that hides who exists sees a wrong code where there is no such user, or a disabled one (*Documented*,
//! cog-0307), and the same derivation, digest, comparison and counting as for a user.

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::{Purpose, check_code},
    flow::{Caller, Found},
    id::{Sub, Username},
    secret::{Sealed, Secret},
    user::{
        User,
        attempt::{Act, Attempts},
    },
};

/// What ConfirmForgotPassword was sent, as far as it decides.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The code as typed.
    pub code: &'a str,
    /// The new password.
    pub password: &'a Secret,
}

crate::secret::debug_hidden!(NewPassword);

/// For whom the verifier of the new password is derived: the user, or whoever stands in for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The sub.
    pub sub: Sub,
    /// The username.
    pub username: Username,
}

/// What the keys say about the new password.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its sealed verifier.
    pub credential: Sealed,
    /// Whether it is one of [`credentials_to_compare`].
    pub is_former: bool,
}

/// The first half: may this be asked at all?
pub fn admit(caller: &Caller<'_>, asked: &NewPassword<'_>, user: Option<&User>) -> Result<Owner, Refusal> {
    caller.check_secret(asked.username)?;
    match user {
        None if !caller.client.hides_users => return Err(Refusal::UserNotFound),
        Some(user) if !caller.client.hides_users => user.check_enabled()?,
        _ => {}
    }
    caller.pool.password_policy.check(asked.password)?;
    Ok(match user {
        Some(user) => Owner { sub: user.sub.clone(), username: user.username.clone() },
        None => Owner { sub: caller.simulated_sub(asked.username), username: Username::new(asked.username) },
    })
}

/// The sealed verifiers that the password must not match; none unless the code is right. The code is compared for
/// nobody too, or the work would tell who exists.
pub fn credentials_to_compare(
    caller: &Caller<'_>,
    asked: &NewPassword<'_>,
    found: &Found<'_>,
    owner: &Owner,
    now: Timestamp,
) -> Vec<Sealed> {
    let is_right = check(caller, &owner.sub, asked, found, now).is_ok();
    match found.user.filter(|user| user.enabled && is_right) {
        Some(user) => user.credentials_not_to_repeat(&caller.pool.password_policy).cloned().collect(),
        None => Vec::new(),
    }
}

/// The second half. The answer is the user as they are now, for PostConfirmation.
pub fn confirm(
    caller: &Caller<'_>,
    asked: &NewPassword<'_>,
    found: &Found<'_>,
    owner: &Owner,
    compared: Compared,
    now: Timestamp,
) -> Verdict<User> {
    decide(caller, asked, found, owner, compared, now).into()
}

fn decide(
    caller: &Caller<'_>,
    asked: &NewPassword<'_>,
    found: &Found<'_>,
    owner: &Owner,
    compared: Compared,
    now: Timestamp,
) -> Result<Verdict<User>, Refusal> {
    let (of, act) = (owner.sub.clone(), Act::RecoverPassword);
    let attempts = Attempts::one_more(found.attempts, act, now)?;
    let counted = Change::PutAttempts { of: of.clone(), act, attempts };
    let refuse = |refusal| Ok(Verdict { remember: vec![counted], answer: Err(refusal) });
    let checked = check(caller, &of, asked, found, now);
    // cog-0307, whatever was found out about the code; what counts is that it was looked at.
    let Some(user) = found.user.filter(|user| user.enabled) else { return refuse(Refusal::CodeMismatch) };
    if let Err(refusal) = checked {
        return refuse(refusal);
    }
    if compared.is_former {
        return refuse(Refusal::PasswordUsedBefore);
    }
    let changed = user.with_password(compared.credential, &caller.pool.password_policy, now);
    let remember = vec![
        Change::PutUser(Box::new(changed.clone())),
        Change::RemoveCode { of: of.clone(), purpose: Purpose::ForgotPassword },
        Change::RemoveAttempts { of, act },
    ];
    Ok(Verdict { remember, answer: Ok(changed) })
}

fn check(
    caller: &Caller<'_>,
    of: &Sub,
    asked: &NewPassword<'_>,
    found: &Found<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (keys, pool, purpose) = (caller.digest_keys, &caller.pool.id, Purpose::ForgotPassword);
    check_code(keys, pool, of, purpose, found.code, asked.code, now)
}

#[cfg(test)]
#[path = "confirm_forgot_password_tests.rs"]
mod tests;
