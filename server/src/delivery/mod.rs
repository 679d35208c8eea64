//! The delivery of messages: mail and SMS with codes.
//!
//! A commit writes an outbox row, and [`outbox`] sends it through the [`Transports`]: mail through [`smtp`], SMS
//! through a [`webhook`], and in `lido dev` both to the [`inbox`] too, which every client can read. [`template`] makes
//! the texts. Codes are never logged.

#[cfg(any(test, feature = "fakes"))]
pub mod fake;
pub mod inbox;
pub mod interceptor;
mod lanes;
pub mod outbox;
pub mod smtp;
pub mod template;
pub mod transports;
pub mod webhook;

use std::fmt;

use async_trait::async_trait;
use lido_domain::{
    Timestamp,
    attribute::contact::Contact,
    code::Code,
    id::{ClientId, PoolId, Sub, Username},
};

pub use self::{
    inbox::{Filter, Inbox, InboxMessage, InboxPage, PageRange},
    interceptor::{CustomTexts, Interception, MessageInterceptor, NoInterceptor},
    outbox::{Outbox, SendOutcome},
    template::{Sender, Template, Templates},
    transports::Transports,
};

/// A message to deliver.
#[derive(Clone)]
pub struct OutgoingMessage {
    /// The id of its outbox row, the same in every attempt, so that a receiver can detect a repetition.
    pub id: String,
    /// The time of the commit that wrote the row, the same in every attempt.
    pub created_at: Timestamp,
    /// The time of this attempt.
    pub sent_at: Timestamp,
    /// The number of attempts, including this one.
    pub tries: u32,
    /// The user pool.
    pub pool: PoolId,
    /// The app client of the request, if it had one.
    pub client: Option<ClientId>,
    /// The sub of the recipient.
    pub sub: Sub,
    /// The username of the recipient.
    pub username: Username,
    /// The mail address or phone number.
    pub to: Contact,
    /// The From and Reply-To addresses of a mail that the pool's settings contain.
    pub sender: Sender,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text with the code in it: HTML for mail, plain for SMS.
    pub body: String,
    /// The confirmation link in the text, if it has one.
    pub link: Option<String>,
    /// The code by itself.
    pub code: Code,
    /// The trigger source of CustomMessage for this message, such as `CustomMessage_SignUp`.
    pub trigger: String,
}

impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutgoingMessage({}, {}, {})", self.id, self.trigger, self.to.masked())
    }
}

/// The reason why a message was not delivered. The text is for the log and contains no part of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFault {
    /// Another attempt cannot succeed: the address does not exist, or the sender is refused.
    #[error("permanently refused: {0}")]
    Permanent(String),
    /// A later attempt may succeed.
    #[error("temporarily not delivered: {0}")]
    Temporary(String),
    /// The receiver has not responded in time or could not be reached, and a later attempt may succeed. Unlike the
    /// other faults it is the transport's and not the message's, so that after several in a row the outbox pauses the
    /// medium.
    #[error("temporarily not delivered: {0}")]
    NoResponse(String),
}

/// A transport of messages: a mail server, a webhook, or the inbox.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Delivers the message. `Ok` means that the receiver has taken responsibility for it.
    ///
    /// The outbox drops the future if it takes too long, so the future must stop its work when it is dropped.
    ///
    /// # Errors
    /// The message was not delivered.
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault>;
}
