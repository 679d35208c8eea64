//! The table of settings that requests are refused for.

use serde_json::{Value, json};

use super::{
    super::{
        EMAIL_MFA, SOFTWARE_TOKEN_MFA, WEB_AUTHN, create_user_pool, set_user_pool_mfa_config,
        update_user_pool,
    },
    *,
};
use crate::{attribute::schema::Schema, fixture, pool::Tier};

use SettingsOperation::{CreateUserPool, SetUserPoolMfaConfig, UpdateUserPool};

fn fault(changed: &ChangedSettings) -> Option<PoolFault> {
    let read = |settings: &Value| {
        let settings = PoolSettings::from_json(settings).expect("settings");
        let pool = settings.derive(fixture::pool().id, Schema::default());
        (settings, pool)
    };
    let (_, pool) = read(&changed.settings);
    let (judged, _) = read(&changed.judged);
    let former = changed.former.as_ref().map(read);
    let former = former.as_ref().map(|(settings, pool)| (settings, pool));
    judged.check(&pool, former, changed).err().map(|refusal| match refusal {
        Refusal::Pool(fault) => fault,
        other => panic!("{other:?}"),
    })
}

/// Checks a request to create a pool.
fn refused(given: &Value) -> Option<PoolFault> {
    fault(&create_user_pool(given.as_object().expect("an object").clone()))
}

/// Checks a request to a pool with the settings `former`.
fn refused_change(operation: SettingsOperation, former: &Value, request: &Value) -> Option<PoolFault> {
    let members = request.as_object().expect("an object").clone();
    match operation {
        CreateUserPool => refused(request),
        UpdateUserPool => fault(&update_user_pool(former, members)),
        SetUserPoolMfaConfig => fault(&set_user_pool_mfa_config(former, members)),
    }
}

const ROLE: &str = "arn:aws:iam::000000000000:role/sms";

/// api-0056, api-0057, api-0058, api-0059, api-0066, api-0067, api-0091, api-0098, api-0113, api-0115, api-0120, api-0122,
/// api-0104, api-0108, api-0117, api-0119, api-0123, api-0125, api-0126.
#[test]
fn contradictory_mfa_settings_are_refused_with_the_fault_of_their_operation() {
    let sms = || json!({ "SnsCallerArn": ROLE });
    let factors = |names: &[&str]| json!({ "SignInPolicy": { "AllowedFirstAuthFactors": names } });
    let (mode, token) = ("MfaConfiguration", json!({ "Enabled": true }));
    let first = |names: &[&str]| json!({ "Policies": factors(names), "SmsConfiguration": sms() });
    let developer = || {
        let source = "arn:aws:ses:us-east-1:000000000000:identity/example.com";
        json!({ "EmailSendingAccount": "DEVELOPER", "SourceArn": source })
    };
    let by_email = json!({ "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_email" }] });
    let multi = json!({ "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" });
    let with_token = json!({ mode: "ON", SOFTWARE_TOKEN_MFA: token });
    let with_multi = json!({ mode: "ON", SOFTWARE_TOKEN_MFA: token, WEB_AUTHN: multi });
    let cases = [
        // An SMS configuration is needed, and one that an update omits does not count (api-0056, api-0066).
        (
            CreateUserPool,
            json!({}),
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            Some(PoolFault::VerificationWithoutSms),
        ),
        (
            CreateUserPool,
            json!({}),
            json!({ "AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": sms() }),
            None,
        ),
        (
            UpdateUserPool,
            json!({ "SmsConfiguration": sms() }),
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            Some(PoolFault::VerificationWithoutSms),
        ),
        (
            CreateUserPool,
            json!({}),
            json!({ "Policies": factors(&["PASSWORD", "SMS_OTP"]) }),
            Some(PoolFault::SmsOtpWithoutSms),
        ),
        (
            UpdateUserPool,
            json!({}),
            json!({ "Policies": factors(&["PASSWORD", "SMS_OTP"]) }),
            Some(PoolFault::SmsOtpWithoutSms),
        ),
        (CreateUserPool, json!({}), json!({ "Policies": factors(&["PASSWORD", "EMAIL_OTP"]) }), None),
        // MFA without a factor: three texts.
        (CreateUserPool, json!({}), json!({ mode: "OPTIONAL" }), Some(PoolFault::MfaWithoutSms)),
        (CreateUserPool, json!({}), json!({ mode: "ON", "SmsConfiguration": sms() }), None),
        (UpdateUserPool, json!({}), json!({ mode: "ON" }), Some(PoolFault::MfaOnWithoutFactor)),
        (
            UpdateUserPool,
            json!({ "SmsConfiguration": sms() }),
            json!({ mode: "ON" }),
            Some(PoolFault::MfaOnWithoutFactor),
        ),
        (UpdateUserPool, json!({}), json!({ mode: "ON", "SmsConfiguration": sms() }), None),
        (UpdateUserPool, json!({ mode: "ON", "SmsConfiguration": sms() }), json!({}), None),
        (UpdateUserPool, with_token.clone(), json!({ mode: "OPTIONAL" }), None),
        (SetUserPoolMfaConfig, json!({}), json!({ mode: "ON" }), Some(PoolFault::MfaWithoutFactor)),
        (
            SetUserPoolMfaConfig,
            json!({ "SmsConfiguration": sms() }),
            json!({ mode: "ON" }),
            Some(PoolFault::MfaWithoutFactor),
        ),
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ mode: "ON", SOFTWARE_TOKEN_MFA: { "Enabled": false } }),
            Some(PoolFault::MfaWithoutFactor),
        ),
        (SetUserPoolMfaConfig, json!({}), with_token.clone(), None),
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ mode: "ON", WEB_AUTHN: multi }),
            Some(PoolFault::MfaWithoutFactor),
        ),
        // A factor and no MFA: the presence of the member counts (api-0113), that of passkeys does not.
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ mode: "OFF", SOFTWARE_TOKEN_MFA: { "Enabled": false } }),
            Some(PoolFault::MfaOffWithFactor),
        ),
        (
            SetUserPoolMfaConfig,
            with_token.clone(),
            json!({ EMAIL_MFA: {} }),
            Some(PoolFault::MfaOffWithFactor),
        ),
        (SetUserPoolMfaConfig, with_token.clone(), json!({}), None),
        (SetUserPoolMfaConfig, json!({}), json!({ mode: "OFF", WEB_AUTHN: {} }), None),
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ WEB_AUTHN: { "RelyingPartyId": "auth.example.com" } }),
            None,
        ),
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ WEB_AUTHN: { "RelyingPartyId": "https://example.com" } }),
            Some(PoolFault::RelyingPartyMalformed),
        ),
        // First factors beside MFA (api-0120, api-0122).
        (
            SetUserPoolMfaConfig,
            first(&["PASSWORD", "EMAIL_OTP"]),
            with_token.clone(),
            Some(PoolFault::OtpWithMfa),
        ),
        (
            SetUserPoolMfaConfig,
            first(&["PASSWORD", "SMS_OTP"]),
            with_token.clone(),
            Some(PoolFault::OtpWithMfa),
        ),
        (
            SetUserPoolMfaConfig,
            first(&["PASSWORD", "SMS_OTP"]),
            json!({ mode: "OPTIONAL", SOFTWARE_TOKEN_MFA: token }),
            None,
        ),
        (
            SetUserPoolMfaConfig,
            first(&["PASSWORD", "WEB_AUTHN"]),
            with_token.clone(),
            Some(PoolFault::SingleFactorPasskeysWithMfa),
        ),
        (SetUserPoolMfaConfig, first(&["PASSWORD", "WEB_AUTHN"]), with_multi.clone(), None),
        (
            UpdateUserPool,
            with_token.clone(),
            json!({ "Policies": factors(&["PASSWORD", "WEB_AUTHN"]) }),
            Some(PoolFault::PasskeysWithMfa),
        ),
        (UpdateUserPool, with_multi, json!({ "Policies": factors(&["PASSWORD", "WEB_AUTHN"]) }), None),
        // Codes by mail as a second factor.
        (
            SetUserPoolMfaConfig,
            json!({}),
            json!({ mode: "ON", EMAIL_MFA: {} }),
            Some(PoolFault::EmailMfaWithBuiltInSender),
        ),
        (
            SetUserPoolMfaConfig,
            json!({ "EmailConfiguration": developer() }),
            json!({ mode: "ON", EMAIL_MFA: {} }),
            None,
        ),
        (
            SetUserPoolMfaConfig,
            json!({ "EmailConfiguration": developer(), "AccountRecoverySetting": by_email }),
            json!({ mode: "ON", EMAIL_MFA: {} }),
            Some(PoolFault::EmailMfaWithEmailRecovery),
        ),
        (
            UpdateUserPool,
            json!({ mode: "ON", EMAIL_MFA: {} }),
            json!({ "DeletionProtection": "ACTIVE" }),
            None,
        ),
        (
            UpdateUserPool,
            json!({ mode: "ON", EMAIL_MFA: {}, "EmailConfiguration": developer() }),
            json!({ "EmailConfiguration": {} }),
            Some(PoolFault::EmailMfaWithBuiltInSender),
        ),
        (
            SetUserPoolMfaConfig,
            json!({ "UserPoolTier": "LITE" }),
            json!({ mode: "ON", EMAIL_MFA: {} }),
            Some(PoolFault::TierTooLow(Tier::Lite, vec![Feature::EmailMfa])),
        ),
        // An update resets the contacts that are verified and keeps those that wait for it (api-0098).
        (
            UpdateUserPool,
            json!({
                "AutoVerifiedAttributes": ["email"],
                "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
            }),
            json!({ "DeletionProtection": "ACTIVE" }),
            Some(PoolFault::VerifiedBeforeUpdateOnly),
        ),
        // Rules that a pool of an older build already breaks are not held against its requests.
        (
            SetUserPoolMfaConfig,
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            with_token.clone(),
            None,
        ),
        (
            UpdateUserPool,
            json!({ "VerificationMessageTemplate": { "EmailMessage": "{####}", "EmailMessageByLink": "{##a##}" } }),
            json!({ "DeletionProtection": "ACTIVE" }),
            None,
        ),
        (
            UpdateUserPool,
            json!({ WEB_AUTHN: { "RelyingPartyId": "localhost:3000" } }),
            json!({ "DeletionProtection": "ACTIVE" }),
            None,
        ),
        // A factor that is disabled is none, and does not keep SMS from being one.
        (
            UpdateUserPool,
            json!({ SOFTWARE_TOKEN_MFA: { "Enabled": false } }),
            json!({ mode: "ON", "SmsConfiguration": sms() }),
            None,
        ),
        // An empty SMS configuration is none.
        (
            CreateUserPool,
            json!({}),
            json!({ mode: "ON", "SmsConfiguration": {} }),
            Some(PoolFault::MfaWithoutSms),
        ),
        // The older place of a text is not the template's.
        (
            CreateUserPool,
            json!({}),
            json!({
                "EmailVerificationMessage": "{####}", "VerificationMessageTemplate": { "EmailMessageByLink": "{##a##}" },
            }),
            None,
        ),
        // A feature plan that is lowered has a type of error of its own (api-0072).
        (
            UpdateUserPool,
            json!({ "Policies": factors(&["PASSWORD", "EMAIL_OTP"]) }),
            json!({ "UserPoolTier": "LITE" }),
            Some(PoolFault::TierChange(Tier::Lite, vec![Feature::PasswordlessSignIn])),
        ),
        // The older place of a validity, where the newer was used (api-0059).
        (
            UpdateUserPool,
            json!({ "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": 3 } } }),
            json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 9 } }),
            Some(PoolFault::PasswordValidityTwice),
        ),
    ];
    for (operation, former, request, expected) in cases {
        assert_eq!(
            refused_change(operation, &former, &request),
            expected,
            "{operation:?} {former} {request}"
        );
    }
}

/// api-0060, api-0061, api-0062, api-0065, api-0073, api-0075, api-0076, api-0077, api-0079, api-0080, api-0081, api-0089, api-0090.
#[test]
fn contradictory_settings_are_refused() {
    let arn = ROLE;
    let messaging =
        |region: &str| json!({ "SmsConfiguration": { "EumsSms": { "CallerArn": arn, "Region": region } } });
    let before_update = |verified: &str| {
        json!({
            "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": [verified] },
        })
    };
    let functions = |older: &str, newer: &str| {
        let newer = json!({ "LambdaVersion": "V1_0", "LambdaArn": newer });
        json!({ "LambdaConfig": { "PreTokenGeneration": older, "PreTokenGenerationConfig": newer } })
    };
    let days = |temporary: u32, unused: u32| {
        json!({
            "Policies": { "PasswordPolicy": { "TemporaryPasswordValidityDays": temporary } },
            "AdminCreateUserConfig": { "UnusedAccountValidityDays": unused },
        })
    };
    let acr = |level: &str, name: &str| json!({ "AcrConfiguration": { level: { "AcrValue": name } } });
    let invitation = |text: &str| json!({ "AdminCreateUserConfig": { "InviteMessageTemplate": { "EmailMessage": text } } });
    let sns = |region: &str| json!({ "SmsConfiguration": { "SnsCallerArn": arn, "SnsRegion": region } });
    let function = |region: &str| format!("arn:aws:lambda:{region}:000000000000:function:f");
    let sender = |function: &str| json!({ "LambdaVersion": "V1_0", "LambdaArn": function });
    let source = |region: &str| {
        let source = format!("arn:aws:ses:{region}:000000000000:identity/example.com");
        json!({ "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER", "SourceArn": source } })
    };
    let from = |from: &str| json!({ "EmailConfiguration": { "From": from } });
    let ses = || SES_REGIONS.map(str::to_owned).to_vec();
    let cases: Vec<(Value, Option<PoolFault>)> = vec![
        (json!({}), None),
        (
            json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
            Some(PoolFault::AliasAndUsernameAttributes),
        ),
        (
            json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": [] } } }),
            Some(PoolFault::PasswordNotAmongFactors),
        ),
        (
            json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 5 } } }),
            Some(PoolFault::PasswordLength),
        ),
        (sns("us-east-1"), None),
        (sns("us-west-2"), Some(PoolFault::SnsRegion("us-east-1".into()))),
        (
            json!({ "SmsConfiguration": { "SnsCallerArn": arn, "EumsSms": { "CallerArn": arn } } }),
            Some(PoolFault::SmsConfiguredTwice),
        ),
        (json!({ "SmsConfiguration": { "SnsCallerArn": "", "EumsSms": { "CallerArn": arn } } }), None),
        (messaging("us-east-1"), None),
        (messaging("eu-west-1"), Some(PoolFault::SmsRegion)),
        (
            json!({ "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER" } }),
            Some(PoolFault::EmailWithoutSource),
        ),
        (before_update("email"), None),
        (before_update("phone_number"), Some(PoolFault::VerifiedBeforeUpdateOnly)),
        (days(7, 7), Some(PoolFault::PasswordValidityTwice)),
        (days(0, 7), None),
        (days(7, 0), None),
        (functions("a", "b"), Some(PoolFault::TokenFunctionsDiffer)),
        (functions("a", "a"), None),
        (json!({ "LambdaConfig": { "PreSignUp": function("us-east-1") } }), None),
        (json!({ "LambdaConfig": { "PreSignUp": function("eu-west-1") } }), Some(PoolFault::FunctionRegion)),
        (
            json!({ "LambdaConfig": { "CustomEmailSender": sender(&function("us-east-1")) } }),
            Some(PoolFault::SenderWithoutKey),
        ),
        (
            json!({ "LambdaConfig": { "CustomSMSSender": sender(&function("eu-west-1")), "KMSKeyID": "arn" } }),
            Some(PoolFault::FunctionRegion),
        ),
        (source("us-east-1"), None),
        (source("us-west-2"), None),
        (source("ap-south-1"), Some(PoolFault::EmailRegion(ses()))),
        (from("a@example.com"), None),
        (from("Name <a@example.com>"), None),
        (from("Name"), Some(PoolFault::EmailFrom)),
        (from("Name <a>"), Some(PoolFault::EmailFrom)),
        (
            json!({ "VerificationMessageTemplate": { "EmailMessage": "{####}", "EmailMessageByLink": "{##a##}" } }),
            Some(PoolFault::VerificationTextTwice),
        ),
        (invitation("hello"), Some(PoolFault::InvitationWithoutPassword)),
        (invitation("hello {####}"), None),
        (acr("Level1", "urn:cognito:loa:2"), Some(PoolFault::DuplicateAcrName)),
        (acr("Level2", "urn:cognito:loa:2"), None),
    ];
    for (given, expected) in cases {
        assert_eq!(refused(&given), expected, "{given}");
    }
    type Recovery<'a> = (&'a [(i32, &'a str)], Option<PoolFault>);
    let recoveries: [Recovery<'_>; 5] = [
        (&[(1, "verified_email"), (2, "verified_phone_number")], None),
        (&[(1, "admin_only")], None),
        (&[(1, "admin_only"), (2, "verified_email")], Some(PoolFault::RecoveryNotOnlyByAdmin)),
        (&[(1, "verified_email"), (1, "verified_phone_number")], Some(PoolFault::DuplicateRecoveryMechanism)),
        (&[(1, "verified_email"), (2, "verified_email")], Some(PoolFault::DuplicateRecoveryMechanism)),
    ];
    for (list, expected) in recoveries {
        let list: Vec<_> =
            list.iter().map(|(priority, name)| json!({ "Priority": priority, "Name": name })).collect();
        let given = json!({ "AccountRecoverySetting": { "RecoveryMechanisms": list } });
        assert_eq!(refused(&given), expected, "{given}");
    }
}

#[test]
fn invitation_without_password_is_accepted_in_a_passwordless_pool() {
    let without_password = json!({
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
        "AdminCreateUserConfig": { "InviteMessageTemplate": { "SMSMessage": "hello" } },
    });
    assert_eq!(refused(&without_password), None);
}

/// api-0068, api-0069, api-0070.
#[test]
fn features_that_the_plan_lacks_are_refused() {
    let all = |tier: &str| {
        json!({
            "UserPoolTier": tier,
            "Policies": {
                "PasswordPolicy": { "PasswordHistorySize": 1 },
                "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] },
            },
            "LambdaConfig": { "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": "a" } },
            "AcrConfiguration": { "Level1": { "AcrValue": "urn:cognito:loa:1" } },
            "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
        })
    };
    let essentials = [
        Feature::PasswordlessSignIn,
        Feature::PasswordHistory,
        Feature::TokenCustomization(EventVersion::V2),
        Feature::AcrNames,
    ];
    let cases = [
        ("LITE", Tier::Lite, [essentials.as_slice(), &[Feature::ThreatProtection]].concat()),
        ("ESSENTIALS", Tier::Essentials, vec![Feature::ThreatProtection]),
        ("PLUS", Tier::Plus, vec![]),
    ];
    for (name, tier, lacking) in cases {
        let expected = (!lacking.is_empty()).then_some(PoolFault::TierTooLow(tier, lacking));
        assert_eq!(refused(&all(name)), expected);
    }
    let custom = |tier: &str| {
        let flows = json!({ "CustomAuthMode": "AUDIT" });
        json!({
            "UserPoolTier": tier,
            "UserPoolAddOns": { "AdvancedSecurityMode": "OFF", "AdvancedSecurityAdditionalFlows": flows },
        })
    };
    let lacking = vec![Feature::ThreatProtection];
    assert_eq!(refused(&custom("LITE")), Some(PoolFault::TierTooLow(Tier::Lite, lacking)));
    assert_eq!(refused(&custom("PLUS")), None);
    assert_eq!(refused(&json!({ "UserPoolTier": "LITE" })), None);
}
