//! Decoys: what is stored where a code would be sent to a user, but there is none.
//!
//! Where an app client hides users, a request for an unknown name must commit as many rows, and leave as much to do after the
//! commit, as one for a user: otherwise its time shows that there is no user. So it stores a code too, which has expired
//! already and is swept, and a message, which the outbox drops because its user does not exist.

use crate::{
    Change, Timestamp,
    attribute::contact::Contact,
    code::{
        Code, PendingCode,
        message::{Message, MessageReason},
    },
    flow::AppClientCaller,
    user::simulated::SimulatedUser,
};

/// Returns the message to a simulated user, in place of one to a user. It is never sent.
pub fn message(
    caller: &AppClientCaller<'_>,
    user: &SimulatedUser,
    reason: MessageReason,
    to: Contact,
    code: Code,
) -> Change {
    Change::Send(Box::new(Message {
        reason,
        of: user.sub.clone(),
        username: user.username(caller.pool),
        client: Some(caller.client.id.clone()),
        to,
        code,
        is_hidden: true,
        // As that of a user, who is not confirmed where a sign-up code is sent again, and mostly is where others are sent.
        is_verified: reason != MessageReason::ResendCode,
    }))
}

/// Returns the code and the message to a simulated user, in place of those to a user. Both are of no use.
pub fn code_and_message(
    caller: &AppClientCaller<'_>,
    user: &SimulatedUser,
    reason: MessageReason,
    to: Contact,
    code: &Code,
    now: Timestamp,
) -> Vec<Change> {
    let message = message(caller, user, reason, to.clone(), code.clone());
    let stored = reason.purpose(to.kind).map(|purpose| {
        let (keys, pool, of) = (caller.digest_keys, &caller.pool.id, &user.sub);
        let mut expired = PendingCode::new(keys, pool, of, purpose, code, to, now);
        expired.expires_at = now;
        Change::PutCode { of: of.clone(), purpose, code: expired }
    });
    stored.into_iter().chain([message]).collect()
}
