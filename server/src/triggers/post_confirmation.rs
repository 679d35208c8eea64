//! PostConfirmation: invoked after a user was confirmed.
//!
//! It is invoked after the commit; if it fails, the request fails and the user stays confirmed (cog-0018). Its response
//! changes nothing, but must be the event.

use lido_domain::user::User;
use serde_json::{Value, json};

use super::{EventContext, Trigger, TriggerFault, Triggers, attributes, event::Event};
use crate::wire::lambda_config;

/// The kind of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The confirmation of a sign-up, by a code, an administrator or PreSignUp.
    SignUp,
    /// The reset of a forgotten password.
    ForgotPassword,
}

impl Triggers {
    /// Invokes the trigger after `user` was confirmed, if the pool has it.
    pub async fn post_confirmation(
        &self,
        context: EventContext<'_>,
        confirmation: Confirmation,
        user: &User,
    ) -> Result<(), TriggerFault> {
        let Some(arn) = lambda_config::post_confirmation(context.pool) else { return Ok(()) };
        self.invoke(Trigger::PostConfirmation, arn, &event(context, confirmation, user)).await.map(drop)
    }
}

fn event(context: EventContext<'_>, confirmation: Confirmation, user: &User) -> Event {
    let source = match confirmation {
        Confirmation::SignUp => "PostConfirmation_ConfirmSignUp",
        Confirmation::ForgotPassword => "PostConfirmation_ConfirmForgotPassword", // cog-0313
    };
    let attributes = attributes::of_user(&context.pool.pool, user);
    let request = context.with_metadata(json!({ "userAttributes": attributes }));
    // *Observed* (cog-0050): the client id is `null` if an administrator confirms.
    context.event(source, &user.username, Value::Null, request, json!({}))
}
