//! A user pool as rules use it: [`Pool`].
//!
//! A `Pool` is derived from the settings of a pool by [`settings`] and is never stored. The stored form is
//! [`crate::record::PoolRecord`].

pub mod alias;
pub mod contact;
pub mod defaults;
pub mod devices;
pub mod domain;
pub mod mfa;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod resource_server;
pub mod settings;
pub mod tag;

use std::collections::{BTreeMap, BTreeSet};

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

/// The names with which a user can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInNames {
    /// The username only.
    UsernameOnly,
    /// `AliasAttributes`: the username and these aliases. A contact is an alias once it is verified.
    Aliases(BTreeSet<NameKind>),
    /// `UsernameAttributes`: these contacts in place of a chosen username, verified or not.
    Attributes(BTreeSet<ContactKind>),
}

/// The feature plan of a pool, ordered from the lowest to the highest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Tier {
    /// LITE.
    Lite,
    /// ESSENTIALS, the plan of a new pool (*Documented*, cog-0319).
    #[default]
    Essentials,
    /// PLUS.
    Plus,
}

/// A feature that not every plan includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// One-time codes or passkeys as first factors.
    PasswordlessSignIn,
    /// The USER_AUTH flow.
    ChoiceBasedSignIn,
    /// A PreTokenGeneration function with an event of version 2 or 3.
    TokenCustomization(EventVersion),
    /// Custom ACR values for the authentication levels.
    AcrNames,
    /// Codes by mail as a second factor.
    EmailMfa,
    /// A password history, which prevents the reuse of passwords.
    PasswordHistory,
    /// Refresh token rotation.
    RefreshTokenRotation,
    /// An AdvancedSecurityMode other than OFF.
    ThreatProtection,
    /// A domain with the pages of managed login, ManagedLoginVersion 2.
    ManagedLogin,
    /// A policy of client ID metadata documents.
    ClientMetadata,
}

/// The versions of a PreTokenGeneration event that not every plan includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventVersion {
    /// V2_0.
    V2,
    /// V3_0.
    V3,
}

impl Feature {
    /// Returns the lowest plan that includes the feature (*Documented* at the members that use it; *Observed* in public
    /// reports for token customization and refresh token rotation).
    pub const fn minimum_tier(self) -> Tier {
        match self {
            Feature::PasswordlessSignIn
            | Feature::ChoiceBasedSignIn
            | Feature::TokenCustomization(_)
            | Feature::AcrNames
            | Feature::EmailMfa
            | Feature::PasswordHistory
            | Feature::RefreshTokenRotation
            | Feature::ManagedLogin
            | Feature::ClientMetadata => Tier::Essentials,
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

/// A user pool: its id, its schema, and the settings that rules depend on.
///
/// # Examples
///
/// ```
/// use lido_domain::{id::PoolId, pool::{FirstFactor, Pool, SignInNames}};
///
/// let mut pool = Pool::new(PoolId::new("us-east-1_abcdefghi"));
/// assert_eq!(pool.names, SignInNames::UsernameOnly);
/// assert!(!pool.is_passwordless());
///
/// pool.first_factors.insert(FirstFactor::EmailOtp);
/// assert!(pool.is_passwordless());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The id.
    pub id: PoolId,
    /// The names with which users sign in.
    pub names: SignInNames,
    /// Whether names are case-sensitive. They are if `UsernameConfiguration` is absent (*Documented*).
    pub case_sensitive: bool,
    /// `AutoVerifiedAttributes`: the contacts that the pool verifies automatically.
    pub auto_verified: BTreeSet<ContactKind>,
    /// `AttributesRequireVerificationBeforeUpdate`: the contacts that keep their old value until the new one is
    /// verified.
    pub verified_before_update: BTreeSet<ContactKind>,
    /// `AccountRecoverySetting`.
    pub recovery: Recovery,
    /// The schema of the attributes.
    pub schema: Schema,
    /// The password policy.
    pub password_policy: PasswordPolicy,
    /// `AllowAdminCreateUserOnly`: users cannot sign up.
    pub admin_create_only: bool,
    /// `AllowedFirstAuthFactors`: the first factors of USER_AUTH.
    pub first_factors: BTreeSet<FirstFactor>,
    /// `WebAuthnConfiguration`.
    pub passkeys: PasskeySettings,
    /// The feature plan.
    pub tier: Tier,
    /// The second factors.
    pub mfa: PoolMfa,
    /// `DeviceConfiguration`, or `None` if the pool does not remember devices.
    pub devices: Option<DevicePolicy>,
    /// Whether `DeletionProtection` is ACTIVE.
    pub deletion_protected: bool,
    /// Whether `AdvancedSecurityMode` is AUDIT or ENFORCED, so that authentication events are recorded.
    pub records_events: bool,
    /// `AcrConfiguration`: the values of the claim `acr` by level, where they are not the default ones.
    pub acr_values: BTreeMap<u8, String>,
}

impl Pool {
    /// Creates a pool with the default settings of CreateUserPool.
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
            acr_values: BTreeMap::new(),
        }
    }

    /// Returns the value of the claim `acr` for a level, 1 to 4.
    pub fn acr_value(&self, level: u8) -> String {
        self.acr_values.get(&level).cloned().unwrap_or_else(|| defaults::acr_value(level))
    }

    /// Returns `text` in the form in which this pool compares names: in lower case, unless names are case-sensitive.
    pub fn fold(&self, text: &str) -> String {
        if self.case_sensitive { text.to_owned() } else { text.to_lowercase() }
    }

    /// Returns whether a new contact of this kind replaces the old one only after it is verified.
    ///
    /// The setting applies only to contacts that the pool verifies automatically (*Documented*).
    pub fn verifies_before_update(&self, kind: ContactKind) -> bool {
        self.verified_before_update.contains(&kind) && self.auto_verified.contains(&kind)
    }

    /// Returns the kinds of names other than the username, in the order of lookup.
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

    /// Returns whether names of this kind are aliases in this pool.
    pub fn is_alias(&self, kind: NameKind) -> bool {
        matches!(&self.names, SignInNames::Aliases(kinds) if kinds.contains(&kind))
    }

    /// Returns whether users can exist without a password, because the pool has another first factor.
    pub fn is_passwordless(&self) -> bool {
        self.first_factors.iter().any(|factor| *factor != FirstFactor::Password)
    }

    /// Refuses to delete the pool if its deletion protection is active.
    pub fn check_deletable(&self) -> Result<(), Refusal> {
        if self.deletion_protected { Err(Refusal::Pool(PoolFault::DeletionProtected)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn pool_with_deletion_protection_is_not_deletable() {
        let mut pool = fixture::pool();
        assert_eq!(pool.check_deletable(), Ok(()));
        pool.deletion_protected = true;
        assert_eq!(pool.check_deletable(), Err(Refusal::Pool(PoolFault::DeletionProtected)));
    }
}
