//! PreAuthentication: may refuse a sign-in before the password is checked.
//!
//! It is invoked once per request. It refuses by an error. Its response changes nothing, but must be the event.

use std::collections::BTreeMap;

use serde_json::json;

use super::{EventContext, SignInUser, Trigger, TriggerFault, Triggers};
use crate::wire::lambda_config;

impl Triggers {
    /// Invokes the trigger, if the pool has it. `validation_data` is the ClientMetadata of InitiateAuth (*Documented*,
    /// cog-0196).
    pub async fn pre_authentication(
        &self,
        context: EventContext<'_>,
        claimant: SignInUser<'_>,
        validation_data: Option<&BTreeMap<String, String>>,
    ) -> Result<(), TriggerFault> {
        let Some(arn) = lambda_config::pre_authentication(context.pool) else { return Ok(()) };
        let request = json!({ "validationData": validation_data });
        let event = claimant.event(context, "PreAuthentication_Authentication", request, json!({}));
        self.invoke(Trigger::PreAuthentication, arn, &event).await.map(drop)
    }
}
