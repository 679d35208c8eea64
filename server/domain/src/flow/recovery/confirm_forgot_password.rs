//! ConfirmForgotPassword: sets a new password by a code, in two parts with the derivation of the verifier between them.
//!
//! Order: secret hash, user, enabled, the pool's password policy, attempts, code, password history, then the change.
//! *Chosen*: a password that breaks the policy is refused before the code is compared, so that the code stays valid.
//! One that was used before is refused after it, so that only a caller with the right code learns that.
//!
//! An app client that hides users receives the refusal of a wrong code if the user does not exist or is disabled
//! (*Documented*, cog-0307), after the same derivation, digest, comparison and counting as for a user. *Chosen*, in place of
//! the note in cog-0307: so does one that names a user without a code, or with an expired one that is not the typed one.
//! Otherwise the refusal would show that the user exists.

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::{Purpose, destination::usable_code},
    flow::{AppClientCaller, LoadedUser, NewCredential},
    id::{Sub, Username},
    secret::{Sealed, Secret},
    user::{
        User,
        attempt::{AttemptKind, Attempts},
    },
};

/// The input of ConfirmForgotPassword that the decision depends on.
#[derive(Clone, Copy)]
pub struct ConfirmForgotPasswordRequest<'a> {
    /// The username as typed.
    pub username: &'a str,
    /// The code as typed.
    pub code: &'a str,
    /// The new password.
    pub password: &'a Secret,
}

crate::secret::debug_hidden!(ConfirmForgotPasswordRequest);

/// The identity for which the verifier of the new password is derived: the user's, or a simulated one for an unknown
/// user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialOwner {
    /// The sub.
    pub sub: Sub,
    /// The username.
    pub username: Username,
}

/// Makes the checks that need neither the code nor the derived verifier: the first part.
///
/// # Errors
///
/// Refuses a wrong secret hash, and a password that breaks the policy. If the app client does not hide users, also
/// refuses a user who does not exist or is disabled.
pub fn admit(
    caller: &AppClientCaller<'_>,
    request: &ConfirmForgotPasswordRequest<'_>,
    user: Option<&User>,
) -> Result<CredentialOwner, Refusal> {
    caller.check_secret(request.username)?;
    match user {
        None if !caller.client.hides_users => return Err(Refusal::UserNotFound),
        Some(user) if !caller.client.hides_users => user.check_enabled()?,
        _ => {}
    }
    caller.pool.password_policy.check(request.password)?;
    Ok(match user {
        Some(user) => CredentialOwner { sub: user.sub.clone(), username: user.username.clone() },
        None => CredentialOwner {
            sub: caller.simulated_sub(request.username),
            username: Username::new(request.username),
        },
    })
}

/// Returns the sealed verifiers that the password must not match; none unless the code is right.
///
/// The code is compared for an unknown user too. Otherwise the response time would reveal which users exist.
pub fn credentials_to_compare(
    caller: &AppClientCaller<'_>,
    request: &ConfirmForgotPasswordRequest<'_>,
    found: &LoadedUser<'_>,
    owner: &CredentialOwner,
    now: Timestamp,
) -> Vec<Sealed> {
    let is_right = check(caller, &owner.sub, request, found, now).is_ok();
    match found.user.filter(|user| user.enabled && is_right) {
        Some(user) => user.credentials_not_to_repeat(&caller.pool.password_policy).cloned().collect(),
        None => Vec::new(),
    }
}

/// Compares the code and sets the password: the second part. The answer is the changed user, for PostConfirmation.
pub fn confirm(
    caller: &AppClientCaller<'_>,
    request: &ConfirmForgotPasswordRequest<'_>,
    found: &LoadedUser<'_>,
    owner: &CredentialOwner,
    new: NewCredential,
    now: Timestamp,
) -> Verdict<User> {
    decide(caller, request, found, owner, new, now).into()
}

fn decide(
    caller: &AppClientCaller<'_>,
    request: &ConfirmForgotPasswordRequest<'_>,
    found: &LoadedUser<'_>,
    owner: &CredentialOwner,
    new: NewCredential,
    now: Timestamp,
) -> Result<Verdict<User>, Refusal> {
    let (of, act) = (owner.sub.clone(), AttemptKind::RecoverPassword);
    let attempts = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&of, act)),
    };
    let counted = Change::PutAttempts { of: of.clone(), act, attempts };
    let refuse = |refusal| Ok(Verdict { remember: vec![counted], answer: Err(refusal) });
    let checked = check(caller, &of, request, found, now);
    // cog-0307. The code is compared before, so that the response takes as long as for a user.
    let Some(user) = found.user.filter(|user| user.enabled) else { return refuse(Refusal::CodeMismatch) };
    if let Err(refusal) = checked {
        return refuse(refusal);
    }
    if new.is_former {
        return refuse(Refusal::PasswordReused);
    }
    let changed = user.with_password(new.credential, &caller.pool.password_policy, now);
    let remember = vec![
        Change::PutUser(Box::new(changed.clone())),
        Change::RemoveCode { of: of.clone(), purpose: Purpose::ForgotPassword },
        Change::RemoveAttempts { of, act },
    ];
    Ok(Verdict { remember, answer: Ok(changed) })
}

fn check(
    caller: &AppClientCaller<'_>,
    of: &Sub,
    request: &ConfirmForgotPasswordRequest<'_>,
    found: &LoadedUser<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let purpose = Purpose::ForgotPassword;
    // A code to a contact that is not the user's any more, or not verified any more, is as good as none.
    let pending = found.user.and_then(|user| usable_code(caller.pool, user, purpose, found.code));
    caller.check_code(of, purpose, pending, request.code, now)
}

#[cfg(test)]
#[path = "confirm_forgot_password_tests.rs"]
mod tests;
