//! ForgotPassword: sends a code with which the user can set a new password.
//!
//! Order: secret hash, user, status, recovery setting, contact, attempts, then the code in place of any other. Client
//! and secret before user follows from cog-0332; the rest is *Chosen*, as for AdminResetUserPassword. An app client
//! that hides users receives a success in place of every refusal that is about the user (*Documented*, cog-0329).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::{AppClientCaller, LoadedUser, decoy},
    pool::{contact::simulated_contact_for_recovery, recovery::Recovery},
    user::{
        Status, User,
        attempt::{AttemptKind, Attempts},
    },
};

/// The answer of ForgotPassword.
#[derive(Debug)]
pub struct ForgotPasswordAnswer {
    /// The destination of the code; a simulated one if no code was sent.
    pub delivery: Contact,
}

/// Sends a code for a new password. `code` is the code to use if one is sent.
pub fn send_code(
    caller: &AppClientCaller<'_>,
    username: &str,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Verdict<ForgotPasswordAnswer> {
    decide(caller, username, found, code, now).into()
}

fn decide(
    caller: &AppClientCaller<'_>,
    username: &str,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<ForgotPasswordAnswer>, Refusal> {
    caller.check_secret(username)?;
    if caller.client.hides_users && caller.pool.recovery == Recovery::Administrator {
        // This refusal depends on the pool only, so it reveals nothing about users.
        return Err(Refusal::RecoveryByAdministrator);
    }
    let (of, act) = (
        found.user.map_or_else(|| caller.simulated_sub(username), |user| user.sub.clone()),
        AttemptKind::RecoverPassword,
    );
    let recipient = found.user.ok_or(Refusal::UserNotFound).and_then(|user| get_recipient(caller, user, now));
    if let (Err(refusal), false) = (&recipient, caller.client.hides_users) {
        return Err(refusal.clone());
    }
    let counted = match Attempts::increment(found.attempts, act, now) {
        Ok(attempts) => Change::PutAttempts { of, act, attempts },
        Err(beyond) => return Ok(beyond.refuse(&of, act)),
    };
    match recipient {
        Ok((user, to)) => Ok(send(caller, user, to, code, counted, now)),
        Err(_) => {
            let delivery = simulated_contact_for_recovery(caller.pool, username);
            let (simulated, reason) = (caller.simulated_user(username), MessageReason::ForgotPassword);
            let mut remember = vec![counted];
            remember.extend(decoy::code_and_message(caller, &simulated, reason, delivery.clone(), code, now));
            Ok(Verdict { remember, answer: Ok(ForgotPasswordAnswer { delivery }) })
        }
    }
}

/// Returns the user and the contact that the code goes to, or refuses.
///
/// An unconfirmed user has no verified contact, and is refused for that reason (reported, cog-0358).
fn get_recipient<'a>(
    caller: &AppClientCaller<'_>,
    user: &'a User,
    now: Timestamp,
) -> Result<(&'a User, Contact), Refusal> {
    user.check_enabled()?;
    if user.status != Status::Unconfirmed {
        user.check_resettable(now)?;
    }
    let (pool, factors) = (caller.pool, user.second_factors(&caller.pool.mfa));
    Ok((user, pool.recovery.get_contact(&factors, &user.attributes)?))
}

fn send(
    caller: &AppClientCaller<'_>,
    user: &User,
    to: Contact,
    code: &Code,
    counted: Change,
    now: Timestamp,
) -> Verdict<ForgotPasswordAnswer> {
    let (purpose, of) = (Purpose::ForgotPassword, user.sub.clone());
    let pending = PendingCode::new(caller.digest_keys, &caller.pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ForgotPassword,
        of: of.clone(),
        username: user.username.clone(),
        client: Some(caller.client.id.clone()),
        to: to.clone(),
        code: code.clone(),
        is_hidden: caller.client.hides_users,
        is_verified: true,
    };
    let remember =
        vec![counted, Change::PutCode { of, purpose, code: pending }, Change::Send(Box::new(message))];
    Verdict { remember, answer: Ok(ForgotPasswordAnswer { delivery: to }) }
}

#[cfg(test)]
#[path = "forgot_password_tests.rs"]
mod tests;
