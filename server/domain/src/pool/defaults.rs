//! All default values of the settings of a user pool.
//!
//! Settings are stored as the caller of the API sent them, without defaults. [`with_defaults`] adds the defaults when
//! settings are returned by the API and when a [`crate::pool::Pool`] is derived from them ([`crate::pool::settings`]).
//! No default is defined anywhere else.

use serde_json::{Map, Value, json};

use super::settings::{VERIFICATION_TEXTS, WEB_AUTHN};
use crate::settings::{drop_zero, fill, set};

/// The pointer to the validity of temporary passwords in days.
pub(crate) const TEMPORARY_PASSWORD_DAYS: &str = "/Policies/PasswordPolicy/TemporaryPasswordValidityDays";
/// The pointer to the older setting for the same value.
pub(crate) const UNUSED_ACCOUNT_DAYS: &str = "/AdminCreateUserConfig/UnusedAccountValidityDays";

/// The number of authentication levels.
const ACR_LEVELS: u8 = 4;

/// Returns the default value of the claim `acr` for a level (*Documented*, oau-0051).
pub(in crate::pool) fn acr_value(level: u8) -> String {
    format!("urn:cognito:loa:{level}")
}

/// Returns the settings of a pool that was created without any.
///
/// `AccountRecoverySetting` and `UsernameConfiguration` are not among them, because their absence has a meaning
/// (*Documented*: recovery by phone before e-mail, cog-0400; case-sensitive names). The other members that are not here
/// were absent in a recorded response to a request without them (a raw body of July 2020).
fn pool_defaults() -> Value {
    let acr_names = (1..=ACR_LEVELS).map(|level| {
        // The values are *Documented* in CreateUserPool; that responses have all four levels, in UserPoolType.
        (format!("Level{level}"), json!({ "AcrValue": acr_value(level) }))
    });
    json!({
        "Policies": {
            // *Documented*.
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": true,
                "RequireLowercase": true,
                "RequireNumbers": true,
                "RequireSymbols": true,
                "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
        },
        "DeletionProtection": "INACTIVE",
        // *Observed*: an empty object where no function is set.
        "LambdaConfig": {},
        "MfaConfiguration": "OFF",
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 },
        // *Documented*, cog-0319.
        "UserPoolTier": "ESSENTIALS",
        "AcrConfiguration": acr_names.collect::<Map<_, _>>(),
        "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
        // *Observed* since July 2026.
        "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" },
        "IssuerConfiguration": { "Type": "ORIGINAL" },
    })
}

/// Returns the members that are absent in a password policy of a request: no class is required (*Chosen*).
fn given_policy_defaults() -> Value {
    json!({
        "RequireUppercase": false,
        "RequireLowercase": false,
        "RequireNumbers": false,
        "RequireSymbols": false,
    })
}

/// Returns the settings of a pool with all defaults added.
pub fn with_defaults(given: &Value) -> Value {
    let days = temporary_password_days(given);
    let mut all = given.clone();
    if let Some(policy) = all.pointer_mut("/Policies/PasswordPolicy") {
        fill(policy, given_policy_defaults());
        drop_zero(policy, "TemporaryPasswordValidityDays");
        // *Documented*, PasswordPolicyType: a history size of zero is not returned.
        drop_zero(policy, "PasswordHistorySize");
    }
    if let Some(admin) = all.get_mut("AdminCreateUserConfig") {
        drop_zero(admin, "UnusedAccountValidityDays");
    }
    if let Some(passkeys) = all.get_mut(WEB_AUTHN) {
        // *Observed* (api-0124): responses contain it if the rest of the member was set.
        fill(passkeys, json!({ "FactorConfiguration": "SINGLE_FACTOR" }));
    }
    if let Some(registration) = all.get_mut("DcrConfiguration") {
        // *Documented* (api-0103): a configuration without the member turns it on.
        fill(registration, json!({ "EnableStatus": "Enabled" }));
    }
    fill(&mut all, pool_defaults());
    if let Some(days) = days {
        set(&mut all, "/Policies/PasswordPolicy", "TemporaryPasswordValidityDays", days.into());
    }
    // *Observed*: responses contain the same value in both members.
    let days = all.pointer(TEMPORARY_PASSWORD_DAYS).cloned();
    if let Some(days) = days {
        set(&mut all, "/AdminCreateUserConfig", "UnusedAccountValidityDays", days);
    }
    // The older members and the template contain the same texts. A text that was sent in one of them is returned in
    // both (*Observed*); if both were sent, the template's text is used (*Chosen*).
    for (newer, older) in VERIFICATION_TEXTS {
        let template = all.get("VerificationMessageTemplate").and_then(|template| template.get(newer));
        if let Some(text) = template.or_else(|| all.get(older)).cloned() {
            set(&mut all, "/VerificationMessageTemplate", newer, text.clone());
            set(&mut all, "", older, text);
        }
    }
    all
}

/// Returns the validity of temporary passwords in days, or `None` if it is not set. Zero means not set (*Documented*).
///
/// *Chosen*: if only the older setting is set, its value is used.
fn temporary_password_days(given: &Value) -> Option<u64> {
    given_days(given, TEMPORARY_PASSWORD_DAYS).or_else(|| given_days(given, UNUSED_ACCOUNT_DAYS))
}

/// Returns the number of days at `pointer`, or `None` if it is absent or zero.
pub(crate) fn given_days(given: &Value, pointer: &str) -> Option<u64> {
    given.pointer(pointer).and_then(Value::as_u64).filter(|days| *days > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::check_defaults;

    #[test]
    fn pool_without_settings_has_the_defaults() {
        assert_eq!(with_defaults(&json!({})), pool_defaults());
        assert_eq!(with_defaults(&pool_defaults()), pool_defaults());
    }

    #[test]
    fn pool_defaults_depend_on_other_settings() {
        const UPPERCASE: &str = "/Policies/PasswordPolicy/RequireUppercase";
        const LENGTH: &str = "/Policies/PasswordPolicy/MinimumLength";
        const HISTORY: &str = "/Policies/PasswordPolicy/PasswordHistorySize";
        const DAYS: &str = TEMPORARY_PASSWORD_DAYS;
        const UNUSED: &str = UNUSED_ACCOUNT_DAYS;
        let policy = |policy: Value| json!({ "Policies": { "PasswordPolicy": policy } });
        let unused = |days: u32| json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": days } });
        let template = |template: Value| json!({ "VerificationMessageTemplate": template });
        check_defaults(
            with_defaults,
            &[
                (policy(json!({})), UPPERCASE, false.into()),
                (policy(json!({})), LENGTH, 8.into()),
                (policy(json!({ "MinimumLength": 9 })), LENGTH, 9.into()),
                (policy(json!({ "PasswordHistorySize": 0 })), HISTORY, Value::Null),
                (policy(json!({ "PasswordHistorySize": 2 })), HISTORY, 2.into()),
                (policy(json!({ "TemporaryPasswordValidityDays": 0 })), DAYS, 7.into()),
                (policy(json!({ "TemporaryPasswordValidityDays": 3 })), DAYS, 3.into()),
                (policy(json!({ "TemporaryPasswordValidityDays": 3 })), UNUSED, 3.into()),
                (unused(30), DAYS, 30.into()),
                (unused(30), UPPERCASE, true.into()),
                (unused(30), UNUSED, 30.into()),
                (unused(0), UNUSED, 7.into()),
                (unused(0), DAYS, 7.into()),
                (json!({ "UserPoolTier": "LITE" }), "/UserPoolTier", "LITE".into()),
                (
                    json!({ "AcrConfiguration": { "Level2": { "AcrValue": "x" } } }),
                    "/AcrConfiguration/Level2/AcrValue",
                    "x".into(),
                ),
                (
                    json!({ "AcrConfiguration": { "Level2": { "AcrValue": "x" } } }),
                    "/AcrConfiguration/Level3/AcrValue",
                    "urn:cognito:loa:3".into(),
                ),
                (template(json!({ "SmsMessage": "a" })), "/SmsVerificationMessage", "a".into()),
                (
                    json!({ "SmsVerificationMessage": "a" }),
                    "/VerificationMessageTemplate/SmsMessage",
                    "a".into(),
                ),
                (
                    json!({
                        "EmailVerificationMessage": "older", "VerificationMessageTemplate": { "EmailMessage": "newer" },
                    }),
                    "/EmailVerificationMessage",
                    "newer".into(),
                ),
            ],
        );
    }
}
