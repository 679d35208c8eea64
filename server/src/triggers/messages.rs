//! Messages on their way out, and the triggers that may reword them or take them over.
//!
//! A custom sender goes before CustomMessage: what it sends has no words of ours (*Chosen*; the guide says that it is
//! called in place of the default behaviour).

use async_trait::async_trait;
use lido_domain::{code::Code, pool::alias::Candidates};

use super::{EventContext, Triggers};
use crate::{
    delivery::{Intervene, Intervention, InterventionFault, intervention::CustomWords},
    store::{OutboxRow, PoolRecord, Store, UserQuery},
    wire::lambda_config,
};

/// Asks the triggers of a pool about each message.
#[derive(Clone, Debug)]
pub struct MessageTriggers {
    triggers: Triggers,
    store: Store,
}

impl MessageTriggers {
    /// `store` has the users whom messages are for.
    pub fn new(triggers: Triggers, store: Store) -> Self {
        Self { triggers, store }
    }
}

#[async_trait]
impl Intervene for MessageTriggers {
    async fn intervene(
        &self,
        pool: &PoolRecord,
        row: &OutboxRow,
        code: &Code,
    ) -> Result<Intervention, InterventionFault> {
        let sender = lambda_config::custom_sender(pool, row.to.kind);
        let message = lambda_config::custom_message(pool);
        if sender.is_none() && message.is_none() {
            return Ok(Intervention::Send(CustomWords::default()));
        }
        let candidates = Candidates { sub: row.of.clone(), names: Vec::new() };
        let query = UserQuery { candidates, beside: Vec::new(), otherwise: None };
        let Some(user) = self.store.read_user(&pool.pool.id, &query).await?.user else {
            return Ok(Intervention::TakenOver);
        };
        let context = EventContext { pool, client: row.client.as_ref(), cause: &row.cause };
        match (sender, message) {
            (Some(arn), _) => {
                self.triggers.custom_sender(arn, context, row, &user, code).await?;
                Ok(Intervention::TakenOver)
            }
            (None, Some(arn)) => {
                Ok(Intervention::Send(self.triggers.custom_message(arn, context, row, &user).await?))
            }
            (None, None) => Ok(Intervention::Send(CustomWords::default())),
        }
    }
}
