//! The check of a pool's settings when the pool is created or updated.
//!
//! Most of these refusals are *Observed* in public reports, with their texts, which are in the server's
//! `wire::refusal`.

use std::collections::BTreeSet;

use super::{LambdaVersion, PoolSettings, RecoveryName, SecurityMode, SendingAccount};
use crate::{
    pool::{EventVersion, Feature, Pool, mfa::MfaMode},
    refusal::{PoolFault, Refusal},
};

/// The request that contains the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsRequest {
    /// CreateUserPool.
    Create,
    /// UpdateUserPool.
    Update,
}

/// The placeholder for the temporary password in an invitation.
const PASSWORD_PLACEHOLDER: &str = "{####}";

impl PoolSettings {
    /// Refuses settings that contradict each other or the pool.
    ///
    /// *Chosen*: the order of the checks. *Chosen* too: phone numbers can be verified in a pool without an SMS
    /// configuration. The live service refuses that, but here no IAM role is needed to send an SMS. CreateUserPool
    /// requires an SMS configuration for MFA (*Documented*); other second factors are configured by
    /// SetUserPoolMfaConfig.
    ///
    /// # Errors
    ///
    /// [`Refusal::Pool`] with the first fault.
    pub fn check(&self, pool: &Pool, request: SettingsRequest) -> Result<(), Refusal> {
        let email = &self.email_configuration;
        let faults = [
            (!self.alias_attributes.is_empty() && !self.username_attributes.is_empty())
                .then_some(PoolFault::AliasAndUsernameAttributes),
            self.tier_fault(pool),
            self.mfa_fault(request),
            self.sms_fault(pool),
            (email.email_sending_account == SendingAccount::Developer && email.source_arn.is_none())
                .then_some(PoolFault::EmailWithoutSource),
            (!self.verified_before_update().is_subset(&pool.auto_verified))
                .then_some(PoolFault::VerifiedBeforeUpdateOnly),
            self.recovery_fault(),
            // *Documented*: a caller that sets the newer member can no longer set the older one.
            (self.given.temporary_password_days && self.given.unused_account_days)
                .then_some(PoolFault::PasswordValidityTwice),
            self.function_fault(),
            self.invitation_fault(pool),
            self.has_duplicate_acr_name().then_some(PoolFault::DuplicateAcrName),
        ];
        faults.into_iter().flatten().next().map_or(Ok(()), |fault| Err(Refusal::Pool(fault)))
    }

    fn tier_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let used = [
            pool.is_passwordless().then_some(Feature::PasswordlessSignIn),
            (pool.password_policy.history_size > 0).then_some(Feature::PasswordHistory),
            self.token_event().map(Feature::TokenCustomization),
            self.given.acr_names.then_some(Feature::AcrNames),
            self.is_threat_protected().then_some(Feature::ThreatProtection),
        ];
        let lacking: Vec<_> =
            used.into_iter().flatten().filter(|feature| feature.minimum_tier() > pool.tier).collect();
        (!lacking.is_empty()).then_some(PoolFault::TierTooLow(pool.tier, lacking))
    }

    /// Returns the event version of `PreTokenGenerationConfig`, if not every plan includes it.
    fn token_event(&self) -> Option<EventVersion> {
        match self.lambda_config.pre_token_generation_config.as_ref()?.lambda_version {
            LambdaVersion::V1 => None,
            LambdaVersion::V2 => Some(EventVersion::V2),
            LambdaVersion::V3 => Some(EventVersion::V3),
        }
    }

    fn is_threat_protected(&self) -> bool {
        let add_ons = &self.user_pool_add_ons;
        add_ons.advanced_security_mode != SecurityMode::Off
            || add_ons.advanced_security_additional_flows.custom_auth_mode.is_some()
    }

    /// Refuses MFA without an SMS configuration. An update is not refused, because the pool can have another factor.
    fn mfa_fault(&self, request: SettingsRequest) -> Option<PoolFault> {
        let lacks_sms = self.mfa_configuration != MfaMode::Off && self.sms_configuration.is_none();
        (request == SettingsRequest::Create && lacks_sms).then_some(PoolFault::MfaWithoutSms)
    }

    /// Refuses SNS together with End User Messaging, and End User Messaging in another Region than the pool's
    /// (*Documented*, SmsConfigurationType and EumsSmsConfigurationType).
    fn sms_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let sms = self.sms_configuration.as_ref()?;
        let messaging = sms.eums_sms.as_ref()?;
        if !sms.sns_caller_arn.is_empty() {
            return Some(PoolFault::SmsConfiguredTwice);
        }
        let elsewhere = messaging.region.as_deref().is_some_and(|region| region != pool.id.region());
        elsewhere.then_some(PoolFault::SmsRegion)
    }

    fn recovery_fault(&self) -> Option<PoolFault> {
        let mechanisms = self.recovery_mechanisms();
        let by_admin = mechanisms.iter().any(|one| one.name == RecoveryName::AdminOnly);
        if by_admin && mechanisms.len() > 1 {
            return Some(PoolFault::RecoveryNotOnlyByAdmin);
        }
        let twice = mechanisms.iter().enumerate().any(|(at, one)| {
            let next = mechanisms.iter().skip(at + 1);
            next.into_iter().any(|next| next.priority == one.priority || next.name == one.name)
        });
        twice.then_some(PoolFault::DuplicateRecoveryMechanism)
    }

    /// Refuses different functions in the two members for PreTokenGeneration (*Documented*, LambdaConfigType).
    fn function_fault(&self) -> Option<PoolFault> {
        let old = self.lambda_config.pre_token_generation.as_ref()?;
        let new = self.lambda_config.pre_token_generation_config.as_ref()?;
        (*old != new.lambda_arn).then_some(PoolFault::TokenFunctionsDiffer)
    }

    /// Refuses an invitation without the placeholder for the temporary password, unless users of the pool need no
    /// password (*Documented*, AdminCreateUserConfigType).
    fn invitation_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let invitation = &self.admin_create_user_config.invite_message_template;
        let mut texts = invitation.sms_message.iter().chain(&invitation.email_message);
        let lacks_password = texts.any(|text| !text.contains(PASSWORD_PLACEHOLDER));
        (lacks_password && !pool.is_passwordless()).then_some(PoolFault::InvitationWithoutPassword)
    }

    fn has_duplicate_acr_name(&self) -> bool {
        let names = &self.acr_configuration;
        let different: BTreeSet<_> = names.values().map(|level| &level.acr_value).collect();
        different.len() < names.len()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{attribute::schema::Schema, fixture, pool::Tier};

    fn refused(given: &Value, request: SettingsRequest) -> Option<PoolFault> {
        let settings = PoolSettings::from_json(given).expect("settings");
        let pool = settings.derive(fixture::pool().id, Schema::default());
        settings.check(&pool, request).err().map(|refusal| match refusal {
            Refusal::Pool(fault) => fault,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn contradictory_pool_settings_are_refused() {
        let arn = "arn:aws:iam::000000000000:role/sms";
        let messaging = |region: &str| json!({ "SmsConfiguration": { "EumsSms": { "CallerArn": arn, "Region": region } } });
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
        let mfa = json!({ "MfaConfiguration": "ON" });
        let cases: Vec<(Value, Option<PoolFault>)> = vec![
            (json!({}), None),
            (
                json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
                Some(PoolFault::AliasAndUsernameAttributes),
            ),
            (mfa.clone(), Some(PoolFault::MfaWithoutSms)),
            (json!({ "MfaConfiguration": "ON", "SmsConfiguration": { "SnsCallerArn": arn } }), None),
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
            (invitation("hello"), Some(PoolFault::InvitationWithoutPassword)),
            (invitation("hello {####}"), None),
            (acr("Level1", "urn:cognito:loa:2"), Some(PoolFault::DuplicateAcrName)),
            (acr("Level2", "urn:cognito:loa:2"), None),
        ];
        for (given, expected) in cases {
            assert_eq!(refused(&given, SettingsRequest::Create), expected, "{given}");
        }
        assert_eq!(
            refused(&mfa, SettingsRequest::Update),
            None,
            "an update may turn on MFA without an SMS configuration"
        );
        type Recovery<'a> = (&'a [(i32, &'a str)], Option<PoolFault>);
        let recoveries: [Recovery<'_>; 5] = [
            (&[(1, "verified_email"), (2, "verified_phone_number")], None),
            (&[(1, "admin_only")], None),
            (&[(1, "admin_only"), (2, "verified_email")], Some(PoolFault::RecoveryNotOnlyByAdmin)),
            (
                &[(1, "verified_email"), (1, "verified_phone_number")],
                Some(PoolFault::DuplicateRecoveryMechanism),
            ),
            (&[(1, "verified_email"), (2, "verified_email")], Some(PoolFault::DuplicateRecoveryMechanism)),
        ];
        for (list, expected) in recoveries {
            let list: Vec<_> =
                list.iter().map(|(priority, name)| json!({ "Priority": priority, "Name": name })).collect();
            let given = json!({ "AccountRecoverySetting": { "RecoveryMechanisms": list } });
            assert_eq!(refused(&given, SettingsRequest::Update), expected, "{given}");
        }
    }

    #[test]
    fn invitation_without_password_is_accepted_in_a_passwordless_pool() {
        let without_password = json!({
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
            "AdminCreateUserConfig": { "InviteMessageTemplate": { "SMSMessage": "hello" } },
        });
        assert_eq!(refused(&without_password, SettingsRequest::Create), None);
    }

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
            assert_eq!(refused(&all(name), SettingsRequest::Create), expected);
        }
        let custom = |tier: &str| {
            let flows = json!({ "CustomAuthMode": "AUDIT" });
            json!({
                "UserPoolTier": tier,
                "UserPoolAddOns": { "AdvancedSecurityMode": "OFF", "AdvancedSecurityAdditionalFlows": flows },
            })
        };
        let lacking = vec![Feature::ThreatProtection];
        assert_eq!(
            refused(&custom("LITE"), SettingsRequest::Create),
            Some(PoolFault::TierTooLow(Tier::Lite, lacking))
        );
        assert_eq!(refused(&custom("PLUS"), SettingsRequest::Create), None);
        assert_eq!(refused(&json!({ "UserPoolTier": "LITE" }), SettingsRequest::Create), None);
    }
}
