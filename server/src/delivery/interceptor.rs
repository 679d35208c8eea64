//! The interceptor of messages: it may replace the texts of a message before it is sent, or send the message itself.
//!
//! The triggers CustomMessage, CustomEmailSender and CustomSMSSender implement it in [`crate::triggers`]; here is only
//! the interface that the outbox needs.

use std::fmt;

use async_trait::async_trait;
use lido_domain::{code::Code, user::User};

use crate::{
    store::{OutboxRow, PoolRecord},
    triggers::TriggerFault,
};

/// Texts that replace those of the pool's template. An absent text leaves the template's. Placeholders are replaced as
/// in a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomTexts {
    /// The text of an SMS.
    pub sms_message: Option<String>,
    /// The text of a mail.
    pub email_message: Option<String>,
    /// The subject of a mail.
    pub email_subject: Option<String>,
}

/// The interceptor's decision about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interception {
    /// The outbox sends it, with these texts.
    Send(CustomTexts),
    /// The outbox removes it: a custom sender has received it, or there is no recipient for it.
    HandedOver,
}

/// An interceptor of messages before they are sent.
#[async_trait]
pub trait MessageInterceptor: fmt::Debug + Send + Sync {
    /// Decides about the message in `row` for `user` with `code`. The implementation limits the time that it takes.
    ///
    /// # Errors
    /// A trigger failed: the message is dropped, and the request fails if it still waits for the message.
    async fn intercept(
        &self,
        pool: &PoolRecord,
        row: &OutboxRow,
        user: &User,
        code: &Code,
    ) -> Result<Interception, TriggerFault>;
}

/// An interceptor that leaves every message unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoInterceptor;

#[async_trait]
impl MessageInterceptor for NoInterceptor {
    async fn intercept(
        &self,
        _: &PoolRecord,
        _: &OutboxRow,
        _: &User,
        _: &Code,
    ) -> Result<Interception, TriggerFault> {
        Ok(Interception::Send(CustomTexts::default()))
    }
}
