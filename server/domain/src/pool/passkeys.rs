//! What a pool says of passkeys: WebAuthnConfiguration, and the relying party that follows from it.
//!
//! The passkeys of a user are [`crate::user::passkey`]'s.

use serde::Deserialize;

use crate::{
    pool::{Feature, FirstFactor, Pool},
    refusal::{PasskeyFault, Refusal},
};

/// Whether authenticators must verify their user, by a fingerprint or a PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// preferred: those that can do it do it. *Chosen* as the default, by the example in StartWebAuthnRegistration.
    #[default]
    Preferred,
    /// required.
    Required,
}

impl UserVerification {
    /// As the API and WebAuthn spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            UserVerification::Preferred => "preferred",
            UserVerification::Required => "required",
        }
    }
}

/// FactorConfiguration: what a passkey counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactorConfiguration {
    /// SINGLE_FACTOR: one factor (*Documented* for a pool that does not say).
    #[default]
    SingleFactor,
    /// MULTI_FACTOR_WITH_USER_VERIFICATION: two at once, if the authenticator verified its user.
    #[serde(rename = "MULTI_FACTOR_WITH_USER_VERIFICATION")]
    MultiFactor,
}

/// WebAuthnConfiguration of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PasskeySettings {
    /// RelyingPartyId.
    #[serde(rename = "RelyingPartyId")]
    pub relying_party: Option<String>,
    /// UserVerification.
    pub user_verification: UserVerification,
    /// FactorConfiguration.
    #[serde(rename = "FactorConfiguration")]
    pub factor: FactorConfiguration,
}

/// Whom passkeys are made for: a domain, and what it asks of authenticators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain.
    pub id: String,
    /// Whether authenticators must verify their user.
    pub user_verification: UserVerification,
}

impl RelyingParty {
    /// The relying party of a pool whose users sign in by passkeys; `otherwise` is that of pools that name none.
    ///
    /// They sign in so where WEB_AUTHN is among AllowedFirstAuthFactors and the feature plan is Essentials at least
    /// (*Documented*, cog-0181).
    pub fn of_enabled(pool: &Pool, otherwise: Option<&str>) -> Result<Self, Refusal> {
        let has_feature = pool.tier >= Feature::PasswordlessSignIn.least_tier();
        if has_feature && pool.first_factors.contains(&FirstFactor::WebAuthn) {
            Self::of(pool, otherwise)
        } else {
            Err(Refusal::Passkey(PasskeyFault::NotEnabled))
        }
    }

    /// A passkey that is to count for two factors must be one with user verification (*Documented*).
    fn of(pool: &Pool, otherwise: Option<&str>) -> Result<Self, Refusal> {
        let settings = &pool.passkeys;
        let id = settings.relying_party.as_deref().or(otherwise);
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
    use crate::{fixture as nouns, pool::Tier};

    #[test]
    fn whom_passkeys_are_made_for() {
        let mut pool = nouns::pool();
        let of = |pool: &Pool, otherwise| RelyingParty::of(pool, otherwise).map(|party| party.id);
        assert_eq!(of(&pool, None), Err(Refusal::Passkey(PasskeyFault::NoRelyingParty)));
        assert_eq!(of(&pool, Some("localhost")).as_deref(), Ok("localhost"));
        pool.passkeys.relying_party = Some("example.com".into());
        for otherwise in [None, Some("localhost")] {
            assert_eq!(of(&pool, otherwise).as_deref(), Ok("example.com"));
        }
    }

    #[test]
    fn what_counts_for_two_factors_verifies_its_user() {
        use FactorConfiguration::{MultiFactor, SingleFactor};
        use UserVerification::{Preferred, Required};
        for (factor, asked, expected) in [
            (SingleFactor, Preferred, Preferred),
            (SingleFactor, Required, Required),
            (MultiFactor, Preferred, Required),
            (MultiFactor, Required, Required),
        ] {
            let mut pool = nouns::pool();
            pool.passkeys = PasskeySettings { relying_party: None, user_verification: asked, factor };
            let party = RelyingParty::of(&pool, Some("localhost")).expect("a relying party");
            assert_eq!(party.user_verification, expected, "{factor:?} {asked:?}");
        }
    }

    /// cog-0181.
    #[test]
    fn where_passkeys_sign_in() {
        for (tier, is_allowed, is_enabled) in [
            (Tier::Lite, true, false),
            (Tier::Essentials, false, false),
            (Tier::Essentials, true, true),
            (Tier::Plus, true, true),
        ] {
            let mut pool = Pool { tier, ..nouns::pool() };
            if is_allowed {
                pool.first_factors.insert(FirstFactor::WebAuthn);
            }
            assert_eq!(
                RelyingParty::of_enabled(&pool, Some("localhost")).is_ok(),
                is_enabled,
                "{tier:?} {is_allowed}"
            );
        }
    }
}
