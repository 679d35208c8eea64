//! UserMigration: returns a user that does not exist in the pool, to be created.
//!
//! It is invoked once per request, with the name that the client sent. [`lido_domain::flow::users::migrate_user`]
//! decides by its response.

use std::collections::{BTreeMap, BTreeSet};

use lido_domain::{
    attribute::{AttributeInput, contact::ContactKind},
    flow::users::migrate_user::{FinalStatus, UserMigrationReply},
    id::Username,
    secret::Secret,
};
use serde_json::{Map, Value, json};

use super::{
    EventContext, Trigger, TriggerFault, Triggers,
    event::{Event, flag, text},
};
use crate::wire::lambda_config;

/// The request of a user that does not exist in the pool.
#[derive(Clone, Copy, Debug)]
pub enum UnknownUser<'a> {
    /// A sign-in with a password.
    SigningIn {
        /// The password.
        password: &'a Secret,
        /// The ClientMetadata of InitiateAuth (*Documented*, cog-0196).
        validation_data: Option<&'a BTreeMap<String, String>>,
    },
    /// A forgotten password.
    ForgotPassword,
}

impl Triggers {
    /// Invokes the trigger, if the pool has it. Returns `None` if the function returns no user.
    pub async fn user_migration(
        &self,
        context: EventContext<'_>,
        typed: &str,
        unknown: UnknownUser<'_>,
    ) -> Result<Option<UserMigrationReply>, TriggerFault> {
        let Some(arn) = lambda_config::user_migration(context.pool) else { return Ok(None) };
        let mut response = self.invoke(Trigger::UserMigration, arn, &event(context, typed, unknown)).await?;
        parse(&mut response)
    }
}

fn event(context: EventContext<'_>, typed: &str, unknown: UnknownUser<'_>) -> Event {
    let (source, request) = match unknown {
        UnknownUser::SigningIn { password, validation_data } => (
            "UserMigration_Authentication",
            json!({
                "password": password.expose_str().unwrap_or_default(),
                "validationData": validation_data,
            }),
        ),
        // *Documented*: this event has no password.
        UnknownUser::ForgotPassword => ("UserMigration_ForgotPassword", json!({ "validationData": null })),
    };
    let response = json!({
        "userAttributes": null,
        "forceAliasCreation": null,
        "enableSMSMFA": null,
        "finalUserStatus": null,
        "messageAction": null,
        "desiredDeliveryMediums": null,
    });
    let request = context.with_metadata(request);
    context.event(source, &Username::new(typed), Value::Null, request, response)
}

/// Parses the response. *Documented*: a response without attributes means that there is no user.
fn parse(response: &mut Map<String, Value>) -> Result<Option<UserMigrationReply>, TriggerFault> {
    let invalid = || TriggerFault::Unrecognizable;
    let attributes = match response.remove("userAttributes") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(attributes)) => attributes,
        Some(_) => return Err(invalid()),
    };
    let given = |(name, value)| match value {
        Value::String(value) => Ok(AttributeInput { name, value: Some(value) }),
        _ => Err(invalid()),
    };
    let attributes = attributes.into_iter().map(given).collect::<Result<Vec<_>, _>>()?;
    let status = match text(response, "finalUserStatus")?.as_deref() {
        None => None,
        Some("CONFIRMED") => Some(FinalStatus::Confirmed),
        Some("RESET_REQUIRED") => Some(FinalStatus::ResetRequired),
        Some(_) => return Err(invalid()),
    };
    let suppress = match text(response, "messageAction")?.as_deref() {
        None => false,
        Some("SUPPRESS") => true,
        Some(_) => return Err(invalid()),
    };
    let media = match response.remove("desiredDeliveryMediums") {
        None | Some(Value::Null) => None,
        Some(Value::Array(media)) => Some(media.iter().map(medium).collect::<Result<BTreeSet<_>, _>>()?),
        Some(_) => return Err(invalid()),
    };
    let force_alias = flag(response, "forceAliasCreation")?;
    let sms_mfa = flag(response, "enableSMSMFA")?;
    let migrating = UserMigrationReply { attributes, status, suppress, media, force_alias, sms_mfa };
    Ok(Some(migrating).filter(|migrating| !migrating.attributes.is_empty()))
}

fn medium(value: &Value) -> Result<ContactKind, TriggerFault> {
    match value.as_str() {
        Some("EMAIL") => Ok(ContactKind::Email),
        Some("SMS") => Ok(ContactKind::PhoneNumber),
        _ => Err(TriggerFault::Unrecognizable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_json(response: Value) -> Result<Option<UserMigrationReply>, TriggerFault> {
        parse(&mut response.as_object().cloned().expect("an object"))
    }

    /// cog-0199.
    #[test]
    fn response_is_parsed_or_refused() {
        let email = AttributeInput { name: "email".into(), value: Some("a@b.c".into()) };
        let plain = UserMigrationReply { attributes: vec![email], ..UserMigrationReply::default() };
        let whole = UserMigrationReply {
            status: Some(FinalStatus::ResetRequired),
            suppress: true,
            media: Some(BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber])),
            force_alias: true,
            sms_mfa: true,
            ..plain.clone()
        };
        let attributes = json!({ "email": "a@b.c" });
        let cases = [
            (json!({}), None),
            (json!({ "userAttributes": null, "finalUserStatus": null, "forceAliasCreation": null }), None),
            (json!({ "userAttributes": {}, "finalUserStatus": "CONFIRMED" }), None),
            (json!({ "userAttributes": attributes }), Some(plain)),
            (
                json!({
                    "userAttributes": attributes, "finalUserStatus": "RESET_REQUIRED", "messageAction": "SUPPRESS",
                    "desiredDeliveryMediums": ["SMS", "EMAIL"], "forceAliasCreation": true, "enableSMSMFA": true,
                }),
                Some(whole),
            ),
        ];
        for (response, expected) in cases {
            assert_eq!(parse_json(response.clone()), Ok(expected), "{response}");
        }
        for (name, value) in [
            ("userAttributes", json!("email")),
            ("userAttributes", json!({ "email_verified": true })),
            ("finalUserStatus", json!("ARCHIVED")),
            ("messageAction", json!("RESEND")),
            ("desiredDeliveryMediums", json!("EMAIL")),
            ("desiredDeliveryMediums", json!(["FAX"])),
            ("forceAliasCreation", json!("true")),
        ] {
            let mut response = json!({ "userAttributes": attributes });
            response[name] = value;
            assert_eq!(parse_json(response.clone()), Err(TriggerFault::Unrecognizable), "{response}");
        }
    }
}
