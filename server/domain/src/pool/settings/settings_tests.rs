//! What is derived from the settings of a pool.

use serde_json::json;

use super::*;
use crate::fixture;

fn read(given: &Value) -> (PoolSettings, Pool) {
    let settings = PoolSettings::from_json(given).expect("settings");
    let pool = settings.derive(fixture::pool().id, Schema::default());
    (settings, pool)
}

#[test]
fn pool_without_settings_has_the_defaults() {
    assert_eq!(read(&json!({})).1, Pool::new(fixture::pool().id));
    assert_eq!(read(&with_defaults(&json!({}))).1, Pool::new(fixture::pool().id));
}

#[test]
fn pool_is_derived_from_settings() {
    type Change = fn(&mut Pool);
    let email = || BTreeSet::from([ContactKind::Email]);
    let cases: Vec<(Value, Change)> = vec![
        (json!({ "AliasAttributes": ["email", "preferred_username"] }), |pool| {
            let kinds = BTreeSet::from([NameKind::Email, NameKind::PreferredUsername]);
            pool.names = SignInNames::Aliases(kinds);
        }),
        (json!({ "UsernameAttributes": ["phone_number"] }), |pool| {
            pool.names = SignInNames::Attributes(BTreeSet::from([ContactKind::PhoneNumber]));
        }),
        (json!({ "UsernameConfiguration": { "CaseSensitive": false } }), |pool| {
            pool.case_sensitive = false;
        }),
        (json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 9 } } }), |pool| {
            pool.password_policy = PasswordPolicy {
                minimum_length: 9,
                require_uppercase: false,
                require_lowercase: false,
                require_numbers: false,
                require_symbols: false,
                history_size: 0,
                temporary_validity_days: 7,
            };
        }),
        (json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 30 } }), |pool| {
            pool.password_policy.temporary_validity_days = 30;
        }),
        (json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } }), |pool| {
            pool.admin_create_only = true;
        }),
        (
            json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } } }),
            |pool| pool.first_factors = BTreeSet::from([FirstFactor::Password, FirstFactor::WebAuthn]),
        ),
        (
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [
                { "Priority": 2, "Name": "verified_phone_number" }, { "Priority": 1, "Name": "verified_email" },
            ] } }),
            |pool| pool.recovery = Recovery::Contacts(vec![ContactKind::Email, ContactKind::PhoneNumber]),
        ),
        (
            json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }] } }),
            |pool| pool.recovery = Recovery::Administrator,
        ),
        (json!({ "UserPoolTier": "PLUS" }), |pool| pool.tier = Tier::Plus),
        (json!({ "DeletionProtection": "ACTIVE" }), |pool| pool.deletion_protected = true),
        (json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" } }), |_| ()),
        (json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } }), |pool| pool.records_events = true),
        (json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } }), |pool| {
            pool.records_events = true;
        }),
        (json!({ "DeviceConfiguration": {} }), |pool| pool.devices = Some(DevicePolicy::default())),
        (json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true } }), |pool| {
            pool.devices = Some(DevicePolicy { replaces_mfa: true, only_on_prompt: false });
        }),
        (json!({ "WebAuthnConfiguration": { "RelyingPartyId": "example.com" } }), |pool| {
            pool.passkeys.relying_party = Some("example.com".into());
        }),
    ];
    for (given, change) in cases {
        let mut expected = Pool::new(fixture::pool().id);
        change(&mut expected);
        assert_eq!(read(&given).1, expected, "{given}");
    }
    let both = json!({
        "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
    });
    let pool = read(&both).1;
    assert_eq!((pool.auto_verified, pool.verified_before_update), (email(), email()));
}

#[test]
fn second_factors_are_configured_or_follow_from_the_sms_configuration() {
    use MfaFactor::{Email, Sms, SoftwareToken};
    use MfaMode::{Off, On, Optional};
    let cases: [(Value, MfaMode, &[MfaFactor]); 10] = [
        (json!({ "SmsConfiguration": {} }), Off, &[]),
        (json!({ "MfaConfiguration": "ON", "SmsConfiguration": {} }), On, &[Sms]),
        (json!({ "MfaConfiguration": "OPTIONAL" }), Optional, &[]),
        // A store of a former build may have factors beside OFF.
        (json!({ SMS_MFA: {}, EMAIL_MFA: {} }), Off, &[]),
        (json!({ "MfaConfiguration": "ON", SMS_MFA: {} }), On, &[Sms]),
        (
            json!({ "MfaConfiguration": "ON", "SmsConfiguration": {}, SOFTWARE_TOKEN_MFA: { "Enabled": true } }),
            On,
            &[SoftwareToken],
        ),
        (json!({ "MfaConfiguration": "ON", "SmsConfiguration": {}, EMAIL_MFA: {} }), On, &[Email]),
        (
            json!({ "MfaConfiguration": "ON", SMS_MFA: {}, SOFTWARE_TOKEN_MFA: {}, EMAIL_MFA: { "Message": "x" } }),
            On,
            &[Sms, Email],
        ),
        (json!({ SOFTWARE_TOKEN_MFA: { "Enabled": true } }), Off, &[]),
        (json!({ "MfaConfiguration": "ON", SOFTWARE_TOKEN_MFA: { "Enabled": false } }), On, &[]),
    ];
    for (given, mode, factors) in cases {
        let expected = PoolMfa { mode, factors: factors.iter().copied().collect() };
        assert_eq!(read(&given).1.mfa, expected, "{given}");
    }
}

#[test]
fn pool_settings_with_invalid_members_are_an_error() {
    for given in [json!({ "UserPoolTier": "GOLD" }), json!({ "Policies": 1 }), json!(1)] {
        assert!(PoolSettings::from_json(&given).is_err(), "{given}");
    }
}
