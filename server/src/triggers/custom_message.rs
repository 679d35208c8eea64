//! CustomMessage: replaces the texts of a message before it is sent.

use lido_domain::{attribute::contact::ContactKind, code::message::MessageReason, user::User};
use serde_json::{Map, Value, json};

use super::{
    EventContext, Trigger, TriggerFault, Triggers, attributes,
    event::{Event, text},
};
use crate::{delivery::CustomTexts, store::OutboxRow, wire::lambda_config};

impl Triggers {
    /// Invokes CustomMessage, and returns its texts for the message in `row`.
    pub(super) async fn custom_message(
        &self,
        arn: &str,
        context: EventContext<'_>,
        row: &OutboxRow,
        user: &User,
    ) -> Result<CustomTexts, TriggerFault> {
        let response = self.invoke(Trigger::CustomMessage, arn, &event(context, row, user)).await?;
        texts(context, row.to.kind, response)
    }
}

/// Returns the event, as recorded for sign-ups and forgotten passtexts. The function receives placeholders instead of
/// the code and the username; they are replaced in the texts that it returns.
fn event(context: EventContext<'_>, row: &OutboxRow, user: &User) -> Event {
    // *Documented*: only the invitation of an administrator contains a username.
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

fn texts(
    context: EventContext<'_>,
    kind: ContactKind,
    mut response: Map<String, Value>,
) -> Result<CustomTexts, TriggerFault> {
    let texts = CustomTexts {
        sms_message: text(&mut response, "smsMessage")?,
        email_message: text(&mut response, "emailMessage")?,
        email_subject: text(&mut response, "emailSubject")?,
    };
    // *Chosen*: only the text for the message's medium is checked, because a function may return those of both media.
    let used = match kind {
        ContactKind::Email => &texts.email_message,
        ContactKind::PhoneNumber => &texts.sms_message,
    };
    let is_custom_mail =
        kind == ContactKind::Email && (texts.email_message.is_some() || texts.email_subject.is_some());
    if is_custom_mail && !lambda_config::is_developer_email(context.pool) {
        return Err(TriggerFault::email_not_developer());
    }
    match used {
        Some(message) if message.is_empty() => Err(TriggerFault::empty_message()),
        _ => Ok(texts),
    }
}
