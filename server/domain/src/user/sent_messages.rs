//! The limit on the messages that are sent to one user by one medium.
//!
//! *Chosen*: 20 an hour for each cause and medium, where the service documents no limit of the operation. Otherwise a
//! stranger could fill a mailbox, and an SMS costs money. ForgotPassword, ResendConfirmationCode and
//! GetUserAttributeVerificationCode have documented limits ([`AttemptKind::limit`]); the one message of a SignUp or
//! AdminCreateUser is to a new user.
//!
//! Each cause has a counter of its own, so that a stranger cannot use up the messages of a caller who has proved more: one
//! who knows the password, is signed in, or is an administrator. A code as the first factor is requested by a caller who has
//! proved nothing, be it the user or a stranger: 20 requests of a stranger who knows the name keep the user from signing in
//! that way for the rest of the hour. Another factor, a code by the other medium and a sign-in that an administrator begins
//! stay possible. A success does not reset a counter, because the owner of a number may be the one who makes SMS cost money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::ContactKind,
    id::Sub,
    user::attempt::{AttemptKind, Attempts},
};

/// The cause of a message, by what its caller has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageCause {
    /// A sign-in by a sent code through a public operation: nothing is proved.
    SignIn,
    /// A sign-in by a sent code through a signed operation. Its counter is not that of the administrator's other messages,
    /// because a server that signs may begin sign-ins for its own callers, who are strangers.
    AdministratorSignIn,
    /// A second factor, after the first one.
    SecondFactor,
    /// A signed-in user changes a contact.
    AttributeUpdate,
    /// An administrator.
    Administrator,
}

impl MessageCause {
    const ALL: [MessageCause; 5] = [
        MessageCause::SignIn,
        MessageCause::AdministratorSignIn,
        MessageCause::SecondFactor,
        MessageCause::AttributeUpdate,
        MessageCause::Administrator,
    ];

    /// Returns the cause of a code as the first factor, by whether an administrator calls.
    pub const fn sign_in(is_administrator: bool) -> Self {
        if is_administrator { MessageCause::AdministratorSignIn } else { MessageCause::SignIn }
    }

    /// Returns the counters of the cause.
    pub fn counters(self) -> [AttemptKind; 2] {
        ContactKind::BOTH.map(|medium| AttemptKind::Message(self, medium))
    }
}

/// Who causes a message to a destination, by the counter that it is counted in; see [`crate::flow::destination_limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageSender {
    /// A request that names an app client: of a stranger or a user.
    Client,
    /// An administrator.
    Administrator,
}

/// The loaded counters of the messages to a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentMessages(BTreeMap<AttemptKind, Attempts>);

impl SentMessages {
    /// Sets the counter whose kind has this name; returns `false` if it counts no messages.
    pub fn set(&mut self, name: &str, attempts: &Attempts) -> bool {
        let found = MessageCause::ALL.into_iter().flat_map(MessageCause::counters);
        match found.into_iter().find(|kind| kind.as_str() == name) {
            Some(kind) => {
                self.0.insert(kind, attempts.clone());
                true
            }
            None => false,
        }
    }

    /// Counts one more message to the user, or unknown user, `of`.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManyMessages`] beyond the limit, with the counter if it changes nevertheless: after the clock was put back.
    pub fn count(
        &self,
        of: &Sub,
        cause: MessageCause,
        medium: ContactKind,
        now: Timestamp,
    ) -> Result<Change, MessageLimitExceeded> {
        let act = AttemptKind::Message(cause, medium);
        let put = |attempts| Change::PutAttempts { of: of.clone(), act, attempts };
        match Attempts::increment(self.0.get(&act), act, now) {
            Ok(attempts) => Ok(put(attempts)),
            Err(beyond) => Err(MessageLimitExceeded(beyond.counted.map(put).map(Box::new))),
        }
    }

    /// Returns the verdict with its messages counted, or a refusal that changes nothing if one is beyond the limit.
    ///
    /// Messages to one medium count once: a verdict sends at most one by each.
    pub fn limit<A>(&self, cause: MessageCause, verdict: Verdict<A>, now: Timestamp) -> Verdict<A> {
        let message = |change: &Change| match change {
            Change::Send(message) => Some((message.of.clone(), message.to.kind)),
            _ => None,
        };
        let counted: Result<Vec<Change>, MessageLimitExceeded> = verdict
            .remember
            .iter()
            .filter_map(message)
            .map(|(of, medium)| self.count(&of, cause, medium, now))
            .collect();
        match counted {
            Ok(counted) => {
                Verdict { remember: verdict.remember.into_iter().chain(counted).collect(), ..verdict }
            }
            Err(beyond) => beyond.refuse(),
        }
    }
}

/// The error of a message that exceeds the limit, with the change of its counter.
#[derive(Debug)]
pub struct MessageLimitExceeded(Option<Box<Change>>);

impl MessageLimitExceeded {
    /// Returns a verdict that refuses and sends nothing.
    pub fn refuse<A>(self) -> Verdict<A> {
        Verdict {
            remember: self.0.into_iter().map(|change| *change).collect(),
            answer: Err(Refusal::TooManyMessages),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::user::attempt::WINDOW;

    #[test]
    fn messages_are_counted_by_cause_and_medium() {
        let (of, now) = (Sub::new("s"), Timestamp::from_millis(1_000));
        let (cause, medium) = (MessageCause::SignIn, ContactKind::PhoneNumber);
        let mut sent = SentMessages::default();
        for _ in 0..20 {
            let Ok(Change::PutAttempts { of: counted, act, attempts }) = sent.count(&of, cause, medium, now)
            else {
                panic!("within the limit")
            };
            assert_eq!(counted, of);
            assert!(sent.set(act.as_str(), &attempts));
        }
        let beyond = sent.count(&of, cause, medium, now).expect_err("beyond the limit").refuse::<()>();
        assert_eq!((beyond.remember.len(), beyond.answer), (0, Err(Refusal::TooManyMessages)));
        for (cause, medium) in [
            (cause, ContactKind::Email),
            (MessageCause::AdministratorSignIn, medium),
            (MessageCause::SecondFactor, medium),
            (MessageCause::AttributeUpdate, medium),
            (MessageCause::Administrator, medium),
        ] {
            assert!(sent.count(&of, cause, medium, now).is_ok(), "{cause:?} {medium:?}");
        }
        assert!(sent.count(&of, cause, medium, now.after(WINDOW)).is_ok(), "an hour later");
    }

    #[test]
    fn counters_have_names_of_their_own() {
        let all = MessageCause::ALL.into_iter().flat_map(MessageCause::counters);
        let names: BTreeSet<_> = all.map(AttemptKind::as_str).collect();
        assert_eq!(names.len(), 10);
        assert!(
            !SentMessages::default()
                .set("confirm_sign_up", &Attempts { since: Timestamp::from_millis(0), count: 1 })
        );
    }
}
