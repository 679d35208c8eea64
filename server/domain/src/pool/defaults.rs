//! The defaults of the settings of a user pool, all of them.
//!
//! Settings are stored as the API's caller gave them, without defaults. They are added here for those who show settings
//! and for those who derive from them what decides ([`crate::pool::settings`]), so that a default stands nowhere else.

use serde_json::{Map, Value, json};

use crate::settings::{drop_zero, fill, set};

/// Where a pool says for how many days a temporary password is good.
pub(crate) const TEMPORARY_PASSWORD_DAYS: &str = "/Policies/PasswordPolicy/TemporaryPasswordValidityDays";
/// Where it said so in former times.
pub(crate) const UNUSED_ACCOUNT_DAYS: &str = "/AdminCreateUserConfig/UnusedAccountValidityDays";

/// How many levels of authentication have a name.
const ACR_LEVELS: u8 = 4;

/// What a pool has of which nothing was said.
///
/// AccountRecoverySetting and UsernameConfiguration have no default to be told, because their absence means something
/// of its own (*Documented*: recovery by phone before e-mail, cog-0400; case-sensitive names). What else is not here was
/// absent in a recorded answer to a request that named nothing of it (a raw body of July 2020).
fn pool_defaults() -> Value {
    let acr_names = (1..=ACR_LEVELS).map(|level| {
        // *Documented*, CreateUserPool; that answers have all four, UserPoolType.
        (format!("Level{level}"), json!({ "AcrValue": format!("urn:cognito:loa:{level}") }))
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
    })
}

/// What a password policy that was given has where it says nothing: nothing is required (*Chosen*).
fn given_policy_defaults() -> Value {
    json!({
        "RequireUppercase": false,
        "RequireLowercase": false,
        "RequireNumbers": false,
        "RequireSymbols": false,
    })
}

/// The settings of a pool with every default in place.
pub fn with_defaults(given: &Value) -> Value {
    let days = temporary_password_days(given);
    let mut all = given.clone();
    if let Some(policy) = all.pointer_mut("/Policies/PasswordPolicy") {
        fill(policy, given_policy_defaults());
        drop_zero(policy, "TemporaryPasswordValidityDays");
        // *Documented*, PasswordPolicyType: a history of none is not told.
        drop_zero(policy, "PasswordHistorySize");
    }
    if let Some(admin) = all.get_mut("AdminCreateUserConfig") {
        drop_zero(admin, "UnusedAccountValidityDays");
    }
    fill(&mut all, pool_defaults());
    if let Some(days) = days {
        set(&mut all, "/Policies/PasswordPolicy", "TemporaryPasswordValidityDays", days.into());
    }
    // The older members and the template hold the same texts; whichever was given is told in both (*Observed*), the
    // template's where both were (*Chosen*).
    for (newer, older) in [
        ("EmailMessage", "EmailVerificationMessage"),
        ("EmailSubject", "EmailVerificationSubject"),
        ("SmsMessage", "SmsVerificationMessage"),
    ] {
        let template = all.get("VerificationMessageTemplate").and_then(|template| template.get(newer));
        if let Some(text) = template.or_else(|| all.get(older)).cloned() {
            set(&mut all, "/VerificationMessageTemplate", newer, text.clone());
            set(&mut all, "", older, text);
        }
    }
    all
}

/// For how many days a temporary password is good, if anything was said of it; a zero says nothing (*Documented*).
/// *Chosen*: who says it in the old place alone means the same.
fn temporary_password_days(given: &Value) -> Option<u64> {
    given_days(given, TEMPORARY_PASSWORD_DAYS).or_else(|| given_days(given, UNUSED_ACCOUNT_DAYS))
}

/// A number of days that was given, and not as zero.
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
    fn pool_defaults_that_depend_on_others() {
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
                (policy(json!({ "TemporaryPasswordValidityDays": 3 })), UNUSED, 7.into()),
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
