//! ForgotPassword: a code goes to a contact of the user, and leads to a new password.
//!
//! Order: secret hash, user, state, recovery setting, contact, attempts, then the code in place of any other. Client and
//! secret before user is inferred (cog-0332); the rest is *Chosen*, as for an administrator's reset. A client that hides
//! who exists sees a plain success wherever the user is to blame (*Documented*, cog-0329).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::{Caller, Found},
    pool::{contact::simulated_contact_for_recovery, recovery::Recovery},
    user::{
        Status, User,
        attempt::{Act, Attempts},
    },
};

/// What ForgotPassword answers.
#[derive(Debug)]
pub struct CodeSent {
    /// Where the code went, or is said to have gone.
    pub delivery: Contact,
}

/// Decides. `code` is the new code, should one be sent.
pub fn forgot(
    caller: &Caller<'_>,
    username: &str,
    found: &Found<'_>,
    code: &Code,
    now: Timestamp,
) -> Verdict<CodeSent> {
    decide(caller, username, found, code, now).into()
}

fn decide(
    caller: &Caller<'_>,
    username: &str,
    found: &Found<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<CodeSent>, Refusal> {
    caller.check_secret(username)?;
    if caller.client.hides_users && caller.pool.recovery == Recovery::Administrator {
        // The setting is the pool's, so telling it tells of nobody.
        return Err(Refusal::RecoveryByAdministrator);
    }
    let (of, act) = (
        found.user.map_or_else(|| caller.simulated_sub(username), |user| user.sub.clone()),
        Act::RecoverPassword,
    );
    let reached = found.user.ok_or(Refusal::UserNotFound).and_then(|user| reach(caller, user, now));
    let counted = |of| {
        let attempts = Attempts::one_more(found.attempts, act, now)?;
        Ok::<_, Refusal>(Change::PutAttempts { of, act, attempts })
    };
    match reached {
        Ok((user, to)) => Ok(send(caller, user, to, code, counted(of)?, now)),
        Err(_) if caller.client.hides_users => {
            let delivery = simulated_contact_for_recovery(caller.pool, username);
            Ok(Verdict { remember: vec![counted(of)?], answer: Ok(CodeSent { delivery }) })
        }
        Err(refusal) => Err(refusal),
    }
}

/// The contact of a user who may be sent a code.
///
/// Whoever never confirmed has no verified contact and is told that (reported, cog-0358, where a client hides it).
fn reach<'a>(caller: &Caller<'_>, user: &'a User, now: Timestamp) -> Result<(&'a User, Contact), Refusal> {
    user.check_enabled()?;
    if user.status != Status::Unconfirmed {
        user.check_resettable(now)?;
    }
    Ok((user, caller.pool.recovery.contact(&user.attributes)?))
}

fn send(
    caller: &Caller<'_>,
    user: &User,
    to: Contact,
    code: &Code,
    counted: Change,
    now: Timestamp,
) -> Verdict<CodeSent> {
    let (purpose, of) = (Purpose::ForgotPassword, user.sub.clone());
    let pending = PendingCode::new(caller.digest_keys, &caller.pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ForgotPassword,
        of: of.clone(),
        username: user.username.clone(),
        client: Some(caller.client.id.clone()),
        to: to.clone(),
        code: code.clone(),
    };
    let remember =
        vec![counted, Change::PutCode { of, purpose, code: pending }, Change::Send(Box::new(message))];
    Verdict { remember, answer: Ok(CodeSent { delivery: to }) }
}

#[cfg(test)]
#[path = "forgot_password_tests.rs"]
mod tests;
