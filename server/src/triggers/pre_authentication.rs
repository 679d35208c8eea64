//! PreAuthentication: may whoever begins to sign in go on?
//!
//! It is asked once a request, before the password is looked at. What it answers changes nothing, and must be the event
//! all the same; to refuse, it throws.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Claimant, EventContext, Trigger, TriggerFault, Triggers};
use crate::wire::lambda_config;

impl Triggers {
    /// Asks, if the pool has the trigger. `validation_data` is the ClientMetadata of InitiateAuth (*Documented*,
    /// cog-0196).
    pub async fn pre_authentication(
        &self,
        context: EventContext<'_>,
        claimant: Claimant<'_>,
        validation_data: Option<&BTreeMap<String, String>>,
    ) -> Result<(), TriggerFault> {
        let Some(arn) = lambda_config::pre_authentication(context.pool) else { return Ok(()) };
        let request = json!({ "validationData": validation_data });
        let event = claimant.event(context, "PreAuthentication_Authentication", request, json!({}));
        self.ask(Trigger::PreAuthentication, arn, &event).await.map(drop)
    }
}
