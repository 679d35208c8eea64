//! The inbox of `lido dev`: the last messages, in memory, for tests and people to read.
//!
//! Mail and SMS alike land here; nothing leaves the process. `lido serve` has none.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde::Serialize;

use super::{Deliver, DeliveryFault, Outgoing};
use crate::clock::rfc3339;

/// How many messages are kept; the oldest goes when another comes.
const MOST_MESSAGES: usize = 1_000;

/// The last messages. Clones share them.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<InboxMessage>>>);

/// A message as `GET /_lido/messages` shows it. Unlike everywhere else the code is in clear: that is what it is for.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InboxMessage {
    /// The id of its outbox row.
    pub id: String,
    /// When it was sent, RFC 3339.
    pub sent_at: String,
    /// Whose pool it comes from.
    pub user_pool_id: String,
    /// The app client that asked for it, if one did.
    pub client_id: Option<String>,
    /// The username of whoever got it.
    pub username: String,
    /// `EMAIL` or `SMS`.
    pub medium: &'static str,
    /// The address or number.
    pub to: String,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text: HTML for mail, plain for SMS.
    pub body: String,
    /// The link that confirms, if the message has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The code by itself.
    pub code: String,
    /// The trigger source that could have written it.
    pub trigger: String,
}

/// Which messages to show; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this pool.
    pub user_pool_id: Option<String>,
    /// For this username.
    pub username: Option<String>,
    /// To this address or number.
    pub to: Option<String>,
}

impl Inbox {
    /// An empty inbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// The messages that pass `filter`, the newest first.
    pub fn messages(&self, filter: &Filter) -> Vec<InboxMessage> {
        let passes =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .filter(|message| passes(&filter.user_pool_id, &message.user_pool_id))
            .filter(|message| passes(&filter.username, &message.username))
            .filter(|message| passes(&filter.to, &message.to))
            .cloned()
            .collect()
    }
}

#[async_trait]
impl Deliver for Inbox {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
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
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|one| one.id == message.id) {
            // Another try of a message that stays away from somebody else; here it has arrived.
            return Ok(());
        }
        kept.truncate(MOST_MESSAGES - 1);
        kept.push_front(message);
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

    async fn put(inbox: &Inbox, id: &str, pool: &str, username: &str) {
        let mut message = fake::mail(id);
        message.sent_at = Timestamp::from_millis(0);
        message.pool = PoolId::new(pool);
        message.username = Username::new(username);
        message.to.value = format!("{username}@example.com");
        inbox.deliver(&message).await.expect("an inbox takes everything");
    }

    fn ids(messages: &[InboxMessage]) -> Vec<&str> {
        messages.iter().map(|message| message.id.as_str()).collect()
    }

    #[tokio::test]
    async fn newest_first_and_filtered() {
        let inbox = Inbox::new();
        for (id, pool, username) in [("1", "p", "ann"), ("2", "q", "ann"), ("3", "p", "bob")] {
            put(&inbox, id, pool, username).await;
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
    async fn it_does_not_grow_without_end() {
        let inbox = Inbox::new();
        for number in 0..MOST_MESSAGES + 5 {
            put(&inbox, &number.to_string(), "p", "ann").await;
        }
        let messages = inbox.messages(&Filter::default());
        assert_eq!(messages.len(), MOST_MESSAGES);
        assert_eq!(messages.last().map(|message| message.id.as_str()), Some("5"));
    }

    #[tokio::test]
    async fn the_form_of_a_message() {
        let inbox = Inbox::new();
        put(&inbox, "1", "p", "ann").await;
        put(&inbox, "1", "p", "ann").await;
        let shown = serde_json::to_value(inbox.messages(&Filter::default())).expect("JSON");
        let expected = serde_json::json!([{
            "id": "1", "sentAt": "1970-01-01T00:00:00.000Z", "userPoolId": "p", "clientId": "c", "username": "ann",
            "medium": "EMAIL", "to": "ann@example.com", "subject": "Your verification code",
            "body": "Your verification code is 123456. ", "code": "123456", "trigger": "CustomMessage_SignUp",
        }]);
        assert_eq!(shown, expected, "a second try is no second message");
    }
}
