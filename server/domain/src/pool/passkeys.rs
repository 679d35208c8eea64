//! The passkey settings of a pool (`WebAuthnConfiguration`), and the relying party that follows from them.
//!
//! The passkeys of a user are in [`crate::user::passkey`].

use serde::Deserialize;

use crate::{
    pool::{Feature, FirstFactor, Pool},
    refusal::{PasskeyFault, Refusal},
};

/// Whether authenticators must verify their user, for example by a fingerprint or a PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// `preferred`: authenticators verify their user if they can. *Chosen* as the default, after the example in
    /// StartWebAuthnRegistration.
    #[default]
    Preferred,
    /// `required`: authenticators must verify their user.
    Required,
}

impl UserVerification {
    /// Returns the value as the API and WebAuthn spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            UserVerification::Preferred => "preferred",
            UserVerification::Required => "required",
        }
    }
}

/// `FactorConfiguration`: the number of factors for which a passkey counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactorConfiguration {
    /// SINGLE_FACTOR: one factor (*Documented* as the default).
    #[default]
    SingleFactor,
    /// MULTI_FACTOR_WITH_USER_VERIFICATION: two factors, if the authenticator verified its user.
    #[serde(rename = "MULTI_FACTOR_WITH_USER_VERIFICATION")]
    MultiFactor,
}

/// The `WebAuthnConfiguration` of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PasskeySettings {
    /// `RelyingPartyId`.
    #[serde(rename = "RelyingPartyId")]
    pub relying_party: Option<String>,
    /// `UserVerification`.
    pub user_verification: UserVerification,
    /// `FactorConfiguration`.
    #[serde(rename = "FactorConfiguration")]
    pub factor: FactorConfiguration,
}

/// The WebAuthn relying party of a pool: the domain for which passkeys are created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain.
    pub id: String,
    /// Whether authenticators must verify their user.
    pub user_verification: UserVerification,
}

impl RelyingParty {
    /// Returns the relying party of a pool that allows passkeys. `default` is the domain for pools that configure none.
    ///
    /// A pool allows passkeys if WEB_AUTHN is among `AllowedFirstAuthFactors` and the feature plan is Essentials or
    /// higher (*Documented*, cog-0181).
    ///
    /// # Errors
    ///
    /// [`PasskeyFault::NotEnabled`] if the pool does not allow passkeys, [`PasskeyFault::NoRelyingParty`] if there is
    /// no domain.
    pub fn get_for_pool(pool: &Pool, default: Option<&str>) -> Result<Self, Refusal> {
        let has_feature = pool.tier >= Feature::PasswordlessSignIn.minimum_tier();
        if has_feature && pool.first_factors.contains(&FirstFactor::WebAuthn) {
            Self::get_configured(pool, default)
        } else {
            Err(Refusal::Passkey(PasskeyFault::NotEnabled))
        }
    }

    /// Returns the relying party, whether or not the pool allows passkeys.
    ///
    /// User verification is required if a passkey counts for two factors (*Documented*).
    fn get_configured(pool: &Pool, default: Option<&str>) -> Result<Self, Refusal> {
        let settings = &pool.passkeys;
        let id = settings.relying_party.as_deref().or(default);
        let id = id.ok_or(Refusal::Passkey(PasskeyFault::NoRelyingParty))?.to_owned();
        let user_verification = match settings.factor {
            FactorConfiguration::MultiFactor => UserVerification::Required,
            FactorConfiguration::SingleFactor => settings.user_verification,
        };
        Ok(Self { id, user_verification })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::Tier};

    #[test]
    fn relying_party_is_the_configured_domain_or_the_default() {
        let mut pool = fixture::pool();
        let id = |pool: &Pool, default| RelyingParty::get_configured(pool, default).map(|party| party.id);
        assert_eq!(id(&pool, None), Err(Refusal::Passkey(PasskeyFault::NoRelyingParty)));
        assert_eq!(id(&pool, Some("localhost")).as_deref(), Ok("localhost"));
        pool.passkeys.relying_party = Some("example.com".into());
        for default in [None, Some("localhost")] {
            assert_eq!(id(&pool, default).as_deref(), Ok("example.com"));
        }
    }

    #[test]
    fn passkey_that_counts_for_two_factors_requires_user_verification() {
        use FactorConfiguration::{MultiFactor, SingleFactor};
        use UserVerification::{Preferred, Required};
        for (factor, configured, expected) in [
            (SingleFactor, Preferred, Preferred),
            (SingleFactor, Required, Required),
            (MultiFactor, Preferred, Required),
            (MultiFactor, Required, Required),
        ] {
            let mut pool = fixture::pool();
            pool.passkeys = PasskeySettings { relying_party: None, user_verification: configured, factor };
            let party = RelyingParty::get_configured(&pool, Some("localhost")).expect("a relying party");
            assert_eq!(party.user_verification, expected, "{factor:?} {configured:?}");
        }
    }

    /// cog-0181.
    #[test]
    fn passkeys_need_the_first_factor_and_the_essentials_plan() {
        for (tier, is_allowed, is_enabled) in [
            (Tier::Lite, true, false),
            (Tier::Essentials, false, false),
            (Tier::Essentials, true, true),
            (Tier::Plus, true, true),
        ] {
            let mut pool = Pool { tier, ..fixture::pool() };
            if is_allowed {
                pool.first_factors.insert(FirstFactor::WebAuthn);
            }
            assert_eq!(
                RelyingParty::get_for_pool(&pool, Some("localhost")).is_ok(),
                is_enabled,
                "{tier:?} {is_allowed}"
            );
        }
    }
}
