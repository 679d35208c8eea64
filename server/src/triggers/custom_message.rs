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
        texts(context, row, response)
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

/// Returns the texts of a response for the message in `row`.
///
/// A text that lacks a placeholder is not used, nor is its subject: the pool's own message is sent (*Observed* for
/// invitations, pub-0035; *Chosen* like them for other messages).
fn texts(
    context: EventContext<'_>,
    row: &OutboxRow,
    mut response: Map<String, Value>,
) -> Result<CustomTexts, TriggerFault> {
    let kind = row.to.kind;
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
        return Err(TriggerFault::EmailNotDeveloper);
    }
    match used {
        Some(message) if message.is_empty() => Err(TriggerFault::EmptyMessage),
        Some(message) if !has_placeholders(context, row, message) => {
            tracing::warn!(
                pool = %context.pool.pool.id,
                reason = row.reason.as_str(),
                "a text of CustomMessage is not used because it lacks a placeholder"
            );
            Ok(CustomTexts::default())
        }
        _ => Ok(texts),
    }
}

/// Returns whether a text has the placeholders without which its message would be useless: that of the code, or of the
/// link where the pool confirms by link, and in invitations that of the username too (*Documented*).
fn has_placeholders(context: EventContext<'_>, row: &OutboxRow, text: &str) -> bool {
    let may_link = row.reason.may_be_link() && lambda_config::confirms_by_link(context.pool);
    let has_link = may_link && text.split_once("{##").is_some_and(|(_, rest)| rest.contains("##}"));
    let needs_username = row.reason == MessageReason::AdminCreateUser;
    (text.contains("{####}") || has_link) && (!needs_username || text.contains("{username}"))
}
