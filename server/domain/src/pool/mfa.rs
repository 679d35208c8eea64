//! Second factors: what they are, and which of them a pool allows.
//!
//! Which of them a user has, and which of those a sign-in asks for, is in [`crate::user::mfa`]; how they are spelt, in
//! [`crate::sign_in::challenge`], since a factor is spelt as the challenge that asks for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    attribute::contact::ContactKind,
    pool::{Feature, Tier},
    refusal::{PoolFault, Refusal},
};

/// A second factor, in the order in which answers list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaFactor {
    /// A code by SMS.
    Sms,
    /// The code of an authenticator app.
    SoftwareToken,
    /// A code by mail.
    Email,
}

impl MfaFactor {
    /// All of them.
    pub const ALL: [MfaFactor; 3] = [MfaFactor::Sms, MfaFactor::SoftwareToken, MfaFactor::Email];

    /// The contact that its code is sent to.
    pub const fn contact(self) -> Option<ContactKind> {
        match self {
            MfaFactor::Sms => Some(ContactKind::PhoneNumber),
            MfaFactor::SoftwareToken => None,
            MfaFactor::Email => Some(ContactKind::Email),
        }
    }

    /// The factor that sends its code to this kind of contact.
    pub const fn of_contact(kind: ContactKind) -> Self {
        match kind {
            ContactKind::PhoneNumber => MfaFactor::Sms,
            ContactKind::Email => MfaFactor::Email,
        }
    }
}

/// MfaConfiguration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MfaMode {
    /// OFF: no user is asked.
    #[default]
    Off,
    /// OPTIONAL: users are asked who want to be.
    Optional,
    /// ON: everybody is asked.
    On,
}

/// What a pool says of second factors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolMfa {
    /// Who is asked.
    pub mode: MfaMode,
    /// What users may set up.
    pub factors: BTreeSet<MfaFactor>,
}

impl PoolMfa {
    /// Refuses to let anybody set an authenticator app up where the pool does not (*Documented*, the guide on TOTP).
    pub fn check_software_token(&self) -> Result<(), Refusal> {
        if self.factors.contains(&MfaFactor::SoftwareToken) {
            Ok(())
        } else {
            Err(Refusal::SoftwareTokenNotAllowed)
        }
    }

    /// Refuses what SetUserPoolMfaConfig cannot make of a pool with this feature plan.
    pub fn check_configured(&self, tier: Tier) -> Result<(), Refusal> {
        if self.mode == MfaMode::Off && !self.factors.is_empty() {
            return Err(Refusal::Pool(PoolFault::MfaOffWithFactor));
        }
        if self.factors.contains(&MfaFactor::Email) && Feature::EmailMfa.least_tier() > tier {
            return Err(Refusal::Pool(PoolFault::TierTooLow(tier, vec![Feature::EmailMfa])));
        }
        self.check()
    }

    /// Refuses to ask for factors of which there is none.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.mode != MfaMode::Off && self.factors.is_empty() {
            return Err(Refusal::Pool(PoolFault::MfaWithoutFactor));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use MfaFactor::SoftwareToken as Token;
    use MfaMode::{Off, On, Optional};

    use super::*;

    #[test]
    fn whoever_asks_for_factors_must_have_some() {
        for (mode, factors, is_good) in
            [(Off, &[][..], true), (Optional, &[], false), (On, &[], false), (On, &[Token], true)]
        {
            let pool = PoolMfa { mode, factors: factors.iter().copied().collect() };
            assert_eq!(pool.check().is_ok(), is_good, "{mode:?}");
        }
    }
}
