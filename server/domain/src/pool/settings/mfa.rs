//! How SetUserPoolMfaConfig changes the settings of a pool: it replaces everything that it can set.
//!
//! [`super::PoolSettings::check`] decides whether the result is allowed. UpdateUserPool, which changes the mode and the SMS
//! configuration too, is in [`super::update`].

use serde_json::{Map, Value, json};

use super::{ChangedSettings, EMAIL_MFA, SMS_MFA, SOFTWARE_TOKEN_MFA, SettingsOperation, WEB_AUTHN};
use crate::settings::{Omitted, apply_update};

/// What SetUserPoolMfaConfig does with each member of a request that omits it.
///
/// *Observed* (api-0112): the call replaces everything, and MFA that is not given is off.
pub const SET_USER_POOL_MFA_CONFIG: &[(&str, Omitted)] = &[
    (EMAIL_MFA, Omitted::Resets),
    ("MfaConfiguration", Omitted::Resets),
    (SMS_MFA, Omitted::Resets),
    (SOFTWARE_TOKEN_MFA, Omitted::Resets),
    (WEB_AUTHN, Omitted::Resets),
];

/// The members of SmsMfaConfiguration that are settings of the pool. They stay when they are omitted: SMS cannot be taken
/// away from a pool once it is configured (*Documented*, api-0127).
const SMS_MEMBERS: [&str; 2] = ["SmsAuthenticationMessage", SMS_CONFIGURATION];
const SMS_CONFIGURATION: &str = "SmsConfiguration";

/// Returns whether a request would leave a pool that can send SMS without a sender: it can get another one, and none cannot
/// be given (*Documented*, api-0127). *Chosen*: such a configuration counts as omitted.
pub(super) fn takes_sms_away(former: &Value, given: &Value) -> bool {
    let has_sender = |sms: &Value| {
        let sns = sms.get("SnsCallerArn").and_then(Value::as_str).unwrap_or_default();
        !sns.is_empty() || sms.get("EumsSms").is_some()
    };
    former.get(SMS_CONFIGURATION).is_some_and(has_sender) && !has_sender(given)
}

/// Returns the settings of a pool after SetUserPoolMfaConfig with the members `request`.
pub fn set_user_pool_mfa_config(former: &Value, request: Map<String, Value>) -> ChangedSettings {
    let mut given = request.clone();
    if let Some(sms) = given.get_mut(SMS_MFA).map(|sms| std::mem::replace(sms, json!({}))) {
        for name in SMS_MEMBERS {
            let value = sms.get(name);
            if let Some(value) = value.filter(|sms| name != SMS_CONFIGURATION || !takes_sms_away(former, sms))
            {
                given.insert(name.to_owned(), value.clone());
            }
        }
    }
    let (own, of_pool): (Map<_, _>, Map<_, _>) =
        given.into_iter().partition(|(name, _)| !SMS_MEMBERS.contains(&name.as_str()));
    let mut settings = apply_update(SET_USER_POOL_MFA_CONFIG, former, &own);
    if let Value::Object(members) = &mut settings {
        members.extend(of_pool);
    }
    let operation = SettingsOperation::SetUserPoolMfaConfig;
    ChangedSettings { operation, request, former: Some(former.clone()), judged: settings.clone(), settings }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::check_updates;

    fn after(former: &Value, request: &Value) -> Value {
        set_user_pool_mfa_config(former, request.as_object().expect("an object").clone()).settings
    }

    #[test]
    fn set_user_pool_mfa_config_with_omitted_member_follows_the_table() {
        let others = SET_USER_POOL_MFA_CONFIG.iter().copied().filter(|(name, _)| *name != SMS_MFA);
        check_updates(&others.collect::<Vec<_>>(), after);
    }

    /// api-0127.
    #[test]
    fn set_user_pool_mfa_config_keeps_the_sms_configuration_in_its_place() {
        let former = json!({ "SmsAuthenticationMessage": "x", "SmsConfiguration": { "ExternalId": "e" }, SMS_MFA: {} });
        let expected = json!({ "SmsAuthenticationMessage": "x", "SmsConfiguration": { "ExternalId": "e" } });
        assert_eq!(after(&former, &json!({})), expected);
        let request = json!({ "MfaConfiguration": "ON", SMS_MFA: { "SmsAuthenticationMessage": "z" } });
        let expected = json!({
            "MfaConfiguration": "ON", "SmsAuthenticationMessage": "z", "SmsConfiguration": { "ExternalId": "e" },
            SMS_MFA: {},
        });
        assert_eq!(after(&former, &request), expected);
    }

    /// api-0127.
    #[test]
    fn set_user_pool_mfa_config_cannot_take_the_sender_of_sms_away() {
        let former = json!({ "SmsConfiguration": { "SnsCallerArn": "arn" } });
        let request = |sms: Value| json!({ "MfaConfiguration": "ON", SMS_MFA: { "SmsConfiguration": sms } });
        let sms_after = |sms: Value| after(&former, &request(sms))["SmsConfiguration"].clone();
        assert_eq!(sms_after(json!({})), former["SmsConfiguration"]);
        let other = json!({ "SnsCallerArn": "other" });
        assert_eq!(sms_after(other.clone()), other);
    }
}
