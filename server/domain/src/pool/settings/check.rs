//! The check of a pool's settings when the pool is created or updated.
//!
//! Most of these refusals are *Observed* in public reports, with their texts, which are in the server's
//! `wire::refusal`.

use std::collections::BTreeSet;

use super::{
    ChangedSettings, FACTORS, LambdaVersion, PoolSettings, RecoveryName, SecurityMode, SendingAccount,
    SettingsOperation,
};
use crate::{
    attribute::contact::{ContactKind, is_email},
    pool::{
        EventVersion, Feature, FirstFactor, Pool,
        mfa::{MfaFactor, MfaMode},
        passkeys::FactorConfiguration,
    },
    refusal::{PoolFault, Refusal},
};

/// The Regions whose SES may send the mail of a pool in any Region (*Observed*, in the text of the refusal).
const SES_REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];

/// The placeholder of the temporary password in an invitation.
const PASSWORD_PLACEHOLDER: &str = "{####}";

impl PoolSettings {
    /// Checks the settings that a pool has after a request.
    ///
    /// `self` is read from [`ChangedSettings::judged`], `pool` is derived from [`ChangedSettings::settings`], and `former` is
    /// both before the request, if the pool existed. *Chosen*: a rule that the former settings already break is not held
    /// against the request. Such a pool is of a build that did not have the rule, and could otherwise never be changed.
    ///
    /// That a factor without MFA is refused before the rest is *Observed* (api-0113); the rest of the order is *Chosen*.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::Pool`] with the first rule that the settings break.
    pub fn check(
        &self,
        pool: &Pool,
        former: Option<(&PoolSettings, &Pool)>,
        changed: &ChangedSettings,
    ) -> Result<(), Refusal> {
        let operation = changed.operation;
        let known = former.map(|(settings, pool)| settings.faults(pool, operation)).unwrap_or_default();
        let of_request = self.factor_without_mfa(changed).or_else(|| self.missing_factor(pool, changed));
        let new = || self.faults(pool, operation).into_iter().find(|fault| !known.contains(fault));
        let Some(fault) = of_request.or_else(new) else { return Ok(()) };
        let is_downgrade = operation == SettingsOperation::UpdateUserPool
            && former.is_some_and(|(_, former)| former.tier > pool.tier);
        Err(Refusal::Pool(match fault {
            // *Documented* (api-0072).
            PoolFault::TierTooLow(tier, lacking) if is_downgrade => PoolFault::TierChange(tier, lacking),
            fault => fault,
        }))
    }

    /// Returns every rule that the settings of a pool break, whatever request has set them.
    fn faults(&self, pool: &Pool, operation: SettingsOperation) -> Vec<PoolFault> {
        let faults = [
            (!self.alias_attributes.is_empty() && !self.username_attributes.is_empty())
                .then_some(PoolFault::AliasAndUsernameAttributes),
            self.tier_fault(pool),
            (!pool.first_factors.contains(&FirstFactor::Password))
                .then_some(PoolFault::PasswordNotAmongFactors),
            (!(6..=99).contains(&pool.password_policy.minimum_length)).then_some(PoolFault::PasswordLength),
            self.missing_sms(pool),
            first_factor_fault(pool, operation),
            pool.passkeys
                .relying_party
                .as_deref()
                .is_some_and(|party| !is_host(party))
                .then_some(PoolFault::RelyingPartyMalformed),
            self.email_mfa_fault(pool),
            self.email_fault(pool),
            self.sms_fault(pool),
            (!self.verified_before_update().is_subset(&pool.auto_verified))
                .then_some(PoolFault::VerifiedBeforeUpdateOnly),
            self.recovery_fault(),
            // *Observed* (api-0058) in one call; *Documented* (api-0059) where the newer member was set before.
            (self.given.temporary_password_days && self.given.unused_account_days)
                .then_some(PoolFault::PasswordValidityTwice),
            self.function_fault(pool),
            // *Documented* (api-0089) of the template alone.
            self.given.both_verification_texts.then_some(PoolFault::VerificationTextTwice),
            self.invitation_fault(pool),
            self.has_duplicate_acr_name().then_some(PoolFault::DuplicateAcrName),
        ];
        faults.into_iter().flatten().collect()
    }

    /// Refuses to configure a factor and leave MFA off: the presence of the member counts, not what it says (*Observed*,
    /// api-0113).
    fn factor_without_mfa(&self, changed: &ChangedSettings) -> Option<PoolFault> {
        let sets_factor = FACTORS.iter().any(|name| changed.request.contains_key(*name));
        let is_off = self.mfa_configuration == MfaMode::Off;
        (changed.operation == SettingsOperation::SetUserPoolMfaConfig && is_off && sets_factor)
            .then_some(PoolFault::MfaOffWithFactor)
    }

    /// Returns whether SMS can be sent: by SNS or by End User Messaging. An empty SMS configuration is none (*Chosen*).
    fn has_sms(&self) -> bool {
        let sms = self.sms_configuration.as_ref();
        sms.is_some_and(|sms| !sms.sns_caller_arn.is_empty() || sms.eums_sms.is_some())
    }

    /// Refuses settings that need an SMS configuration where there is none (*Observed*). That an update without
    /// SmsConfiguration is checked as if the pool had none is *Observed* for verification alone; *Chosen* for SMS_OTP.
    fn missing_sms(&self, pool: &Pool) -> Option<PoolFault> {
        if self.has_sms() {
            None
        } else if pool.auto_verified.contains(&ContactKind::PhoneNumber) {
            Some(PoolFault::VerificationWithoutSms)
        } else if pool.first_factors.contains(&FirstFactor::SmsOtp) {
            Some(PoolFault::SmsOtpWithoutSms)
        } else {
            None
        }
    }

    /// Refuses MFA without a second factor (*Observed*, all three texts).
    ///
    /// CreateUserPool can only set up SMS. In SetUserPoolMfaConfig a member has to configure a factor; that the pool could
    /// send SMS is not enough.
    fn missing_factor(&self, pool: &Pool, changed: &ChangedSettings) -> Option<PoolFault> {
        if pool.mfa.mode == MfaMode::Off {
            return None;
        }
        let (has_factor, fault) = match changed.operation {
            SettingsOperation::CreateUserPool => (self.has_sms(), PoolFault::MfaWithoutSms),
            SettingsOperation::UpdateUserPool if changed.request.contains_key("MfaConfiguration") => {
                (!self.mfa().factors.is_empty(), PoolFault::MfaOnWithoutFactor)
            }
            // The request does not change MFA.
            SettingsOperation::UpdateUserPool => return None,
            SettingsOperation::SetUserPoolMfaConfig => {
                (self.configures_factor(), PoolFault::MfaWithoutFactor)
            }
        };
        (!has_factor).then_some(fault)
    }

    /// Refuses codes by mail as a second factor in a pool that cannot have them.
    ///
    /// *Observed*: with the built-in sender. *Documented*: where the same address is the only way to recover the account.
    fn email_mfa_fault(&self, pool: &Pool) -> Option<PoolFault> {
        if !pool.mfa.factors.contains(&MfaFactor::Email) {
            None
        } else if self.email_configuration.email_sending_account == SendingAccount::CognitoDefault {
            Some(PoolFault::EmailMfaWithBuiltInSender)
        } else if pool.recovery.is_by_email_only() {
            Some(PoolFault::EmailMfaWithEmailRecovery)
        } else {
            None
        }
    }

    /// Refuses a sender of mail that is incomplete, is no address, or is in a Region that the pool cannot send from
    /// (*Observed*; that a pool may send from its own Region is *Documented*).
    fn email_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let email = &self.email_configuration;
        let region = email.source_arn.as_deref().and_then(region_of_arn);
        if email.email_sending_account == SendingAccount::Developer && email.source_arn.is_none() {
            Some(PoolFault::EmailWithoutSource)
        } else if email.from.as_deref().is_some_and(|from| !has_address(from)) {
            Some(PoolFault::EmailFrom)
        } else if region.is_some_and(|region| region != pool.id.region() && !SES_REGIONS.contains(&region)) {
            let mut regions: BTreeSet<String> = SES_REGIONS.map(str::to_owned).into();
            regions.insert(pool.id.region().to_owned());
            Some(PoolFault::EmailRegion(regions.into_iter().collect()))
        } else {
            None
        }
    }

    fn tier_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let used = [
            pool.is_passwordless().then_some(Feature::PasswordlessSignIn),
            pool.mfa.factors.contains(&MfaFactor::Email).then_some(Feature::EmailMfa),
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

    /// Refuses SNS together with End User Messaging, and either in another Region than the pool's (*Documented*,
    /// SmsConfigurationType and EumsSmsConfigurationType).
    fn sms_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let sms = self.sms_configuration.as_ref()?;
        // *Observed* for us-east-1 (api-0077). Pools of some other Regions may use SNS of another one (*Documented*), so their
        // Regions are not checked.
        if let Some(region) = &sms.sns_region
            && pool.id.region() == "us-east-1"
            && region != pool.id.region()
        {
            return Some(PoolFault::SnsRegion(pool.id.region().to_owned()));
        }
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

    /// Refuses two functions for one trigger, a function in another Region, and a custom sender without a key
    /// (*Observed*).
    fn function_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let config = &self.lambda_config;
        let token = config.pre_token_generation_config.as_ref();
        if let (Some(older), Some(newer)) = (&config.pre_token_generation, token)
            && *older != newer.lambda_arn
        {
            return Some(PoolFault::TokenFunctionsDiffer);
        }
        let has_sender = config.custom_email_sender.is_some() || config.custom_sms_sender.is_some();
        if has_sender && config.kms_key_id.is_none() {
            return Some(PoolFault::SenderWithoutKey);
        }
        let mut regions = config.functions().filter_map(region_of_arn);
        regions.any(|region| region != pool.id.region()).then_some(PoolFault::FunctionRegion)
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

/// Refuses first factors that MFA excludes.
///
/// *Observed*: where MFA is ON, codes cannot be first factors, and passkeys only if they count as two factors; the text
/// about passkeys is another in SetUserPoolMfaConfig. OPTIONAL excludes nothing.
fn first_factor_fault(pool: &Pool, operation: SettingsOperation) -> Option<PoolFault> {
    if pool.mfa.mode != MfaMode::On {
        return None;
    }
    let allows = |factor| pool.first_factors.contains(&factor);
    if allows(FirstFactor::EmailOtp) || allows(FirstFactor::SmsOtp) {
        return Some(PoolFault::OtpWithMfa);
    }
    let is_single = pool.passkeys.factor == FactorConfiguration::SingleFactor;
    (allows(FirstFactor::WebAuthn) && is_single).then_some(match operation {
        SettingsOperation::SetUserPoolMfaConfig => PoolFault::SingleFactorPasskeysWithMfa,
        SettingsOperation::CreateUserPool | SettingsOperation::UpdateUserPool => PoolFault::PasskeysWithMfa,
    })
}

/// Returns whether the text is a host name: no scheme, port or path (*Observed*, api-0091).
fn is_host(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// Returns the Region of an ARN, or `None` if the text is no ARN or names none.
fn region_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

/// Returns whether the text has an address, bare or as `Name <address>`.
fn has_address(from: &str) -> bool {
    let address = from.rsplit_once('<').map_or(Some(from), |(_, rest)| rest.trim_end().strip_suffix('>'));
    address.is_some_and(|address| is_email(address.trim()))
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
