//! CustomMessage: other words for a message, before it is sent.

use lido_domain::{attribute::contact::ContactKind, code::message::MessageReason, user::User};
use serde_json::{Map, Value, json};

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    event::{Event, text},
};
use crate::{delivery::CustomWords, store::OutboxRow, wire::lambda_config};

impl Triggers {
    /// Asks for the words of the message in `row`.
    pub(super) async fn custom_message(
        &self,
        arn: &str,
        context: EventContext<'_>,
        row: &OutboxRow,
        user: &User,
    ) -> Result<CustomWords, TriggerFault> {
        let response = self.ask(Trigger::CustomMessage, arn, &event(context, row, user)).await?;
        words(context, row.to.kind, response)
    }
}

/// The event, as it was recorded for sign-ups and forgotten passwords: the placeholders stand for what the function does
/// not get to see, and are filled in when the words come back.
fn event(context: EventContext<'_>, row: &OutboxRow, user: &User) -> Event {
    // *Documented*: only the invitation of an administrator tells a username.
    let username = (row.reason == MessageReason::AdminCreateUser).then_some("{username}");
    let request = context.with_metadata(json!({
        "userAttributes": attributes::of_user(&context.pool.pool, user),
        "codeParameter": "{####}",
        "linkParameter": lambda_config::link_parameter(context.pool),
        "usernameParameter": username,
    }));
    let response = json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null });
    let source = format!("{}_{}", Trigger::CustomMessage, row.reason.as_str());
    context.event(&source, &row.username, "CLIENT_ID_NOT_APPLICABLE".into(), request, response)
}

fn words(
    context: EventContext<'_>,
    kind: ContactKind,
    mut response: Map<String, Value>,
) -> Result<CustomWords, TriggerFault> {
    let words = CustomWords {
        sms_message: text(&mut response, "smsMessage")?,
        email_message: text(&mut response, "emailMessage")?,
        email_subject: text(&mut response, "emailSubject")?,
    };
    // *Chosen*: only words that would be used can be wrong, because a function writes those of both media alike.
    let used = match kind {
        ContactKind::Email => &words.email_message,
        ContactKind::PhoneNumber => &words.sms_message,
    };
    let is_reworded_mail =
        kind == ContactKind::Email && (words.email_message.is_some() || words.email_subject.is_some());
    if is_reworded_mail && !lambda_config::is_developer_email(context.pool) {
        return Err(TriggerFault::mail_not_the_developers());
    }
    match used {
        Some(message) if message.is_empty() => Err(TriggerFault::empty_message()),
        _ => Ok(words),
    }
}
