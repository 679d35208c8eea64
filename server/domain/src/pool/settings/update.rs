//! How UpdateUserPool changes the settings of a pool: what becomes of a member that the request omits, member by member.
//!
//! The API reference says that an omitted member goes back to its default. Measurements of the live service show that this
//! holds for some members only, so [`UPDATE_USER_POOL`] lists them all. SetUserPoolMfaConfig is in [`super::mfa`].

use serde_json::{Map, Value};

use super::SOFTWARE_TOKEN_MFA;
use crate::settings::{Omitted, apply_update};

/// What UpdateUserPool does with each member of the settings that its request omits.
///
/// *Observed* in 2026, with controls: Policies (api-0092, api-0093), MfaConfiguration (api-0095), AutoVerifiedAttributes
/// (api-0096), DeletionProtection (api-0097), UserAttributeUpdateSettings (api-0098), SmsConfiguration (api-0056).
/// *Documented*: LambdaConfig (api-0101) and DcrConfiguration (api-0103), and what cannot be updated (api-0107). *Chosen* for the others: those believed to stay (api-0100), stay; those of which nothing is known are reset, as
/// the API reference says. The older texts of verification messages share the fate of VerificationMessageTemplate, with
/// which they are one setting.
pub const UPDATE_USER_POOL: &[(&str, Omitted)] = &[
    ("AccountRecoverySetting", Omitted::Stays),
    ("AcrConfiguration", Omitted::Resets),
    ("AdminCreateUserConfig", Omitted::Resets),
    ("AliasAttributes", Omitted::NotUpdatable),
    ("AutoVerifiedAttributes", Omitted::Resets),
    ("DcrConfiguration", Omitted::Stays),
    ("DeletionProtection", Omitted::Stays),
    ("DeviceConfiguration", Omitted::Resets),
    ("EmailConfiguration", Omitted::Stays),
    ("EmailVerificationMessage", Omitted::Stays),
    ("EmailVerificationSubject", Omitted::Stays),
    ("IssuerConfiguration", Omitted::Stays),
    ("KeyConfiguration", Omitted::Stays),
    ("LambdaConfig", Omitted::Resets),
    ("MfaConfiguration", Omitted::Stays),
    ("Policies", Omitted::StaysByMember),
    ("SmsAuthenticationMessage", Omitted::Stays),
    ("SmsConfiguration", Omitted::JudgedAsAbsent),
    ("SmsVerificationMessage", Omitted::Stays),
    ("UserAttributeUpdateSettings", Omitted::Stays),
    ("UserPoolAddOns", Omitted::Resets),
    ("UserPoolTier", Omitted::Stays),
    ("UsernameAttributes", Omitted::NotUpdatable),
    ("UsernameConfiguration", Omitted::NotUpdatable),
    ("VerificationMessageTemplate", Omitted::Stays),
];

/// The texts that stand both in VerificationMessageTemplate and, older, in the pool itself: one setting in two places
/// (*Observed*).
pub(crate) const VERIFICATION_TEXTS: [(&str, &str); 3] = [
    ("EmailMessage", "EmailVerificationMessage"),
    ("EmailSubject", "EmailVerificationSubject"),
    ("SmsMessage", "SmsVerificationMessage"),
];

const TEMPLATE: &str = "VerificationMessageTemplate";

/// The settings of a pool after a request that changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedSettings {
    /// The settings to store.
    pub settings: Value,
    /// The settings by which the request is judged: without members that it omits and that count as absent then.
    pub judged: Value,
    /// The settings before the request; `None` if it creates the pool.
    pub former: Option<Value>,
}

impl ChangedSettings {
    /// Returns the settings of a new pool.
    pub fn new(settings: Value) -> Self {
        Self { judged: settings.clone(), settings, former: None }
    }
}

/// Returns the settings of a pool after UpdateUserPool with the members `request`, by [`UPDATE_USER_POOL`].
///
/// Members of SetUserPoolMfaConfig alone stay: UpdateUserPool does not have them.
pub fn updated(stored: &Value, request: &Map<String, Value>) -> ChangedSettings {
    let mut former = stored.clone();
    // A factor that was configured as disabled does not keep SMS from being one.
    let token_is_off = former.pointer("/SoftwareTokenMfaConfiguration/Enabled") == Some(&Value::Bool(false));
    if token_is_off && request.contains_key("MfaConfiguration") {
        remove(&mut former, "", SOFTWARE_TOKEN_MFA);
    }
    let template = request.get(TEMPLATE);
    for (newer, older) in VERIFICATION_TEXTS {
        // A text that the request gives in one place replaces it in the other.
        if template.is_some() {
            remove(&mut former, "", older);
        }
        if request.contains_key(older) && template.is_none() {
            remove(&mut former, "/VerificationMessageTemplate", newer);
        }
    }
    let settings = apply_update(UPDATE_USER_POOL, &former, request);
    let mut judged = settings.clone();
    for (name, omitted) in UPDATE_USER_POOL {
        if *omitted == Omitted::JudgedAsAbsent && !request.contains_key(*name) {
            remove(&mut judged, "", name);
        }
    }
    ChangedSettings { settings, judged, former: Some(stored.clone()) }
}

fn remove(object: &mut Value, pointer: &str, name: &str) {
    if let Some(Value::Object(members)) = object.pointer_mut(pointer) {
        members.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::check_updates;

    fn after(former: &Value, request: &Value) -> ChangedSettings {
        updated(former, request.as_object().expect("an object"))
    }

    #[test]
    fn update_user_pool_with_omitted_member_follows_the_table() {
        check_updates(UPDATE_USER_POOL, |former, request| after(former, request).settings);
    }

    #[test]
    fn update_user_pool_without_sms_configuration_is_judged_without_it() {
        let sms = json!({ "SnsCallerArn": "arn" });
        let former = json!({ "SmsConfiguration": sms, "MfaConfiguration": "OPTIONAL" });
        let changed = after(&former, &json!({}));
        assert_eq!(changed.settings, former);
        assert_eq!(changed.judged, json!({ "MfaConfiguration": "OPTIONAL" }));
        let changed = after(&json!({}), &json!({ "SmsConfiguration": sms }));
        assert_eq!(changed.judged, changed.settings);
    }

    #[test]
    fn update_user_pool_with_half_of_policies_keeps_the_other() {
        let password = |length: u32| json!({ "MinimumLength": length });
        let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
        let former = json!({ "Policies": { "PasswordPolicy": password(9), "SignInPolicy": factors } });
        let request = json!({ "Policies": { "PasswordPolicy": password(12) } });
        let expected = json!({ "Policies": { "PasswordPolicy": password(12), "SignInPolicy": factors } });
        assert_eq!(after(&former, &request).settings, expected);
        let complete =
            json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 9, "RequireNumbers": true } } });
        let expected = json!({ "Policies": { "PasswordPolicy": password(12) } });
        assert_eq!(after(&complete, &request).settings, expected, "a policy is replaced as a whole");
    }

    #[test]
    fn update_user_pool_with_verification_text_replaces_it_in_both_places() {
        let older = |text: &str| json!({ "EmailVerificationMessage": text });
        let newer = |text: &str| json!({ TEMPLATE: { "EmailMessage": text } });
        let cases = [
            (newer("a"), older("b"), json!({ TEMPLATE: {}, "EmailVerificationMessage": "b" })),
            (older("a"), newer("b"), newer("b")),
            (
                older("a"),
                json!({ TEMPLATE: { "SmsMessage": "c" } }),
                json!({ TEMPLATE: { "SmsMessage": "c" } }),
            ),
            (older("a"), json!({}), older("a")),
            (newer("a"), json!({}), newer("a")),
        ];
        for (former, request, expected) in cases {
            assert_eq!(after(&former, &request).settings, expected, "{former} {request}");
        }
    }
}
