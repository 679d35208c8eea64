//! What the pool's owner may do with a message before it is sent: put it into other words, or take it over.
//!
//! The triggers CustomMessage, CustomEmailSender and CustomSMSSender do; here is only what the outbox needs of them.

use std::fmt;

use async_trait::async_trait;
use lido_domain::{code::Code, user::User};

use crate::{
    store::{OutboxRow, PoolRecord},
    triggers::TriggerFault,
};

/// Texts in place of the pool's own; what is absent stays as it was. Placeholders in them are filled as in a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomWords {
    /// The text of an SMS.
    pub sms_message: Option<String>,
    /// The text of a mail.
    pub email_message: Option<String>,
    /// The subject of a mail.
    pub email_subject: Option<String>,
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intervention {
    /// It is sent, with these words.
    Send(CustomWords),
    /// It is no more of our concern: it was handed over, or nobody is there to get it.
    TakenOver,
}

/// Decides about each message before it is sent.
#[async_trait]
pub trait Intervene: fmt::Debug + Send + Sync {
    /// Decides about the message in `row` for `user`, whose code is `code`. The implementation limits how long it takes.
    ///
    /// # Errors
    /// A trigger failed: the message is dropped, and the request that still waits for it fails.
    async fn intervene(
        &self,
        pool: &PoolRecord,
        row: &OutboxRow,
        user: &User,
        code: &Code,
    ) -> Result<Intervention, TriggerFault>;
}

/// Nobody has anything to say.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoIntervention;

#[async_trait]
impl Intervene for NoIntervention {
    async fn intervene(
        &self,
        _: &PoolRecord,
        _: &OutboxRow,
        _: &User,
        _: &Code,
    ) -> Result<Intervention, TriggerFault> {
        Ok(Intervention::Send(CustomWords::default()))
    }
}
