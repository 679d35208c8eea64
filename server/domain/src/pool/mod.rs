//! A user pool, as far as it decides anything.
//!
//! It is derived from the pool's settings, which [`settings`] reads, and never stored itself.

pub mod alias;
pub mod contact;
pub mod defaults;
pub mod devices;
pub mod mfa;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod settings;
pub mod tag;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    attribute::{contact::ContactKind, schema::Schema},
    id::PoolId,
    pool::{
        alias::NameKind, devices::DevicePolicy, mfa::PoolMfa, passkeys::PasskeySettings,
        password::PasswordPolicy, recovery::Recovery,
    },
    refusal::{PoolFault, Refusal},
};

/// What else than the username signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInNames {
    /// Nothing else.
    UsernameOnly,
    /// AliasAttributes: these too, once verified.
    Aliases(BTreeSet<NameKind>),
    /// UsernameAttributes: these in place of a chosen username, from the start.
    Attributes(BTreeSet<ContactKind>),
}

/// The feature plan of a pool, lowest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Tier {
    /// LITE.
    Lite,
    /// ESSENTIALS, what a new pool gets (*Documented*, cog-0319).
    #[default]
    Essentials,
    /// PLUS.
    Plus,
}

/// A feature that not every plan has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// One-time codes or passkeys as first factors.
    PasswordlessSignIn,
    /// The flow USER_AUTH.
    ChoiceBasedSignIn,
    /// A PreTokenGeneration function that gets the event of version 2 or 3.
    TokenCustomization(EventVersion),
    /// Names of one's own for the levels of authentication.
    AcrNames,
    /// Codes by mail as second factors.
    EmailMfa,
    /// Passwords that are remembered so as not to come again.
    PasswordHistory,
    /// Refresh tokens that rotate.
    RefreshTokenRotation,
    /// Anything but OFF in AdvancedSecurityMode.
    ThreatProtection,
}

/// The versions of a PreTokenGeneration event that a plan can lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventVersion {
    /// V2_0.
    V2,
    /// V3_0.
    V3,
}

impl Feature {
    /// The lowest plan that has it (*Documented* in the members that ask for it, save for token customization
    /// and rotation: *Observed* in public reports).
    pub const fn least_tier(self) -> Tier {
        match self {
            Feature::PasswordlessSignIn
            | Feature::ChoiceBasedSignIn
            | Feature::TokenCustomization(_)
            | Feature::AcrNames
            | Feature::EmailMfa
            | Feature::PasswordHistory
            | Feature::RefreshTokenRotation => Tier::Essentials,
            Feature::ThreatProtection => Tier::Plus,
        }
    }
}

/// A first factor that a pool allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FirstFactor {
    /// PASSWORD.
    Password,
    /// EMAIL_OTP.
    EmailOtp,
    /// SMS_OTP.
    SmsOtp,
    /// WEB_AUTHN.
    WebAuthn,
    /// SOFTWARE_TOKEN.
    SoftwareToken,
}

/// A user pool's deciding settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// What signs in besides the username.
    pub names: SignInNames,
    /// Whether names that differ in case are two names. Without UsernameConfiguration they are (*Documented*).
    pub case_sensitive: bool,
    /// The contacts that the pool verifies by itself.
    pub auto_verified: BTreeSet<ContactKind>,
    /// AttributesRequireVerificationBeforeUpdate: contacts whose old value stays until the new one is verified.
    pub verified_before_update: BTreeSet<ContactKind>,
    /// AccountRecoverySetting.
    pub recovery: Recovery,
    /// The attributes.
    pub schema: Schema,
    /// The password policy.
    pub password_policy: PasswordPolicy,
    /// AllowAdminCreateUserOnly: nobody signs up.
    pub admin_create_only: bool,
    /// The first factors that USER_AUTH may use.
    pub first_factors: BTreeSet<FirstFactor>,
    /// WebAuthnConfiguration.
    pub passkeys: PasskeySettings,
    /// The feature plan.
    pub tier: Tier,
    /// Second factors.
    pub mfa: PoolMfa,
    /// DeviceConfiguration; without one no device is remembered.
    pub devices: Option<DevicePolicy>,
    /// DeletionProtection is ACTIVE.
    pub deletion_protected: bool,
    /// AdvancedSecurityMode is AUDIT or ENFORCED: what users do is recorded.
    pub records_events: bool,
}

impl Pool {
    /// A pool with the defaults of CreateUserPool.
    pub fn new(id: PoolId) -> Self {
        Self {
            id,
            names: SignInNames::UsernameOnly,
            case_sensitive: true,
            auto_verified: BTreeSet::new(),
            verified_before_update: BTreeSet::new(),
            recovery: Recovery::default(),
            schema: Schema::default(),
            password_policy: PasswordPolicy::default(),
            admin_create_only: false,
            first_factors: BTreeSet::from([FirstFactor::Password]),
            passkeys: PasskeySettings::default(),
            tier: Tier::default(),
            mfa: PoolMfa::default(),
            devices: None,
            deletion_protected: false,
            records_events: false,
        }
    }

    /// `text` as names are compared in this pool.
    pub fn fold(&self, text: &str) -> String {
        if self.case_sensitive { text.to_owned() } else { text.to_lowercase() }
    }

    /// Whether a new contact of this kind waits for its code before it takes the place of the old one. Only contacts
    /// that the pool verifies by itself can be asked to wait (*Documented*).
    pub fn verifies_before_update(&self, kind: ContactKind) -> bool {
        self.verified_before_update.contains(&kind) && self.auto_verified.contains(&kind)
    }

    /// The kinds of names beside the username, in the order of look-up.
    pub fn name_kinds(&self) -> Vec<NameKind> {
        match &self.names {
            SignInNames::UsernameOnly => Vec::new(),
            SignInNames::Aliases(kinds) => kinds.iter().copied().collect(),
            SignInNames::Attributes(kinds) => {
                let mut kinds: Vec<NameKind> = kinds.iter().map(|kind| (*kind).into()).collect();
                kinds.sort_unstable();
                kinds
            }
        }
    }

    /// Whether `kind` is an alias of this pool.
    pub fn is_alias(&self, kind: NameKind) -> bool {
        matches!(&self.names, SignInNames::Aliases(kinds) if kinds.contains(&kind))
    }

    /// Refuses settings that contradict each other. Run when a pool is created or updated, after
    /// [`settings::PoolSettings::check`], which sees what only a request has.
    ///
    /// PASSWORD is always among the first factors (*Documented*: it is always available).
    pub fn check(&self) -> Result<(), Refusal> {
        if !self.first_factors.contains(&FirstFactor::Password) {
            return Err(Refusal::Pool(PoolFault::PasswordNotAmongFactors));
        }
        if !(6..=99).contains(&self.password_policy.minimum_length) {
            return Err(Refusal::Pool(PoolFault::PasswordLength));
        }
        Ok(())
    }

    /// Whether users can be without a password: something else is a first factor too.
    pub fn is_passwordless(&self) -> bool {
        self.first_factors.iter().any(|factor| *factor != FirstFactor::Password)
    }

    /// Refuses to delete a protected pool.
    pub fn check_deletable(&self) -> Result<(), Refusal> {
        if self.deletion_protected { Err(Refusal::Pool(PoolFault::DeletionProtected)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn settings_that_contradict() {
        type Spoil = fn(&mut Pool);
        let cases: [(Spoil, Option<PoolFault>); 3] = [
            (|_| (), None),
            (|pool| pool.first_factors.clear(), Some(PoolFault::PasswordNotAmongFactors)),
            (|pool| pool.password_policy.minimum_length = 5, Some(PoolFault::PasswordLength)),
        ];
        for (spoil, expected) in cases {
            let mut pool = fixture::pool();
            spoil(&mut pool);
            assert_eq!(pool.check().err(), expected.map(Refusal::Pool));
        }
    }

    #[test]
    fn a_protected_pool_stays() {
        let mut pool = fixture::pool();
        assert_eq!(pool.check_deletable(), Ok(()));
        pool.deletion_protected = true;
        assert_eq!(pool.check_deletable(), Err(Refusal::Pool(PoolFault::DeletionProtected)));
    }
}
