//! What a request says of a pool besides what the pool keeps to decide by, and which of it is refused.
//!
//! These settings are given back and used by whoever sends messages or calls functions; here they are looked at once,
//! when a pool is created or updated. What is kept is [`crate::pool`]'s matter. Texts of most of these refusals were
//! seen in public reports of the live service; the server's `wire::refusal` has them.

use std::collections::BTreeSet;

use crate::{
    attribute::contact::ContactKind,
    pool::{EventVersion, Feature, Pool},
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

/// A way to recover an account, in the order of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Its priority.
    pub priority: i32,
    /// What it is.
    pub by: RecoveryBy,
}

/// The names of ways of recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryBy {
    /// `verified_email`.
    VerifiedEmail,
    /// `verified_phone_number`.
    VerifiedPhoneNumber,
    /// `admin_only`.
    AdminOnly,
}

/// What a request says of SMS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sms {
    /// SnsCallerArn is there.
    pub by_sns: bool,
    /// EumsSms is there.
    pub by_end_user_messaging: bool,
    /// The Region of EumsSms.
    pub region: Option<String>,
}

/// The settings, as far as any of them can be refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolSettings {
    /// MfaConfiguration is ON or OPTIONAL.
    pub mfa: bool,
    /// SmsConfiguration.
    pub sms: Option<Sms>,
    /// EmailSendingAccount is DEVELOPER.
    pub developer_email: bool,
    /// SourceArn is there.
    pub email_source: bool,
    /// AttributesRequireVerificationBeforeUpdate.
    pub verified_before_update: BTreeSet<ContactKind>,
    /// RecoveryMechanisms.
    pub recovery: Vec<Recovery>,
    /// TemporaryPasswordValidityDays was sent, and not as zero.
    pub temporary_password_days: bool,
    /// UnusedAccountValidityDays was sent, and not as zero.
    pub unused_account_days: bool,
    /// PreTokenGeneration.
    pub token_function: Option<String>,
    /// The function of PreTokenGenerationConfig.
    pub versioned_token_function: Option<String>,
    /// The version of PreTokenGenerationConfig, if it is one that plans can lack.
    pub token_event: Option<EventVersion>,
    /// The bodies of InviteMessageTemplate.
    pub invitations: Vec<String>,
    /// AdvancedSecurityMode, of any flow, is not OFF.
    pub threat_protection: bool,
    /// AcrConfiguration: the names of all levels, those by default too, and whether one of them was sent.
    pub acr_names: Vec<String>,
    /// AcrConfiguration has a name.
    pub acr_named: bool,
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
        let faults = [
            self.tier_fault(pool),
            self.mfa_fault(occasion),
            self.sms_fault(pool),
            (self.developer_email && !self.email_source).then_some(PoolFault::EmailWithoutSource),
            (!self.verified_before_update.is_subset(&pool.auto_verified))
                .then_some(PoolFault::VerifiedBeforeUpdateOnly),
            self.recovery_fault(),
            // *Documented*: whoever sets the new one can no longer set the old one.
            (self.temporary_password_days && self.unused_account_days).then_some(PoolFault::ValidityTwice),
            self.function_fault(),
            self.invitation_fault(pool),
            has_twins(&self.acr_names).then_some(PoolFault::AcrNameTwice),
        ];
        faults.into_iter().flatten().next().map_or(Ok(()), |fault| Err(Refusal::Pool(fault)))
    }

    fn tier_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let used = [
            pool.is_passwordless().then_some(Feature::PasswordlessSignIn),
            (pool.password_policy.history_size > 0).then_some(Feature::PasswordHistory),
            self.token_event.map(Feature::TokenCustomization),
            self.acr_named.then_some(Feature::AcrNames),
            self.threat_protection.then_some(Feature::ThreatProtection),
        ];
        let lacking: Vec<_> =
            used.into_iter().flatten().filter(|feature| feature.least_tier() > pool.tier).collect();
        (!lacking.is_empty()).then_some(PoolFault::TierTooLow(pool.tier, lacking))
    }

    /// An update is not asked, because the pool may have another factor by then.
    fn mfa_fault(&self, occasion: Occasion) -> Option<PoolFault> {
        (occasion == Occasion::Create && self.mfa && self.sms.is_none()).then_some(PoolFault::MfaWithoutSms)
    }

    /// Either SNS or End User Messaging, and that in the pool's own Region (*Documented*, SmsConfigurationType and
    /// EumsSmsConfigurationType).
    fn sms_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let sms = self.sms.as_ref()?;
        if sms.by_sns && sms.by_end_user_messaging {
            return Some(PoolFault::SmsTwice);
        }
        let elsewhere = sms.region.as_deref().is_some_and(|region| region != pool.id.region());
        elsewhere.then_some(PoolFault::SmsRegion)
    }

    fn recovery_fault(&self) -> Option<PoolFault> {
        let by_admin = self.recovery.iter().any(|one| one.by == RecoveryBy::AdminOnly);
        if by_admin && self.recovery.len() > 1 {
            return Some(PoolFault::RecoveryNotOnlyByAdmin);
        }
        let twice = self.recovery.iter().enumerate().any(|(at, one)| {
            self.recovery.iter().skip(at + 1).any(|next| next.priority == one.priority || next.by == one.by)
        });
        twice.then_some(PoolFault::RecoveryTwice)
    }

    /// The two members name one function (*Documented*, LambdaConfigType).
    fn function_fault(&self) -> Option<PoolFault> {
        let (old, new) = (self.token_function.as_ref()?, self.versioned_token_function.as_ref()?);
        (old != new).then_some(PoolFault::TokenFunctionsDiffer)
    }

    /// An invitation says the temporary password, unless users of the pool can do without (*Documented*,
    /// AdminCreateUserConfigType).
    fn invitation_fault(&self, pool: &Pool) -> Option<PoolFault> {
        let silent = self.invitations.iter().any(|text| !text.contains(PASSWORD_PLACE));
        (silent && !pool.is_passwordless()).then_some(PoolFault::InvitationWithoutPassword)
    }
}

fn has_twins(names: &[String]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() < names.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fixture,
        pool::{FirstFactor, Tier},
    };

    fn refused(settings: &PoolSettings, pool: &Pool, occasion: Occasion) -> Option<PoolFault> {
        settings.check(pool, occasion).err().map(|refusal| match refusal {
            Refusal::Pool(fault) => fault,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn settings_that_contradict() {
        type Set = fn(&mut PoolSettings);
        let recovery = |list: &[(i32, RecoveryBy)]| {
            list.iter().map(|(priority, by)| Recovery { priority: *priority, by: *by }).collect::<Vec<_>>()
        };
        let cases: [(Set, Option<PoolFault>); 15] = [
            (|_| (), None),
            (|all| all.mfa = true, Some(PoolFault::MfaWithoutSms)),
            (
                |all| {
                    all.mfa = true;
                    all.sms = Some(Sms { by_sns: true, ..Sms::default() });
                },
                None,
            ),
            (
                |all| all.sms = Some(Sms { by_sns: true, by_end_user_messaging: true, region: None }),
                Some(PoolFault::SmsTwice),
            ),
            (
                |all| {
                    let region = Some("us-east-1".to_owned());
                    all.sms = Some(Sms { by_sns: false, by_end_user_messaging: true, region });
                },
                None,
            ),
            (
                |all| {
                    let region = Some("eu-west-1".to_owned());
                    all.sms = Some(Sms { by_sns: false, by_end_user_messaging: true, region });
                },
                Some(PoolFault::SmsRegion),
            ),
            (|all| all.developer_email = true, Some(PoolFault::EmailWithoutSource)),
            (|all| all.verified_before_update = BTreeSet::from([ContactKind::Email]), None),
            (
                |all| all.verified_before_update = BTreeSet::from([ContactKind::PhoneNumber]),
                Some(PoolFault::VerifiedBeforeUpdateOnly),
            ),
            (
                |all| (all.temporary_password_days, all.unused_account_days) = (true, true),
                Some(PoolFault::ValidityTwice),
            ),
            (|all| all.unused_account_days = true, None),
            (
                |all| {
                    all.token_function = Some("a".into());
                    all.versioned_token_function = Some("b".into());
                },
                Some(PoolFault::TokenFunctionsDiffer),
            ),
            (
                |all| {
                    all.token_function = Some("a".into());
                    all.versioned_token_function = Some("a".into());
                },
                None,
            ),
            (|all| all.invitations = vec!["hello".into()], Some(PoolFault::InvitationWithoutPassword)),
            (|all| all.acr_names = vec!["a".into(), "b".into(), "a".into()], Some(PoolFault::AcrNameTwice)),
        ];
        for (set, expected) in cases {
            let mut settings = PoolSettings::default();
            set(&mut settings);
            assert_eq!(refused(&settings, &fixture::pool(), Occasion::Create), expected, "{settings:?}");
        }
        use RecoveryBy::{AdminOnly, VerifiedEmail, VerifiedPhoneNumber};
        let recoveries = [
            ([(1, VerifiedEmail), (2, VerifiedPhoneNumber)].as_slice(), None),
            (&[(1, AdminOnly)], None),
            (&[(1, AdminOnly), (2, VerifiedEmail)], Some(PoolFault::RecoveryNotOnlyByAdmin)),
            (&[(1, VerifiedEmail), (1, VerifiedPhoneNumber)], Some(PoolFault::RecoveryTwice)),
            (&[(1, VerifiedEmail), (2, VerifiedEmail)], Some(PoolFault::RecoveryTwice)),
        ];
        for (list, expected) in recoveries {
            let settings = PoolSettings { recovery: recovery(list), ..PoolSettings::default() };
            assert_eq!(refused(&settings, &fixture::pool(), Occasion::Update), expected, "{list:?}");
        }
    }

    #[test]
    fn an_update_may_ask_for_mfa_alone() {
        let settings = PoolSettings { mfa: true, ..PoolSettings::default() };
        assert_eq!(refused(&settings, &fixture::pool(), Occasion::Update), None);
    }

    #[test]
    fn an_invitation_may_be_silent_where_passwords_are_not_needed() {
        let mut pool = fixture::pool();
        pool.first_factors.insert(FirstFactor::EmailOtp);
        let silent = PoolSettings { invitations: vec!["hello".into()], ..PoolSettings::default() };
        assert_eq!(refused(&silent, &pool, Occasion::Create), None);
    }

    #[test]
    fn what_the_plans_have() {
        let all = PoolSettings {
            threat_protection: true,
            token_event: Some(EventVersion::V2),
            acr_named: true,
            ..PoolSettings::default()
        };
        let mut pool = fixture::pool();
        pool.first_factors.insert(FirstFactor::WebAuthn);
        pool.password_policy.history_size = 1;
        let essentials = [
            Feature::PasswordlessSignIn,
            Feature::PasswordHistory,
            Feature::TokenCustomization(EventVersion::V2),
            Feature::AcrNames,
        ];
        let cases = [
            (Tier::Lite, [essentials.as_slice(), &[Feature::ThreatProtection]].concat()),
            (Tier::Essentials, vec![Feature::ThreatProtection]),
            (Tier::Plus, vec![]),
        ];
        for (tier, lacking) in cases {
            pool.tier = tier;
            let expected = (!lacking.is_empty()).then_some(PoolFault::TierTooLow(tier, lacking));
            assert_eq!(refused(&all, &pool, Occasion::Create), expected);
        }
        pool.tier = Tier::Lite;
        pool.first_factors = BTreeSet::from([FirstFactor::Password]);
        pool.password_policy.history_size = 0;
        assert_eq!(refused(&PoolSettings::default(), &pool, Occasion::Create), None);
    }
}
