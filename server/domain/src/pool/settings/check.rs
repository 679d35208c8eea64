//! Which settings of a pool are refused. They are looked at once, when a pool is created or updated.
//!
//! Texts of most of these refusals were seen in public reports of the live service; the server's `wire::refusal` has them.

use std::collections::BTreeSet;

use super::{LambdaVersion, PoolSettings, RecoveryName, SecurityMode, SendingAccount};
use crate::{
    pool::{EventVersion, Feature, Pool, mfa::MfaMode},
    refusal::{PoolFault, Refusal},
};

/// Which request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// CreateUserPool.
    Create,
    /// UpdateUserPool.
    Update,
}

/// Where a temporary password stands in an invitation.
const PASSWORD_PLACE: &str = "{####}";

impl PoolSettings {
    /// Refuses what contradicts itself or the pool.
    ///
    /// *Chosen*: the order; and that phone numbers can be verified in a pool that says nothing of SMS, which the live
    /// service refuses, because here it needs no role to send one. That MFA needs it said is *Documented* of
    /// CreateUserPool, and kept: who wants another factor says so by SetUserPoolMfaConfig, here as there.
    pub fn check(&self, pool: &Pool, occasion: Occasion) -> Result<(), Refusal> {
        let email = &self.email_configuration;
        let faults = [
            (!self.alias_attributes.is_empty() && !self.username_attributes.is_empty())
                .then_some(PoolFault::AliasAndUsernameAttributes),
            self.tier_fault(pool),
            self.mfa_fault(occasion),
            self.sms_fault(pool),
            (email.email_sending_account == SendingAccount::Developer && email.source_arn.is_none())
                .then_some(PoolFault::EmailWithoutSource),
            (!self.verified_before_update().is_subset(&pool.auto_verified))
                .then_some(PoolFault::VerifiedBeforeUpdateOnly),
            self.recovery_fault(),
            // *Documented*: a caller that sets the new one can no longer set the old one.
            (self.given.temporary_password_days && self.given.unused_account_days)
                .then_some(PoolFault::ValidityTwice),
            self.function_fault(),
            self.invitation_fault(pool),
            self.has_acr_name_twice().then_some(PoolFault::AcrNameTwice),
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
            used.into_iter().flatten().filter(|feature| feature.least_tier() > pool.tier).collect();
        (!lacking.is_empty()).then_some(PoolFault::TierTooLow(pool.tier, lacking))
    }

    /// The version of PreTokenGenerationConfig, if it is one that plans can lack.
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

    /// An update is not asked, because the pool may have another factor by then.
    fn mfa_fault(&self, occasion: Occasion) -> Option<PoolFault> {
        let lacks_sms = self.mfa_configuration != MfaMode::Off && self.sms_configuration.is_none();
        (occasion == Occasion::Create && lacks_sms).then_some(PoolFault::MfaWithoutSms)
    }

    /// Either SNS or End User Messaging, and that in the pool's own Region (*Documented*, SmsConfigurationType and
    /// EumsSmsConfigurationType).
    fn sms_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let sms = self.sms_configuration.as_ref()?;
        let messaging = sms.eums_sms.as_ref()?;
        if !sms.sns_caller_arn.is_empty() {
            return Some(PoolFault::SmsTwice);
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
        twice.then_some(PoolFault::RecoveryTwice)
    }

    /// The two members name one function (*Documented*, LambdaConfigType).
    fn function_fault(&self) -> Option<PoolFault> {
        let old = self.lambda_config.pre_token_generation.as_ref()?;
        let new = self.lambda_config.pre_token_generation_config.as_ref()?;
        (*old != new.lambda_arn).then_some(PoolFault::TokenFunctionsDiffer)
    }

    /// An invitation says the temporary password, unless users of the pool can do without (*Documented*,
    /// AdminCreateUserConfigType).
    fn invitation_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let invitation = &self.admin_create_user_config.invite_message_template;
        let mut texts = invitation.sms_message.iter().chain(&invitation.email_message);
        let silent = texts.any(|text| !text.contains(PASSWORD_PLACE));
        (silent && !pool.is_passwordless()).then_some(PoolFault::InvitationWithoutPassword)
    }

    fn has_acr_name_twice(&self) -> bool {
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

    fn refused(given: &Value, occasion: Occasion) -> Option<PoolFault> {
        let settings = PoolSettings::of(given).expect("settings");
        let pool = settings.derive(fixture::pool().id, Schema::default());
        settings.check(&pool, occasion).err().map(|refusal| match refusal {
            Refusal::Pool(fault) => fault,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn settings_that_contradict() {
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
                Some(PoolFault::SmsTwice),
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
            (days(7, 7), Some(PoolFault::ValidityTwice)),
            (days(0, 7), None),
            (days(7, 0), None),
            (functions("a", "b"), Some(PoolFault::TokenFunctionsDiffer)),
            (functions("a", "a"), None),
            (invitation("hello"), Some(PoolFault::InvitationWithoutPassword)),
            (invitation("hello {####}"), None),
            (acr("Level1", "urn:cognito:loa:2"), Some(PoolFault::AcrNameTwice)),
            (acr("Level2", "urn:cognito:loa:2"), None),
        ];
        for (given, expected) in cases {
            assert_eq!(refused(&given, Occasion::Create), expected, "{given}");
        }
        assert_eq!(refused(&mfa, Occasion::Update), None, "an update may ask for MFA alone");
        type Recovery<'a> = (&'a [(i32, &'a str)], Option<PoolFault>);
        let recoveries: [Recovery<'_>; 5] = [
            (&[(1, "verified_email"), (2, "verified_phone_number")], None),
            (&[(1, "admin_only")], None),
            (&[(1, "admin_only"), (2, "verified_email")], Some(PoolFault::RecoveryNotOnlyByAdmin)),
            (&[(1, "verified_email"), (1, "verified_phone_number")], Some(PoolFault::RecoveryTwice)),
            (&[(1, "verified_email"), (2, "verified_email")], Some(PoolFault::RecoveryTwice)),
        ];
        for (list, expected) in recoveries {
            let list: Vec<_> =
                list.iter().map(|(priority, name)| json!({ "Priority": priority, "Name": name })).collect();
            let given = json!({ "AccountRecoverySetting": { "RecoveryMechanisms": list } });
            assert_eq!(refused(&given, Occasion::Update), expected, "{given}");
        }
    }

    #[test]
    fn an_invitation_may_be_silent_where_passwords_are_not_needed() {
        let silent = json!({
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
            "AdminCreateUserConfig": { "InviteMessageTemplate": { "SMSMessage": "hello" } },
        });
        assert_eq!(refused(&silent, Occasion::Create), None);
    }

    #[test]
    fn what_the_plans_have() {
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
            assert_eq!(refused(&all(name), Occasion::Create), expected);
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
            refused(&custom("LITE"), Occasion::Create),
            Some(PoolFault::TierTooLow(Tier::Lite, lacking))
        );
        assert_eq!(refused(&custom("PLUS"), Occasion::Create), None);
        assert_eq!(refused(&json!({ "UserPoolTier": "LITE" }), Occasion::Create), None);
    }
}
