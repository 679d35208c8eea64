//! The triggers for messages: CustomMessage replaces the texts, and a custom sender sends the message itself.
//!
//! If a pool has both, only the custom sender is invoked, because it does not use the texts (*Chosen*; the guide says
//! that it replaces the default behaviour).

use async_trait::async_trait;
use lido_domain::{code::Code, user::User};

use super::{EventContext, TriggerFault, Triggers};
use crate::{
    delivery::{CustomTexts, Interception, MessageInterceptor},
    store::{OutboxRow, PoolRecord},
    wire::lambda_config,
};

/// An interceptor that invokes the pool's triggers for each message.
#[derive(Clone, Debug)]
pub struct MessageTriggers {
    triggers: Triggers,
}

impl MessageTriggers {
    /// Returns an interceptor that uses `triggers`.
    pub fn new(triggers: Triggers) -> Self {
        Self { triggers }
    }
}

#[async_trait]
impl MessageInterceptor for MessageTriggers {
    async fn intercept(
        &self,
        pool: &PoolRecord,
        row: &OutboxRow,
        user: &User,
        code: &Code,
    ) -> Result<Interception, TriggerFault> {
        let sender = lambda_config::custom_sender(pool, row.to.kind);
        let message = lambda_config::custom_message(pool);
        let context = EventContext { pool, client: row.client.as_ref(), cause: &row.cause };
        match (sender, message) {
            (Some(arn), _) => {
                self.triggers.custom_sender(arn, context, row, user, code).await?;
                Ok(Interception::HandedOver)
            }
            (None, Some(arn)) => {
                Ok(Interception::Send(self.triggers.custom_message(arn, context, row, user).await?))
            }
            (None, None) => Ok(Interception::Send(CustomTexts::default())),
        }
    }
}
