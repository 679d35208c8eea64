//! The inbox of `lido dev`: the last messages, in memory, for tests and developers to read.
//!
//! Both mail and SMS are delivered here. `lido serve` has no inbox. `console` shows it at `/_lido/messages`.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use super::{DeliveryFault, OutgoingMessage, Transport};
use crate::clock::rfc3339;

/// The most messages in the inbox. A new message then replaces the oldest.
const MAX_MESSAGES: usize = 1_000;

/// The most bytes of texts on one page, beside its first message.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// The last messages. Clones share the same inbox.
#[derive(Clone)]
pub struct Inbox(Arc<InboxState>);

struct InboxState {
    /// The newest first, each with its number.
    stored: Mutex<VecDeque<(u64, InboxMessage)>>,
    /// The number of the newest message that has ever arrived.
    newest: watch::Sender<u64>,
}

/// A message as `GET /_lido/messages` returns it. The code is in clear text here, unlike anywhere else: tests read it.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Message")]
pub struct InboxMessage {
    /// The id of the message.
    pub id: String,
    /// The time of sending by the test clock.
    #[schemars(extend("format" = "date-time"))]
    pub sent_at: String,
    /// The id of the user pool.
    pub user_pool_id: String,
    /// The app client of the request that sent it, if it had one.
    pub client_id: Option<String>,
    /// The sub of the recipient.
    pub sub: String,
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
    /// The code by itself; in an invitation, the temporary password.
    pub code: String,
    /// The trigger source of CustomMessage for this message.
    pub trigger: String,
}

/// The part of the inbox that a page is taken from, by the numbers of messages.
#[derive(Clone, Copy, Debug)]
pub struct PageRange {
    /// Only messages that arrived after this number.
    pub after: u64,
    /// Only messages that arrived before this number.
    pub before: u64,
    /// The most messages on the page.
    pub limit: usize,
}

impl PageRange {
    /// The whole inbox.
    pub const ALL: PageRange = PageRange { after: 0, before: u64::MAX, limit: MAX_MESSAGES };
}

/// A page of the inbox.
#[derive(Clone, PartialEq, Eq)]
pub struct InboxPage {
    /// The messages, the newest first.
    pub messages: Vec<InboxMessage>,
    /// The number of the last message on the page, if older ones follow.
    pub next_before: Option<u64>,
    /// The number of the newest message that has arrived.
    pub newest: u64,
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
        Self(Arc::new(InboxState { stored: Mutex::default(), newest: watch::Sender::new(0) }))
    }

    /// Returns the messages that match `filter`, the newest first.
    pub fn messages(&self, filter: &Filter) -> Vec<InboxMessage> {
        let stored = self.stored();
        stored
            .iter()
            .filter(|(_, message)| filter.matches(message))
            .map(|(_, message)| message.clone())
            .collect()
    }

    /// Returns a page of the messages that `is_wanted` selects, the newest first.
    pub fn page(&self, range: PageRange, is_wanted: impl Fn(&InboxMessage) -> bool) -> InboxPage {
        let stored = self.stored();
        let newest = *self.0.newest.borrow();
        let in_range = |number: u64| range.after < number && number < range.before;
        let mut wanted =
            stored.iter().filter(|(number, message)| in_range(*number) && is_wanted(message)).peekable();
        let (mut messages, mut last, mut bytes) = (Vec::new(), None, 0);
        while let Some((number, message)) = wanted.next_if(|(_, message)| {
            bytes += message.body.len();
            messages.len() < range.limit && (messages.is_empty() || bytes <= MAX_PAGE_BYTES)
        }) {
            messages.push(message.clone());
            last = Some(*number);
        }
        let next_before = wanted.peek().and(last);
        InboxPage { messages, next_before, newest }
    }

    /// Removes the messages that `is_wanted` selects, and returns their number.
    pub fn remove(&self, is_wanted: impl Fn(&InboxMessage) -> bool) -> usize {
        let mut stored = self.stored();
        let before = stored.len();
        stored.retain(|(_, message)| !is_wanted(message));
        before - stored.len()
    }

    /// Returns a receiver that is told of each message that arrives.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.0.newest.subscribe()
    }

    fn stored(&self) -> MutexGuard<'_, VecDeque<(u64, InboxMessage)>> {
        self.0.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Filter {
    fn matches(&self, message: &InboxMessage) -> bool {
        let matches =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        matches(&self.user_pool_id, &message.user_pool_id)
            && matches(&self.username, &message.username)
            && matches(&self.to, &message.to)
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
            sub: message.sub.as_str().to_owned(),
            username: message.username.as_str().to_owned(),
            medium: message.to.kind.medium(),
            to: message.to.value.clone(),
            subject: message.subject.clone(),
            body: message.body.clone(),
            link: message.link.clone(),
            code: message.code.expose().to_owned(),
            trigger: message.trigger.clone(),
        };
        let mut stored = self.stored();
        if stored.iter().any(|(_, other)| other.id == message.id) {
            // Another attempt, because the transport for its medium failed: the inbox has the message already.
            return Ok(());
        }
        stored.truncate(MAX_MESSAGES - 1);
        // The lock is held, so that a page never has a message whose number is beyond the newest.
        self.0.newest.send_modify(|newest| {
            *newest += 1;
            stored.push_front((*newest, message));
        });
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
    async fn pages_are_cut_by_range_limit_and_bytes() {
        let inbox = Inbox::new();
        for number in 1..=5 {
            deliver(&inbox, &number.to_string(), if number % 2 == 0 { "q" } else { "p" }, "ann").await;
        }
        // (after, before, limit, pool, ids, next)
        let cases = [
            (0, u64::MAX, 10, "", "5 4 3 2 1", None),
            (0, u64::MAX, 2, "", "5 4", Some(4)),
            (0, 4, 2, "", "3 2", Some(2)),
            (0, 2, 2, "", "1", None),
            (3, u64::MAX, 10, "", "5 4", None),
            (5, u64::MAX, 10, "", "", None),
            (0, u64::MAX, 1, "q", "4", Some(4)),
        ];
        for (after, before, limit, pool, expected, next) in cases {
            let range = PageRange { after, before, limit };
            let page = inbox.page(range, |message| pool.is_empty() || message.user_pool_id == pool);
            let found = (ids(&page.messages).join(" "), page.next_before, page.newest);
            assert_eq!(found, (expected.to_owned(), next, 5), "{range:?}");
        }
        let mut large = fake::mail("6");
        large.body = "x".repeat(MAX_PAGE_BYTES + 1);
        inbox.deliver(&large).await.expect("delivered");
        let page = inbox.page(PageRange::ALL, |_| true);
        assert_eq!((&*ids(&page.messages), page.next_before), (&["6"][..], Some(6)));
    }

    #[tokio::test]
    async fn removed_messages_leave_the_numbers_of_the_others() {
        let inbox = Inbox::new();
        let arrivals = inbox.arrivals();
        for id in ["1", "2", "3"] {
            deliver(&inbox, id, "p", "ann").await;
        }
        assert_eq!((inbox.remove(|message| message.id == "3"), *arrivals.borrow()), (1, 3));
        assert_eq!(inbox.remove(|message| message.id == "3"), 0);
        deliver(&inbox, "4", "p", "ann").await;
        let page = inbox.page(PageRange { after: 3, ..PageRange::ALL }, |_| true);
        assert_eq!((&*ids(&page.messages), page.newest), (&["4"][..], 4));
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
            "id": "1", "sentAt": "1970-01-01T00:00:00.000Z", "userPoolId": "p", "clientId": "c", "sub": "sub-1", "username": "ann",
            "medium": "EMAIL", "to": "ann@example.com", "subject": "Your verification code",
            "body": "Your verification code is 123456. ", "code": "123456", "trigger": "CustomMessage_SignUp",
        }]);
        assert_eq!(shown, expected, "a second attempt adds no second message");
    }
}
