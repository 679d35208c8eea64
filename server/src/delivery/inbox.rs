//! The inbox of `lido dev`: the last messages, in memory, for tests and developers to read.
//!
//! Both mail and SMS are delivered here. `lido serve` has no inbox. `console` shows it at `/_lido/messages`.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde::Serialize;

use super::{DeliveryFault, OutgoingMessage, Transport};
use crate::clock::rfc3339;

/// The most messages in the inbox. A new message then replaces the oldest.
const MAX_MESSAGES: usize = 1_000;

/// The last messages. Clones share the same inbox.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<InboxMessage>>>);

/// A message as `GET /_lido/messages` returns it. The code is in clear text here, unlike anywhere else: tests read it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxMessage {
    /// The id of its outbox row.
    pub id: String,
    /// The time of sending, RFC 3339.
    pub sent_at: String,
    /// The id of the user pool.
    pub user_pool_id: String,
    /// The app client of the request that sent it, if it had one.
    pub client_id: Option<String>,
    /// The username of the recipient.
    pub username: String,
    /// `EMAIL` or `SMS`.
    pub medium: &'static str,
    /// The mail address or phone number.
    pub to: String,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text: HTML for mail, plain for SMS.
    pub body: String,
    /// The confirmation link, if the message has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The code by itself.
    pub code: String,
    /// The trigger source of CustomMessage for this message.
    pub trigger: String,
}

/// A filter of messages. An absent field matches every message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The id of the user pool.
    pub user_pool_id: Option<String>,
    /// The username of the recipient.
    pub username: Option<String>,
    /// The mail address or phone number.
    pub to: Option<String>,
}

impl Inbox {
    /// Returns an empty inbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the messages that match `filter`, the newest first.
    pub fn messages(&self, filter: &Filter) -> Vec<InboxMessage> {
        let matches =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stored
            .iter()
            .filter(|message| matches(&filter.user_pool_id, &message.user_pool_id))
            .filter(|message| matches(&filter.username, &message.username))
            .filter(|message| matches(&filter.to, &message.to))
            .cloned()
            .collect()
    }
}

#[async_trait]
impl Transport for Inbox {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        let message = InboxMessage {
            id: message.id.clone(),
            sent_at: rfc3339(message.sent_at),
            user_pool_id: message.pool.as_str().to_owned(),
            client_id: message.client.as_ref().map(|client| client.as_str().to_owned()),
            username: message.username.as_str().to_owned(),
            medium: message.to.kind.medium(),
            to: message.to.value.clone(),
            subject: message.subject.clone(),
            body: message.body.clone(),
            link: message.link.clone(),
            code: message.code.expose().to_owned(),
            trigger: message.trigger.clone(),
        };
        let mut stored = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stored.iter().any(|other| other.id == message.id) {
            // Another attempt, because the transport for its medium failed: the inbox has the message already.
            return Ok(());
        }
        stored.truncate(MAX_MESSAGES - 1);
        stored.push_front(message);
        Ok(())
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inbox")
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::{
        Timestamp,
        id::{PoolId, Username},
    };

    use super::*;
    use crate::delivery::fake;

    async fn deliver(inbox: &Inbox, id: &str, pool: &str, username: &str) {
        let mut message = fake::mail(id);
        message.sent_at = Timestamp::from_millis(0);
        message.pool = PoolId::new(pool);
        message.username = Username::new(username);
        message.to.value = format!("{username}@example.com");
        inbox.deliver(&message).await.expect("an inbox accepts every message");
    }

    fn ids(messages: &[InboxMessage]) -> Vec<&str> {
        messages.iter().map(|message| message.id.as_str()).collect()
    }

    #[tokio::test]
    async fn messages_are_filtered_and_newest_first() {
        let inbox = Inbox::new();
        for (id, pool, username) in [("1", "p", "ann"), ("2", "q", "ann"), ("3", "p", "bob")] {
            deliver(&inbox, id, pool, username).await;
        }
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            (Filter::default(), vec!["3", "2", "1"]),
            (Filter { user_pool_id: some("p"), ..Filter::default() }, vec!["3", "1"]),
            (Filter { username: some("ann"), ..Filter::default() }, vec!["2", "1"]),
            (Filter { to: some("bob@example.com"), ..Filter::default() }, vec!["3"]),
            (Filter { user_pool_id: some("q"), username: some("bob"), ..Filter::default() }, vec![]),
        ];
        for (filter, expected) in cases {
            assert_eq!(ids(&inbox.messages(&filter)), expected, "{filter:?}");
        }
    }

    #[tokio::test]
    async fn inbox_drops_the_oldest_message_beyond_its_limit() {
        let inbox = Inbox::new();
        for number in 0..MAX_MESSAGES + 5 {
            deliver(&inbox, &number.to_string(), "p", "ann").await;
        }
        let messages = inbox.messages(&Filter::default());
        assert_eq!(messages.len(), MAX_MESSAGES);
        assert_eq!(messages.last().map(|message| message.id.as_str()), Some("5"));
    }

    #[tokio::test]
    async fn message_is_serialized_once_with_its_fields() {
        let inbox = Inbox::new();
        deliver(&inbox, "1", "p", "ann").await;
        deliver(&inbox, "1", "p", "ann").await;
        let shown = serde_json::to_value(inbox.messages(&Filter::default())).expect("JSON");
        let expected = serde_json::json!([{
            "id": "1", "sentAt": "1970-01-01T00:00:00.000Z", "userPoolId": "p", "clientId": "c", "username": "ann",
            "medium": "EMAIL", "to": "ann@example.com", "subject": "Your verification code",
            "body": "Your verification code is 123456. ", "code": "123456", "trigger": "CustomMessage_SignUp",
        }]);
        assert_eq!(shown, expected, "a second attempt adds no second message");
    }
}
