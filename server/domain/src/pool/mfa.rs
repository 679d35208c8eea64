//! Second factors: what they are, and which of them a pool allows.
//!
//! Which of them a user has, and which of those a sign-in asks for, is in [`crate::user::mfa`]; how they are spelt, in
//! [`crate::sign_in::challenge`], since a factor is spelt as the challenge that asks for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    attribute::contact::ContactKind,
    pool::{Feature, Pool},
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaMode {
    /// OFF: nobody is asked.
    #[default]
    Off,
    /// OPTIONAL: users are asked who want to be.
    Optional,
    /// ON: everybody is asked.
    On,
}

/// What a pool says of second factors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolMfa {
    /// Who is asked.
    pub mode: MfaMode,
    /// What users may set up.
    pub factors: BTreeSet<MfaFactor>,
}

impl PoolMfa {
    /// Whether the pool says nothing, as a record of a pool leaves out.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses to let anybody set an authenticator app up where the pool does not (*Documented*, the guide on TOTP).
    pub fn check_software_token(&self) -> Result<(), Refusal> {
        if self.factors.contains(&MfaFactor::SoftwareToken) {
            Ok(())
        } else {
            Err(Refusal::SoftwareTokenNotAllowed)
        }
    }

    /// Refuses to ask for factors of which there is none.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.mode != MfaMode::Off && self.factors.is_empty() {
            return Err(Refusal::Pool(PoolFault::MfaWithoutFactor));
        }
        Ok(())
    }
}

/// What SetUserPoolMfaConfig says; what it leaves out is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolMfaAsked {
    /// Who is asked.
    pub mode: Option<MfaMode>,
    /// SMS is configured.
    pub sms: bool,
    /// Whether users may set authenticator apps up.
    pub software_token: Option<bool>,
    /// Mail is configured.
    pub email: bool,
}

impl PoolMfaAsked {
    /// Whether the factors are those of this request.
    ///
    /// *Documented* is little of what a request means that leaves members out. *Chosen*, so that nobody loses what they
    /// did not speak of: one that names no factor leaves the factors, and one that names any names all of them.
    pub fn names_factors(&self) -> bool {
        self.mode == Some(MfaMode::Off) || self.sms || self.email || self.software_token.is_some()
    }

    /// The factors that it names.
    fn factors(&self) -> BTreeSet<MfaFactor> {
        let named = [
            (MfaFactor::Sms, self.sms),
            (MfaFactor::SoftwareToken, self.software_token == Some(true)),
            (MfaFactor::Email, self.email),
        ];
        named.into_iter().filter_map(|(factor, is_named)| is_named.then_some(factor)).collect()
    }
}

impl Pool {
    /// What the pool says of second factors after SetUserPoolMfaConfig. Without MfaConfiguration it goes on asking whom
    /// it asked.
    pub fn mfa_after(&self, asked: &PoolMfaAsked) -> Result<PoolMfa, Refusal> {
        let mut mfa = PoolMfa { mode: asked.mode.unwrap_or(self.mfa.mode), ..self.mfa.clone() };
        if asked.names_factors() {
            mfa.factors = asked.factors();
        }
        if mfa.mode == MfaMode::Off && !mfa.factors.is_empty() {
            return Err(Refusal::Pool(PoolFault::MfaOffWithFactor));
        }
        if mfa.factors.contains(&MfaFactor::Email) && Feature::EmailMfa.least_tier() > self.tier {
            return Err(Refusal::Pool(PoolFault::TierTooLow(self.tier, vec![Feature::EmailMfa])));
        }
        mfa.check()?;
        Ok(mfa)
    }

    /// What the pool says of second factors after UpdateUserPool, which knows who is asked and no factor but SMS. What
    /// SetUserPoolMfaConfig said of factors stays.
    pub fn mfa_updated(&self, asked: PoolMfa) -> Result<PoolMfa, Refusal> {
        let factors = if self.mfa.factors.is_empty() { asked.factors } else { self.mfa.factors.clone() };
        let mfa = PoolMfa { mode: asked.mode, factors };
        mfa.check()?;
        Ok(mfa)
    }
}

#[cfg(test)]
mod tests {
    use MfaFactor::{Email, Sms, SoftwareToken as Token};
    use MfaMode::{Off, On, Optional};

    use super::*;
    use crate::fixture;

    #[test]
    fn whoever_asks_for_factors_must_have_some() {
        for (mode, factors, is_good) in
            [(Off, &[][..], true), (Optional, &[], false), (On, &[], false), (On, &[Token], true)]
        {
            let pool = PoolMfa { mode, factors: factors.iter().copied().collect() };
            assert_eq!(pool.check().is_ok(), is_good, "{mode:?}");
        }
    }

    #[test]
    fn what_a_pool_says_after_it_was_told() {
        use crate::pool::Tier;
        let asked = PoolMfaAsked::default();
        let token = PoolMfaAsked { software_token: Some(true), ..asked };
        let both = PoolMfa { mode: Optional, factors: [Sms, Email].into() };
        let fault = |fault| Err(Refusal::Pool(fault));
        let cases = [
            (PoolMfa::default(), asked, Ok((Off, vec![]))),
            (PoolMfa::default(), token, fault(PoolFault::MfaOffWithFactor)),
            (PoolMfa::default(), PoolMfaAsked { mode: Some(On), ..token }, Ok((On, vec![Token]))),
            (
                PoolMfa::default(),
                PoolMfaAsked { mode: Some(On), ..asked },
                fault(PoolFault::MfaWithoutFactor),
            ),
            (both.clone(), asked, Ok((Optional, vec![Sms, Email]))),
            (both.clone(), token, Ok((Optional, vec![Token]))),
            (both.clone(), PoolMfaAsked { mode: Some(Off), ..asked }, Ok((Off, vec![]))),
            (both.clone(), PoolMfaAsked { mode: Some(On), sms: true, ..token }, Ok((On, vec![Sms, Token]))),
            (both, PoolMfaAsked { software_token: Some(false), ..asked }, fault(PoolFault::MfaWithoutFactor)),
        ];
        for (before, asked, expected) in cases {
            let pool = Pool { mfa: before, ..fixture::pool() };
            let after = pool.mfa_after(&asked).map(|mfa| (mfa.mode, mfa.factors.into_iter().collect()));
            assert_eq!(after, expected, "{asked:?}");
        }
        let lite = Pool { tier: Tier::Lite, ..fixture::pool() };
        let by_mail = PoolMfaAsked { mode: Some(On), email: true, ..asked };
        let too_low = PoolFault::TierTooLow(Tier::Lite, vec![Feature::EmailMfa]);
        assert_eq!(lite.mfa_after(&by_mail), Err(Refusal::Pool(too_low)));
    }

    #[test]
    fn an_update_says_who_is_asked_and_leaves_the_factors() {
        let by_sms = PoolMfa { mode: On, factors: [Sms].into() };
        let mut pool = fixture::pool();
        assert_eq!(pool.mfa_updated(by_sms.clone()), Ok(by_sms.clone()));
        let nothing = PoolMfa { mode: On, factors: [].into() };
        assert_eq!(pool.mfa_updated(nothing.clone()), Err(Refusal::Pool(PoolFault::MfaWithoutFactor)));
        pool.mfa.factors = [Token].into();
        for asked in [by_sms, nothing] {
            assert_eq!(pool.mfa_updated(asked), Ok(PoolMfa { mode: On, factors: [Token].into() }));
        }
    }
}
