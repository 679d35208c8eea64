//! Upgrades records of old formats to the formats that this build writes.
//!
//! Format 1 of pools and app clients (until November 2026) had derived values next to the settings, and settings that
//! included their defaults. A setting that equals the default of that time counts as not given; those defaults are
//! repeated here, because they must not change with the current ones. The derived values are dropped, except the second
//! factors of a pool, which the settings did not contain.
//!
//! Format 3 of pools adds their domains. A pool of format 2 has none, so that its record is read as it is; the number keeps
//! an older build from writing the record without its domains.
//!
//! Format 2 of users adds how many times they were signed out everywhere. A user of format 1 was never, as far as grants of that
//! time tell; the number keeps an older build from accepting grants that have ended.

use serde_json::{Map, Value, json};

/// Upgrades a pool of format 1.
pub(super) fn pool(mut record: Value) -> Value {
    let mut pool = take(&mut record, "pool");
    let mut settings = take(&mut record, "settings");
    drop_pool_defaults(&mut settings);
    if let Some(factors) = pool.pointer("/mfa/factors").and_then(Value::as_array) {
        add_factors(&mut settings, factors);
    }
    if let Value::Object(members) = &mut record {
        members.insert("id".to_owned(), take(&mut pool, "id"));
        members.insert("attributes".to_owned(), take(&mut pool, "schema"));
        members.insert("settings".to_owned(), settings);
    }
    record
}

/// Upgrades a grant of format 1, which differs from format 2 only in having no access that was granted through the OAuth
/// endpoints. A build of format 1 would ignore that access, and its tokens would allow too much.
pub(super) fn grant(record: Value) -> Value {
    record
}

/// Upgrades an app client of format 1.
pub(super) fn client(mut record: Value) -> Value {
    let mut client = take(&mut record, "client");
    let mut settings = take(&mut record, "settings");
    drop_client_defaults(&mut settings);
    if let Value::Object(members) = &mut record {
        members.insert("id".to_owned(), take(&mut client, "id"));
        members.insert("secrets".to_owned(), take(&mut client, "secrets"));
        members.insert("settings".to_owned(), settings);
        members.insert("is_former".to_owned(), true.into());
    }
    record
}

/// Adds to the settings the second factors that cannot be derived from them. A pool that was stored before there were
/// second factors has none next to its settings.
fn add_factors(settings: &mut Value, factors: &[Value]) {
    let mode = settings.get("MfaConfiguration");
    let follows_from_sms =
        mode.is_some_and(|mode| mode != "OFF") && settings.get("SmsConfiguration").is_some();
    let is_by_mail = settings.get("EmailMfaConfiguration").is_some();
    let has = |factor: &str| factors.iter().any(|one| one == factor);
    let follow: &[&str] = if follows_from_sms { &["sms"] } else { &[] };
    let Value::Object(members) = settings else { return };
    if factors.iter().eq(follow) && !is_by_mail {
        return;
    }
    if has("sms") {
        members.insert("SmsMfaConfiguration".to_owned(), json!({}));
    }
    if has("email") {
        members.entry("EmailMfaConfiguration").or_insert_with(|| json!({}));
    }
    // Set too if there is no factor at all.
    let enabled = has("software_token");
    if enabled || factors.is_empty() {
        members.insert("SoftwareTokenMfaConfiguration".to_owned(), json!({ "Enabled": enabled }));
    }
}

fn drop_pool_defaults(settings: &mut Value) {
    // First the two numbers of days, because each was the default of the other.
    drop_equal(settings, "/AdminCreateUserConfig", "UnusedAccountValidityDays", &7.into());
    let unused = settings.pointer("/AdminCreateUserConfig/UnusedAccountValidityDays").cloned();
    let days = unused.unwrap_or_else(|| 7.into());
    drop_equal(settings, "/Policies/PasswordPolicy", "TemporaryPasswordValidityDays", &days);
    drop_password_policy(settings);
    drop_equal(settings, "/Policies/SignInPolicy", "AllowedFirstAuthFactors", &json!(["PASSWORD"]));
    drop_equal(settings, "/Policies", "SignInPolicy", &json!({}));
    drop_equal(settings, "/EmailConfiguration", "EmailSendingAccount", &"COGNITO_DEFAULT".into());
    drop_equal(settings, "/AdminCreateUserConfig", "AllowAdminCreateUserOnly", &false.into());
    for level in 1..=4 {
        let name = json!({ "AcrValue": format!("urn:cognito:loa:{level}") });
        drop_equal(settings, "/AcrConfiguration", &format!("Level{level}"), &name);
    }
    for (newer, older) in [
        ("EmailMessage", "EmailVerificationMessage"),
        ("EmailSubject", "EmailVerificationSubject"),
        ("SmsMessage", "SmsVerificationMessage"),
    ] {
        let text = settings.pointer("/VerificationMessageTemplate").and_then(|template| template.get(newer));
        if let Some(text) = text.cloned() {
            drop_equal(settings, "", older, &text);
        }
    }
    let option = "CONFIRM_WITH_CODE".into();
    drop_equal(settings, "/VerificationMessageTemplate", "DefaultEmailOption", &option);
    for (name, default) in [
        ("DeletionProtection", json!("INACTIVE")),
        ("MfaConfiguration", json!("OFF")),
        ("UserPoolTier", json!("ESSENTIALS")),
        ("Policies", json!({})),
        ("LambdaConfig", json!({})),
        ("EmailConfiguration", json!({})),
        ("AdminCreateUserConfig", json!({})),
        ("AcrConfiguration", json!({})),
        ("VerificationMessageTemplate", json!({})),
    ] {
        drop_equal(settings, "", name, &default);
    }
}

/// Drops the defaults of a password policy. If any rule was given, the others were off by default; if none was, all
/// were on.
fn drop_password_policy(settings: &mut Value) {
    const RULES: [&str; 4] = ["RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"];
    let mut all: Map<_, _> = RULES.into_iter().map(|rule| (rule.to_owned(), true.into())).collect();
    all.insert("MinimumLength".to_owned(), 8.into());
    drop_equal(settings, "/Policies", "PasswordPolicy", &Value::Object(all));
    for rule in RULES {
        drop_equal(settings, "/Policies/PasswordPolicy", rule, &false.into());
    }
    drop_equal(settings, "/Policies/PasswordPolicy", "MinimumLength", &8.into());
}

fn drop_client_defaults(settings: &mut Value) {
    let seconds = match settings.pointer("/TokenValidityUnits/RefreshToken").and_then(Value::as_str) {
        Some("seconds") => 1,
        Some("minutes") => 60,
        Some("hours") => 60 * 60,
        _ => 24 * 60 * 60,
    };
    let month = 30 * 24 * 60 * 60 / seconds;
    let rotates =
        settings.pointer("/RefreshTokenRotation/Feature").is_some_and(|feature| feature == "ENABLED");
    let flows: &[&str] = if rotates {
        &["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    } else {
        &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]
    };
    drop_equal(settings, "/RefreshTokenRotation", "RetryGracePeriodSeconds", &0.into());
    for (name, default) in [
        ("RefreshTokenValidity", json!(month)),
        ("TokenValidityUnits", json!({})),
        ("ExplicitAuthFlows", json!(flows)),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
        ("PreventUserExistenceErrors", json!("LEGACY")),
        ("EnableTokenRevocation", json!(true)),
        ("EnablePropagateAdditionalUserContextData", json!(false)),
        ("AuthSessionValidity", json!(3)),
    ] {
        drop_equal(settings, "", name, &default);
    }
}

/// Removes a member of the object at a JSON pointer if it has this value.
fn drop_equal(settings: &mut Value, pointer: &str, name: &str, value: &Value) {
    if let Some(Value::Object(members)) = settings.pointer_mut(pointer)
        && members.get(name) == Some(value)
    {
        members.remove(name);
    }
}

fn take(record: &mut Value, name: &str) -> Value {
    record.get_mut(name).map(Value::take).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use lido_domain::{client, pool};

    use super::*;

    /// Checks what is left of given settings after the defaults were added and dropped again.
    fn check(cases: &[(Value, Value)], with_defaults: fn(&Value) -> Value, drop: fn(&mut Value)) {
        for (given, left) in cases {
            let complete = with_defaults(given);
            let mut dropped = complete.clone();
            drop(&mut dropped);
            assert_eq!(dropped, *left, "{given}");
            assert_eq!(with_defaults(&dropped), complete, "{given} with its defaults is as before");
        }
    }

    /// Returns the settings of a pool with the defaults of the former build.
    fn former_pool_defaults(given: &Value) -> Value {
        let mut all = pool::defaults::with_defaults(given);
        let days = given.pointer("/AdminCreateUserConfig/UnusedAccountValidityDays").and_then(Value::as_u64);
        let days = days.filter(|days| *days > 0).unwrap_or(7);
        all["AdminCreateUserConfig"]["UnusedAccountValidityDays"] = days.into();
        for name in ["KeyConfiguration", "IssuerConfiguration"] {
            if given.get(name).is_none() {
                all.as_object_mut().expect("an object").remove(name);
            }
        }
        all
    }

    fn same(given: Value) -> (Value, Value) {
        (given.clone(), given)
    }

    #[test]
    fn pool_setting_that_equals_its_default_is_dropped() {
        let policy = |policy: Value| json!({ "Policies": { "PasswordPolicy": policy } });
        let unused = |days: u32| json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": days } });
        let required = json!({
            "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true,
        });
        let with = |name: &str, number: u32| {
            let mut policy = required.clone();
            policy[name] = number.into();
            policy
        };
        let cases = [
            same(json!({})),
            same(policy(json!({}))),
            (policy(json!({ "MinimumLength": 8, "RequireNumbers": false })), policy(json!({}))),
            same(policy(json!({ "MinimumLength": 9, "RequireNumbers": true }))),
            (policy(with("MinimumLength", 8)), json!({})),
            same(policy(with("MinimumLength", 9))),
            same(policy(with("TemporaryPasswordValidityDays", 30))),
            same(policy(with("PasswordHistorySize", 3))),
            (policy(with("PasswordHistorySize", 0)), json!({})),
            (policy(with("TemporaryPasswordValidityDays", 7)), json!({})),
            same(policy(json!({ "TemporaryPasswordValidityDays": 30 }))),
            same(unused(30)),
            (unused(7), json!({})),
            (unused(0), json!({})),
            same(
                json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } }),
            ),
            (
                json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] } } }),
                json!({}),
            ),
            same(json!({ "LambdaConfig": { "PreSignUp": "arn" }, "DeletionProtection": "ACTIVE" })),
            (
                json!({ "LambdaConfig": {}, "DeletionProtection": "INACTIVE", "MfaConfiguration": "OFF" }),
                json!({}),
            ),
            same(json!({ "UserPoolTier": "LITE", "AccountRecoverySetting": {} })),
            (json!({ "UserPoolTier": "ESSENTIALS" }), json!({})),
            same(json!({ "EmailConfiguration": { "ReplyToEmailAddress": "a@b.c" } })),
            (json!({ "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" } }), json!({})),
            same(json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } })),
            same(json!({ "AcrConfiguration": { "Level2": { "AcrValue": "x" } } })),
            (json!({ "AcrConfiguration": { "Level2": { "AcrValue": "urn:cognito:loa:2" } } }), json!({})),
            same(
                json!({ "VerificationMessageTemplate": { "EmailMessage": "x", "EmailSubjectByLink": "y" } }),
            ),
            (
                json!({ "EmailVerificationMessage": "x", "SmsVerificationMessage": "y" }),
                json!({ "VerificationMessageTemplate": { "EmailMessage": "x", "SmsMessage": "y" } }),
            ),
            (
                json!({ "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" } }),
                json!({}),
            ),
            same(json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" }, "DeviceConfiguration": {} })),
        ];
        check(&cases, former_pool_defaults, drop_pool_defaults);
    }

    #[test]
    fn client_setting_that_equals_its_default_is_dropped() {
        let rotation = |rotation: Value| json!({ "RefreshTokenRotation": rotation });
        let cases = [
            same(json!({})),
            (
                json!({ "RefreshTokenValidity": 30, "AuthSessionValidity": 3, "TokenValidityUnits": {} }),
                json!({}),
            ),
            same(json!({ "RefreshTokenValidity": 30, "TokenValidityUnits": { "RefreshToken": "hours" } })),
            (
                json!({ "RefreshTokenValidity": 720, "TokenValidityUnits": { "RefreshToken": "hours" } }),
                json!({ "TokenValidityUnits": { "RefreshToken": "hours" } }),
            ),
            same(rotation(json!({ "Feature": "ENABLED" }))),
            same(rotation(json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 5 }))),
            (
                rotation(json!({ "Feature": "DISABLED", "RetryGracePeriodSeconds": 0 })),
                rotation(json!({ "Feature": "DISABLED" })),
            ),
            same(json!({ "ExplicitAuthFlows": [] })),
            same(json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"] })),
            same(json!({ "EnableTokenRevocation": false, "PreventUserExistenceErrors": "ENABLED" })),
            (json!({ "EnableTokenRevocation": true, "PreventUserExistenceErrors": "LEGACY" }), json!({})),
            same(json!({ "CallbackURLs": [], "ReadAttributes": [], "AccessTokenValidity": 1 })),
        ];
        // The former build answered what acts.
        check(&cases, client::defaults::with_effective_defaults, drop_client_defaults);
    }

    #[test]
    fn upgraded_pool_derives_the_same_second_factors() {
        let sms = json!({ "MfaConfiguration": "ON", "SmsConfiguration": {} });
        let mail = json!({ "MfaConfiguration": "ON", "SmsConfiguration": {}, "EmailMfaConfiguration": { "Message": "x" } });
        let cases = [
            (json!({}), json!([])),
            (sms.clone(), json!(["sms"])),
            (sms.clone(), json!([])),
            (sms.clone(), json!(["software_token"])),
            (sms, json!(["sms", "software_token", "email"])),
            (mail.clone(), json!(["email"])),
            (mail, json!(["sms", "email"])),
        ];
        // A pool without MFA has none, whatever the former build kept.
        let off = (json!({ "SmsConfiguration": {} }), json!(["sms"]), json!([]));
        let same = cases.map(|(settings, factors)| (settings, factors.clone(), factors));
        for (settings, factors, expected) in same.into_iter().chain([off]) {
            let mut named = settings.clone();
            add_factors(&mut named, factors.as_array().expect("a list"));
            let id = lido_domain::id::PoolId::new("us-east-1_a");
            let pool = pool::settings::PoolSettings::from_json(&named)
                .expect("settings")
                .derive(id, Default::default());
            let derived = serde_json::to_value(&pool.mfa.factors).expect("JSON");
            assert_eq!(derived, expected, "{settings}");
        }
    }
}
