//! Messages on their way out: codes by mail and SMS.
//!
//! A commit writes an outbox row; [`outbox`] sends what lies there, through whatever implements [`Deliver`]. In
//! `lido dev` that is the [`inbox`], which anybody can read. No code is ever logged.

pub mod fake;
pub mod inbox;
pub mod intervention;
pub mod outbox;
pub mod template;

use std::fmt;

use async_trait::async_trait;
use lido_domain::{
    Timestamp,
    code::Code,
    contact::Contact,
    id::{ClientId, PoolId, Username},
};

pub use self::{
    inbox::{Filter, Inbox},
    intervention::{CustomWords, Intervene, Intervention, NoIntervention},
    outbox::{Attempted, Outbox},
    template::{Template, Templates},
};

/// A message as it leaves.
#[derive(Clone)]
pub struct Outgoing {
    /// The id of its outbox row; the same in every try, so that a carrier can notice a repetition.
    pub id: String,
    /// When it is sent.
    pub sent_at: Timestamp,
    /// Whose pool it comes from.
    pub pool: PoolId,
    /// The app client that asked for it, if one did.
    pub client: Option<ClientId>,
    /// The username of whoever gets it.
    pub username: Username,
    /// Where it goes.
    pub to: Contact,
    /// The subject, for mail.
    pub subject: Option<String>,
    /// The text, with the code in it.
    pub body: String,
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
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault>;
}
