//! PostAuthentication: invoked after a user has signed in.
//!
//! It is invoked after the commit and before tokens are signed; if it fails, there are no tokens. Its response changes
//! nothing, but must be the event.

use lido_domain::user::User;
use serde_json::{Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes};
use crate::wire::lambda_config;

impl Triggers {
    /// Invokes the trigger after `user` has signed in, if the pool has it (cog-0198).
    pub async fn post_authentication(
        &self,
        context: EventContext<'_>,
        user: &User,
        new_device_used: bool,
    ) -> Result<(), TriggerFault> {
        let Some(arn) = lambda_config::post_authentication(context.pool) else { return Ok(()) };
        let request = context.with_metadata(json!({
            "userAttributes": attributes::of_user(&context.pool.pool, user),
            "newDeviceUsed": new_device_used,
        }));
        let source = "PostAuthentication_Authentication";
        let event = context.event(source, &user.username, Value::Null, request, json!({}));
        self.invoke(Trigger::PostAuthentication, arn, &event).await.map(drop)
    }
}
