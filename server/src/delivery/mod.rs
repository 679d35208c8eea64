//! Messages on their way out: codes by mail and SMS.
//!
//! A commit writes an outbox row; [`outbox`] sends what lies there by the [`Transports`]: mail through [`smtp`], SMS through
//! a [`webhook`], and in `lido dev` everything into the [`inbox`] too, which anybody can read. What a message says is
//! put together by [`template`]. No code is ever logged.

#[cfg(any(test, feature = "fakes"))]
pub mod fake;
pub mod inbox;
pub mod intervention;
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
    id::{ClientId, PoolId, Username},
};

pub use self::{
    inbox::{Filter, Inbox},
    intervention::{CustomWords, Intervene, Intervention, NoIntervention},
    outbox::{Attempted, Outbox},
    template::{Sender, Template, Templates},
    transports::Transports,
};

/// A message as it leaves.
#[derive(Clone)]
pub struct Outgoing {
    /// The id of its outbox row; the same in every try, so that a carrier can notice a repetition.
    pub id: String,
    /// When the commit was made that asked for it; the same in every try.
    pub created_at: Timestamp,
    /// When it is sent.
    pub sent_at: Timestamp,
    /// How many tries there have been, this one included.
    pub tries: u32,
    /// Whose pool it comes from.
    pub pool: PoolId,
    /// The app client that asked for it, if one did.
    pub client: Option<ClientId>,
    /// The username of whoever gets it.
    pub username: Username,
    /// Where it goes.
    pub to: Contact,
    /// Whom a mail comes from, as far as the pool says.
    pub sender: Sender,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text with the code in it: HTML for mail, plain for SMS.
    pub body: String,
    /// The link in the text that confirms, if there is one.
    pub link: Option<String>,
    /// The code by itself.
    pub code: Code,
    /// The trigger source that could have written it: `CustomMessage_SignUp` and so on.
    pub trigger: String,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, {}, {})", self.id, self.trigger, self.to.masked())
    }
}

/// Why a message was not delivered. The text is for the log and holds nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFault {
    /// It will never be: the address does not exist, the sender is refused.
    #[error("refused for good: {0}")]
    Permanent(String),
    /// It may be later.
    #[error("not delivered now: {0}")]
    Temporary(String),
}

/// Whoever takes messages out of the house.
#[async_trait]
pub trait Deliver: fmt::Debug + Send + Sync {
    /// Delivers the message, or says why not. `Ok` means that somebody else answers for it now.
    ///
    /// The outbox drops the future when it takes too long, so whatever is half-done must end with it.
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault>;
}
