//! The limit on the messages to one destination, over all users of a pool.
//!
//! [`crate::user::sent_messages`] limits the messages to one user. But a stranger can sign up any number of users with the
//! address or number of another person. So messages to a contact that is not verified for its user are counted by the contact
//! too, and one beyond the limit is not sent (*Chosen*: the service documents no such limit). Messages to a verified contact
//! are not: its owner has agreed to them once, each user has limits, and a stranger could use up what the owner signs in with.
//!
//! Messages of administrators have counters of their own, so that strangers cannot use up what an administrator needs. An
//! administrator's calls are limited too, because a server may pass on what its own strangers send.
//!
//! The counters are stored under a keyed digest of the destination, and removed after their hour like other attempts.

use std::collections::BTreeMap;

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::Contact,
    code::message::Message,
    digest::DigestKeys,
    id::{PoolId, Sub},
    user::{
        attempt::{AttemptKind, Attempts},
        sent_messages::MessageSender,
    },
};

/// The counter of the messages to a destination: what takes the place of a user's sub, and the kind.
pub type DestinationCounter = (Sub, AttemptKind);

/// Returns the counter of a message, or `None` if it is not counted.
fn counter(keys: &DigestKeys, pool: &PoolId, message: &Message) -> Option<DestinationCounter> {
    let sender = if message.client.is_none() { MessageSender::Administrator } else { MessageSender::Client };
    (!message.is_verified).then(|| (place(keys, pool, &message.to), AttemptKind::Destination(sender)))
}

/// Returns what takes the place of a user's sub for a destination. Addresses are compared without case, as mail servers do.
fn place(keys: &DigestKeys, pool: &PoolId, to: &Contact) -> Sub {
    let digest = keys.digest(&["destination", pool.as_str(), to.kind.medium(), &to.value.to_lowercase()]);
    Sub::new(digest.to_hex())
}

/// Returns the counters of the messages among these changes. The server loads them for [`limit`].
pub fn counters(keys: &DigestKeys, pool: &PoolId, changes: &[Change]) -> Vec<DestinationCounter> {
    let mut counters: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Send(message) => counter(keys, pool, message),
            _ => None,
        })
        .collect();
    counters.dedup();
    counters
}

/// Returns the verdict with its messages counted by their destinations. `counted` are the counters that exist.
///
/// Beyond the limit the verdict refuses and changes nothing else. But if the app client hides users, it answers as before, and
/// the message goes to no user, so that the outbox drops it: a refusal would tell that the user has this contact.
pub fn limit<A>(
    keys: &DigestKeys,
    pool: &PoolId,
    counted: &BTreeMap<DestinationCounter, Attempts>,
    mut verdict: Verdict<A>,
    now: Timestamp,
) -> Verdict<A> {
    let mut counts = BTreeMap::new();
    let mut is_beyond = false;
    for change in &mut verdict.remember {
        let Change::Send(message) = change else { continue };
        let Some((of, act)) = counter(keys, pool, message) else { continue };
        match Attempts::increment(counted.get(&(of.clone(), act)), act, now) {
            Ok(attempts) => {
                counts.insert((of, act), attempts);
            }
            Err(beyond) => {
                counts.extend(beyond.counted.map(|attempts| ((of.clone(), act), attempts)));
                is_beyond |= !message.is_hidden;
                message.of = of;
            }
        }
    }
    let counts = counts.into_iter().map(|((of, act), attempts)| Change::PutAttempts { of, act, attempts });
    if is_beyond {
        return Verdict { remember: counts.collect(), answer: Err(Refusal::TooManyMessages) };
    }
    verdict.remember.extend(counts);
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::contact::ContactKind,
        code::{Code, message::MessageReason},
        fixture,
        id::{ClientId, Username},
        user::attempt::WINDOW,
    };

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn message(to: &str, kind: ContactKind) -> Message {
        Message {
            reason: MessageReason::SignUp,
            of: Sub::new("ann"),
            username: Username::new("ann"),
            client: Some(ClientId::new("client")),
            to: Contact { kind, value: to.to_owned() },
            code: Code::from_text("123456"),
            is_hidden: false,
            is_verified: false,
        }
    }

    /// Sends the message, remembers its counter, and returns the verdict.
    fn send(
        counted: &mut BTreeMap<DestinationCounter, Attempts>,
        message: Message,
        now: Timestamp,
    ) -> Verdict<()> {
        let (keys, pool) = (fixture::keys(), fixture::pool().id);
        let verdict = Verdict { remember: vec![Change::Send(Box::new(message))], answer: Ok(()) };
        let needed = counters(&keys, &pool, &verdict.remember);
        let loaded = counted.iter().filter(|(counter, _)| needed.contains(counter));
        let loaded = loaded.map(|(counter, attempts)| (counter.clone(), attempts.clone())).collect();
        let verdict = limit(&keys, &pool, &loaded, verdict, now);
        for change in &verdict.remember {
            if let Change::PutAttempts { of, act, attempts } = change {
                counted.insert((of.clone(), *act), attempts.clone());
            }
        }
        verdict
    }

    #[test]
    fn messages_to_one_destination_are_limited_for_an_hour() {
        let (mut counted, mail) = (BTreeMap::new(), ContactKind::Email);
        let most = AttemptKind::Destination(MessageSender::Client).limit();
        for _ in 0..most {
            assert_eq!(send(&mut counted, message("Eve@example.com", mail), NOW).answer, Ok(()));
        }
        let beyond = send(&mut counted, message("eve@EXAMPLE.com", mail), NOW);
        assert_eq!((beyond.remember.len(), beyond.answer), (0, Err(Refusal::TooManyMessages)));
        let others = [
            message("bob@example.com", mail),
            message("eve@example.com", ContactKind::PhoneNumber),
            Message { client: None, ..message("eve@example.com", mail) },
            Message { is_verified: true, ..message("eve@example.com", mail) },
        ];
        for other in others {
            assert_eq!(send(&mut counted, other, NOW).answer, Ok(()));
        }
        assert_eq!(send(&mut counted, message("eve@example.com", mail), NOW.after(WINDOW)).answer, Ok(()));
    }

    #[test]
    fn hidden_message_beyond_the_limit_goes_to_no_user() {
        let (mut counted, hidden) =
            (BTreeMap::new(), Message { is_hidden: true, ..message("e@x", ContactKind::Email) });
        let most = AttemptKind::Destination(MessageSender::Client).limit();
        for number in 0..=most {
            let verdict = send(&mut counted, hidden.clone(), NOW);
            assert_eq!(verdict.answer, Ok(()));
            let [Change::Send(message), ..] = verdict.remember.as_slice() else {
                panic!("{:?}", verdict.remember)
            };
            assert_eq!(message.of == hidden.of, number < most, "{number}");
        }
    }
}
