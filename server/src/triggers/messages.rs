//! Messages on their way out, and the triggers that may reword them or take them over.
//!
//! A custom sender goes before CustomMessage: what it sends has no words of ours (*Chosen*; the guide says that it is
//! called in place of the default behaviour).

use async_trait::async_trait;
use lido_domain::{code::Code, user::User};

use super::{EventContext, TriggerFault, Triggers};
use crate::{
    delivery::{CustomWords, Intervene, Intervention},
    store::{OutboxRow, PoolRecord},
    wire::lambda_config,
};

/// Asks the triggers of a pool about each message.
#[derive(Clone, Debug)]
pub struct MessageTriggers {
    triggers: Triggers,
}

impl MessageTriggers {
    /// Asks through `triggers`.
    pub fn new(triggers: Triggers) -> Self {
        Self { triggers }
    }
}

#[async_trait]
impl Intervene for MessageTriggers {
    async fn intervene(
        &self,
        pool: &PoolRecord,
        row: &OutboxRow,
        user: &User,
        code: &Code,
    ) -> Result<Intervention, TriggerFault> {
        let sender = lambda_config::custom_sender(pool, row.to.kind);
        let message = lambda_config::custom_message(pool);
        let context = EventContext { pool, client: row.client.as_ref(), cause: &row.cause };
        match (sender, message) {
            (Some(arn), _) => {
                self.triggers.custom_sender(arn, context, row, user, code).await?;
                Ok(Intervention::TakenOver)
            }
            (None, Some(arn)) => {
                Ok(Intervention::Send(self.triggers.custom_message(arn, context, row, user).await?))
            }
            (None, None) => Ok(Intervention::Send(CustomWords::default())),
        }
    }
}
