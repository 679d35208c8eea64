//! PostAuthentication: a user has signed in.
//!
//! It is told after the commit and before there are tokens: if it fails, nobody gets any. What it answers changes
//! nothing, and must be the event all the same.

use lido_domain::user::User;
use serde_json::{Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes};
use crate::wire::lambda_config;

impl Triggers {
    /// Tells that `user` has signed in, if the pool has the trigger (cog-0198).
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
        self.ask(Trigger::PostAuthentication, arn, &event).await.map(drop)
    }
}
