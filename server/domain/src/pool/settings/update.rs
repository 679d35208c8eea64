//! How UpdateUserPool changes the settings of a pool. A table says what happens to each member that a request omits.
//!
//! The API reference says that an omitted member goes back to its default. Measurements of the live service show that this
//! holds for some members only, so [`UPDATE_USER_POOL`] lists them all. SetUserPoolMfaConfig is in [`super::mfa`].

use serde_json::{Map, Value};

use super::{ChangedSettings, SOFTWARE_TOKEN_MFA, SettingsOperation};
use crate::settings::{Omitted, apply_update};

/// What UpdateUserPool does with each member of the settings that its request omits.
///
/// *Observed* in 2026, with controls: Policies (api-0092, api-0093), MfaConfiguration (api-0095), AutoVerifiedAttributes
/// (api-0096), DeletionProtection (api-0097), UserAttributeUpdateSettings (api-0098); SmsConfiguration in public code that was
/// measured in September 2026. *Documented*: LambdaConfig (api-0101), DcrConfiguration (api-0103), and members that cannot be
/// updated (api-0107). *Chosen* for the others: members that are believed to stay (api-0100) stay, and members of which nothing
/// is known are reset, as the API reference says. The older members for verification messages follow
/// VerificationMessageTemplate, because they contain the same texts; SmsAuthenticationMessage stays as e-mail MFA's message
/// does.
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

/// The texts of verification messages that have two members: one in VerificationMessageTemplate, and an older one in the pool
/// itself (*Observed*).
pub(crate) const VERIFICATION_TEXTS: [(&str, &str); 3] = [
    ("EmailMessage", "EmailVerificationMessage"),
    ("EmailSubject", "EmailVerificationSubject"),
    ("SmsMessage", "SmsVerificationMessage"),
];

const TEMPLATE: &str = "VerificationMessageTemplate";

/// Returns the settings of a pool after UpdateUserPool with the members `request`, by [`UPDATE_USER_POOL`].
///
/// Members of SetUserPoolMfaConfig alone stay: UpdateUserPool does not have them.
pub fn update_user_pool(former: &Value, request: Map<String, Value>) -> ChangedSettings {
    let mut kept = former.clone();
    // A pool with a disabled factor is one without factors, so that SMS can become its factor.
    let token_is_off = kept.pointer("/SoftwareTokenMfaConfiguration/Enabled") == Some(&Value::Bool(false));
    if token_is_off && request.contains_key("MfaConfiguration") {
        remove(&mut kept, "", SOFTWARE_TOKEN_MFA);
    }
    let template = request.get(TEMPLATE);
    for (newer, older) in VERIFICATION_TEXTS {
        // A text that the request gives in one place replaces it in the other.
        if template.is_some() {
            remove(&mut kept, "", older);
        }
        if request.contains_key(older) && template.is_none() {
            remove(&mut kept, "/VerificationMessageTemplate", newer);
        }
    }
    let settings = apply_update(UPDATE_USER_POOL, &kept, &request);
    let mut judged = settings.clone();
    for (name, omitted) in UPDATE_USER_POOL {
        if *omitted == Omitted::JudgedAsAbsent && !request.contains_key(*name) {
            remove(&mut judged, "", name);
        }
    }
    let operation = SettingsOperation::UpdateUserPool;
    ChangedSettings { operation, request, former: Some(former.clone()), settings, judged }
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
        update_user_pool(former, request.as_object().expect("an object").clone())
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
