//! PostConfirmation: a user was confirmed.
//!
//! It is told after the commit: if it fails, the call fails and the user stays confirmed (cog-0018). What it answers
//! changes nothing, and must be the event all the same.

use lido_domain::user::User;
use serde_json::{Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes, event::Event};
use crate::wire::lambda_config;

/// What confirmed a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// A sign-up was confirmed: by a code, by an administrator, or by PreSignUp.
    SignUp,
    /// A forgotten password was set anew.
    ForgotPassword,
}

impl Triggers {
    /// Tells that `user` was confirmed, if the pool has the trigger.
    pub async fn post_confirmation(
        &self,
        context: EventContext<'_>,
        confirmation: Confirmation,
        user: &User,
    ) -> Result<(), TriggerFault> {
        let Some(arn) = lambda_config::post_confirmation(context.pool) else { return Ok(()) };
        self.ask(Trigger::PostConfirmation, arn, &event(context, confirmation, user)).await.map(drop)
    }
}

fn event(context: EventContext<'_>, confirmation: Confirmation, user: &User) -> Event {
    let source = match confirmation {
        Confirmation::SignUp => "PostConfirmation_ConfirmSignUp",
        Confirmation::ForgotPassword => "PostConfirmation_ConfirmForgotPassword", // cog-0313
    };
    let attributes = attributes::of_user(&context.pool.pool, user);
    let request = context.with_metadata(json!({ "userAttributes": attributes }));
    // *Observed* (cog-0050): where an administrator confirms, there is no app client, and this is how it is told.
    context.event(source, &user.username, Value::Null, request, json!({}))
}
