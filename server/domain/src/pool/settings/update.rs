//! How UpdateUserPool changes the settings of a pool. A table says what happens to each member that a request omits.
//!
//! The API reference says that an omitted member goes back to its default. Measurements of the live service show that this
//! holds for some members only, so [`UPDATE_USER_POOL`] lists them all. SetUserPoolMfaConfig is in [`super::mfa`].

use serde_json::{Map, Value};

use super::{ChangedSettings, FACTORS, SOFTWARE_TOKEN_MFA, SettingsOperation, mfa};
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
const SMS: &str = "SmsConfiguration";

/// Returns the settings of a pool after UpdateUserPool with the members `request`, by [`UPDATE_USER_POOL`].
///
/// Members of SetUserPoolMfaConfig alone stay: UpdateUserPool does not have them. *Chosen*: turning MFA off removes the
/// factors, because SetUserPoolMfaConfig refuses OFF beside a factor (api-0113), and a pool without factors is one in which
/// MFA cannot be turned on (api-0104).
pub fn update_user_pool(former: &Value, request: Map<String, Value>) -> ChangedSettings {
    let mut kept = former.clone();
    if request.get("MfaConfiguration").is_some_and(|mode| mode == "OFF") {
        for factor in FACTORS {
            remove(&mut kept, "", factor);
        }
    }
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
    let mut given = request.clone();
    if given.get(SMS).is_some_and(|sms| mfa::takes_sms_away(former, sms)) {
        given.remove(SMS);
    }
    let settings = apply_update(UPDATE_USER_POOL, &kept, &given);
    let mut judged = settings.clone();
    for (name, omitted) in UPDATE_USER_POOL {
        if *omitted == Omitted::JudgedAsAbsent && !given.contains_key(*name) {
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

    /// api-0104, api-0113.
    #[test]
    fn update_user_pool_that_turns_mfa_off_removes_the_factors() {
        let factors = json!({
            "SmsMfaConfiguration": {}, SOFTWARE_TOKEN_MFA: { "Enabled": true }, "EmailMfaConfiguration": {},
        });
        let passkeys = json!({ "WebAuthnConfiguration": { "RelyingPartyId": "example.com" } });
        let mut former = json!({ "MfaConfiguration": "ON", SMS: { "SnsCallerArn": "arn" } });
        for more in [&factors, &passkeys] {
            former.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        }
        let mut expected = passkeys;
        expected["MfaConfiguration"] = json!("OFF");
        expected[SMS] = json!({ "SnsCallerArn": "arn" });
        assert_eq!(after(&former, &json!({ "MfaConfiguration": "OFF" })).settings, expected);
        for request in [json!({ "MfaConfiguration": "OPTIONAL" }), json!({})] {
            let settings = after(&former, &request).settings;
            assert!(FACTORS.iter().all(|factor| settings.get(factor).is_some()), "{request}");
        }
    }

    /// api-0127.
    #[test]
    fn update_user_pool_cannot_take_the_sender_of_sms_away() {
        let sender = json!({ "SnsCallerArn": "arn", "ExternalId": "e" });
        let messaging = json!({ "EumsSms": { "CallerArn": "arn" } });
        let none = [json!({}), json!({ "ExternalId": "x" }), json!({ "SnsCallerArn": "" })];
        for given in &none {
            for former in [&sender, &messaging] {
                let former = json!({ SMS: former });
                let changed = after(&former, &json!({ SMS: given }));
                assert_eq!(
                    (changed.settings, changed.judged),
                    (former, json!({})),
                    "counts as omitted: {given}"
                );
            }
            assert_eq!(after(&json!({}), &json!({ SMS: given })).settings, json!({ SMS: given }));
        }
        assert_eq!(
            after(&json!({ SMS: sender }), &json!({ SMS: messaging })).settings,
            json!({ SMS: messaging })
        );
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
