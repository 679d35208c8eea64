//! The check of a pool's settings when the pool is created or updated.
//!
//! Most of these refusals are *Observed* in public reports, with their texts, which are in the server's
//! `wire::refusal`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    EMAIL_MFA, LambdaVersion, PoolSettings, RecoveryName, SMS_MFA, SOFTWARE_TOKEN_MFA, SecurityMode,
    SendingAccount,
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

/// An operation that sets settings of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsOperation {
    /// CreateUserPool.
    CreateUserPool,
    /// UpdateUserPool.
    UpdateUserPool,
    /// SetUserPoolMfaConfig.
    SetUserPoolMfaConfig,
}

/// The members that configure a second factor. Passkeys do not (*Observed*, api-0115).
const FACTORS: [&str; 3] = [SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_MFA];

/// The Regions whose SES may send the mail of a pool in any Region (*Observed*, in the text of the refusal).
const SES_REGIONS: [&str; 3] = ["eu-west-1", "us-east-1", "us-west-2"];

/// The placeholder of the temporary password in an invitation.
const PASSWORD_PLACEHOLDER: &str = "{####}";

impl PoolSettings {
    /// Checks the settings that a pool has after `operation` with the members `request`.
    ///
    /// `self` is the settings by which the request is judged ([`super::ChangedSettings::judged`]), `pool` what is derived
    /// from those that are stored, and `former` both before the request, if the pool existed. *Chosen*: a rule that the
    /// former settings already break, in a pool of a build that did not know it, is not held against the request; otherwise
    /// such a pool could never be changed.
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
        operation: SettingsOperation,
        request: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        let known = former.map(|(settings, pool)| settings.faults(pool, operation)).unwrap_or_default();
        let of_request = self
            .factor_without_mfa(operation, request)
            .or_else(|| self.missing_factor(pool, operation, request));
        let new = || self.faults(pool, operation).into_iter().find(|fault| !known.contains(fault));
        let Some(fault) = of_request.or_else(new) else { return Ok(()) };
        let downgrades = former.is_some_and(|(_, former)| former.tier > pool.tier);
        Err(Refusal::Pool(match fault {
            // *Documented* (api-0072).
            PoolFault::TierTooLow(tier, lacking)
                if downgrades && operation == SettingsOperation::UpdateUserPool =>
            {
                PoolFault::TierChange(tier, lacking)
            }
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
    fn factor_without_mfa(
        &self,
        operation: SettingsOperation,
        request: &Map<String, Value>,
    ) -> Option<PoolFault> {
        let sets_factor = FACTORS.iter().any(|name| request.contains_key(*name));
        let is_off = self.mfa_configuration == MfaMode::Off;
        (operation == SettingsOperation::SetUserPoolMfaConfig && is_off && sets_factor)
            .then_some(PoolFault::MfaOffWithFactor)
    }

    /// Returns whether SMS can be sent: by SNS or by End User Messaging. An empty SMS configuration is none (*Chosen*).
    fn has_sms(&self) -> bool {
        let sms = self.sms_configuration.as_ref();
        sms.is_some_and(|sms| !sms.sns_caller_arn.is_empty() || sms.eums_sms.is_some())
    }

    /// Refuses settings that need an SMS configuration where there is none (*Observed*). That an update without
    /// SmsConfiguration is judged as if there were none is *Observed* for verification alone; *Chosen* for SMS_OTP.
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
    /// CreateUserPool can only set up SMS. In SetUserPoolMfaConfig a factor has to be named; that the pool could send SMS is
    /// not enough.
    fn missing_factor(
        &self,
        pool: &Pool,
        operation: SettingsOperation,
        request: &Map<String, Value>,
    ) -> Option<PoolFault> {
        if pool.mfa.mode == MfaMode::Off {
            return None;
        }
        let (has_factor, fault) = match operation {
            SettingsOperation::CreateUserPool => (self.has_sms(), PoolFault::MfaWithoutSms),
            SettingsOperation::UpdateUserPool if request.contains_key("MfaConfiguration") => {
                (!self.mfa().factors.is_empty(), PoolFault::MfaOnWithoutFactor)
            }
            // The request does not change MFA.
            SettingsOperation::UpdateUserPool => return None,
            SettingsOperation::SetUserPoolMfaConfig => (self.names_factor(), PoolFault::MfaWithoutFactor),
        };
        (!has_factor).then_some(fault)
    }

    /// Refuses codes by mail as a second factor in a pool that cannot have them.
    ///
    /// *Observed*: with the built-in sender. *Documented*: where the same address is the only way to recover the account.
    /// *Chosen*: not while MFA is off.
    fn email_mfa_fault(&self, pool: &Pool) -> Option<PoolFault> {
        if pool.mfa.mode == MfaMode::Off || !pool.mfa.factors.contains(&MfaFactor::Email) {
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
            (pool.mfa.mode != MfaMode::Off && pool.mfa.factors.contains(&MfaFactor::Email))
                .then_some(Feature::EmailMfa),
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

    /// Either SNS or End User Messaging, and that in the pool's own Region (*Documented*, SmsConfigurationType and
    /// EumsSmsConfigurationType).
    fn sms_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let sms = self.sms_configuration.as_ref()?;
        // *Observed* for us-east-1. Pools of some other Regions may use another one (*Documented*), so theirs are not judged.
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

/// Tells whether the text is a host name: no scheme, port or path (*Observed*, api-0091).
fn is_host(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
}

/// Returns the Region of an ARN, or `None` if the text is no ARN or names none.
fn region_of_arn(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

/// Tells whether the text has an address, bare or as `Name <address>`.
fn has_address(from: &str) -> bool {
    let address = from.rsplit_once('<').map_or(Some(from), |(_, rest)| rest.trim_end().strip_suffix('>'));
    address.is_some_and(|address| is_email(address.trim()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::{ChangedSettings, WEB_AUTHN, updated, with_mfa_config},
        *,
    };
    use crate::{attribute::schema::Schema, fixture, pool::Tier};

    use SettingsOperation::{CreateUserPool, SetUserPoolMfaConfig, UpdateUserPool};

    fn fault(changed: &ChangedSettings, operation: SettingsOperation, request: &Value) -> Option<PoolFault> {
        let read = |settings: &Value| {
            let settings = PoolSettings::from_json(settings).expect("settings");
            let pool = settings.derive(fixture::pool().id, Schema::default());
            (settings, pool)
        };
        let (_, pool) = read(&changed.settings);
        let (judged, _) = read(&changed.judged);
        let former = changed.former.as_ref().map(read);
        let former = former.as_ref().map(|(settings, pool)| (settings, pool));
        let request = request.as_object().expect("an object");
        judged.check(&pool, former, operation, request).err().map(|refusal| match refusal {
            Refusal::Pool(fault) => fault,
            other => panic!("{other:?}"),
        })
    }

    /// Checks a request to create a pool.
    fn refused(given: &Value) -> Option<PoolFault> {
        fault(&ChangedSettings::new(given.clone()), CreateUserPool, given)
    }

    /// Checks a request to a pool with the settings `former`.
    fn refused_change(operation: SettingsOperation, former: &Value, request: &Value) -> Option<PoolFault> {
        let members = request.as_object().expect("an object");
        match operation {
            CreateUserPool => refused(request),
            UpdateUserPool => fault(&updated(former, members), operation, request),
            SetUserPoolMfaConfig => fault(&with_mfa_config(former, members), operation, request),
        }
    }

    const ROLE: &str = "arn:aws:iam::000000000000:role/sms";

    /// api-0056, api-0057, api-0058, api-0059, api-0066, api-0067, api-0091, api-0098, api-0113, api-0115, api-0120, api-0122,
    /// api-0067, api-0104, api-0108, api-0117, api-0119, api-0123, api-0125, api-0126.
    #[test]
    fn mfa_settings_that_contradict_are_refused_in_the_words_of_their_operation() {
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
            // An SMS configuration is needed, and one that an update omits does not count (api-0056, api-0056, api-0066).
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
    fn settings_that_contradict() {
        let arn = ROLE;
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
            (
                json!({ "LambdaConfig": { "PreSignUp": function("eu-west-1") } }),
                Some(PoolFault::FunctionRegion),
            ),
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
}
