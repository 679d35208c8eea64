//! The second factors of a user, and the rule that selects the one that a sign-in requires.
//!
//! The factors that a pool allows are in [`crate::pool::mfa`], the challenges in
//! [`crate::flow::sign_in::second_factor`], the codes of authenticator apps in [`crate::user::software_token`], and the
//! user's preferences in [`crate::flow::mfa::preference`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    pool::mfa::{MfaFactor, MfaMode, PoolMfa},
    secret::Sealed,
    user::{User, software_token::SoftwareToken},
};

/// The MFA preferences of a user, and the authenticator app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserMfa {
    /// The factors that the user has turned on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub active: BTreeSet<MfaFactor>,
    /// The preferred one of these factors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred: Option<MfaFactor>,
    /// The verified authenticator app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<SoftwareToken>,
    /// The sealed secret of an authenticator app that is not verified yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_token: Option<Sealed>,
}

impl UserMfa {
    /// Returns whether the user has neither preferences nor an authenticator app. The stored user then has no such
    /// member.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Turns a factor on.
    pub fn turn_on(&mut self, factor: MfaFactor) {
        self.active.insert(factor);
    }

    /// Turns a factor off. It is then no longer the preferred one.
    pub fn turn_off(&mut self, factor: MfaFactor) {
        self.active.remove(&factor);
        self.preferred = self.preferred.filter(|preferred| *preferred != factor);
    }
}

impl User {
    /// Returns whether the user has what the factor needs: a contact or a verified authenticator app.
    ///
    /// The contact does not have to be verified (*Documented*, SMSMfaSettingsType).
    pub fn has_factor(&self, factor: MfaFactor) -> bool {
        match factor.contact() {
            Some(kind) => self.attributes.contact(kind).is_some(),
            None => self.mfa.token.is_some(),
        }
    }

    /// Returns the second factors of the user in a pool with this setting.
    ///
    /// *Chosen*: those that the user has turned on, and those by which a sign-in is complete. The latter are others where MFA is
    /// required and the user has turned on none: what the user has is used then.
    pub fn second_factors(&self, pool: &PoolMfa) -> BTreeSet<MfaFactor> {
        let required = MfaRequirement::of(pool, self);
        let is_one = |factor: &MfaFactor| self.mfa.active.contains(factor) || required.accepts(*factor);
        MfaFactor::ALL.into_iter().filter(|factor| pool.mode != MfaMode::Off && is_one(factor)).collect()
    }
}

/// The second factor that a sign-in requires after the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MfaRequirement {
    /// No second factor.
    Nothing,
    /// This factor.
    One(MfaFactor),
    /// One of these factors; the user chooses.
    Choice(Vec<MfaFactor>),
    /// A factor must be set up first. These are the factors that the pool allows.
    SetUp(Vec<MfaFactor>),
}

impl MfaRequirement {
    /// Returns whether the sign-in is complete with this factor.
    pub fn accepts(&self, factor: MfaFactor) -> bool {
        match self {
            MfaRequirement::Nothing | MfaRequirement::SetUp(_) => false,
            MfaRequirement::One(one) => *one == factor,
            MfaRequirement::Choice(several) => several.contains(&factor),
        }
    }

    /// Returns the second factor that a sign-in of `user` requires.
    ///
    /// *Documented* (the guide on MFA, SetUserMFAPreference): where MFA is optional, it applies to users who have
    /// turned a factor on. Where MFA is required, it applies to all users: with a factor that the user has turned on,
    /// else with one that the user has, else the user must set one up. The preferred factor is used; if there is none,
    /// the user chooses among several. An authenticator app remains usable when the pool no longer allows new ones.
    pub fn of(pool: &PoolMfa, user: &User) -> Self {
        if pool.mode == MfaMode::Off {
            return MfaRequirement::Nothing;
        }
        let is_usable = |factor: &MfaFactor| {
            let is_allowed = pool.factors.contains(factor) || *factor == MfaFactor::SoftwareToken;
            is_allowed && user.has_factor(*factor)
        };
        let turned_on: Vec<_> = user.mfa.active.iter().copied().filter(is_usable).collect();
        let usable = match (turned_on.as_slice(), pool.mode) {
            ([], MfaMode::On) => MfaFactor::ALL.into_iter().filter(is_usable).collect(),
            _ => turned_on,
        };
        match (usable.as_slice(), user.mfa.preferred.filter(|preferred| usable.contains(preferred))) {
            (_, Some(preferred)) => MfaRequirement::One(preferred),
            ([], None) if pool.mode == MfaMode::On => {
                MfaRequirement::SetUp(pool.factors.iter().copied().collect())
            }
            ([], None) => MfaRequirement::Nothing,
            ([only], None) => MfaRequirement::One(*only),
            (_, None) => MfaRequirement::Choice(usable),
        }
    }
}

#[cfg(test)]
mod tests {
    use MfaFactor::{Email, Sms, SoftwareToken as Token};
    use MfaMode::{Off, On, Optional};

    use super::*;
    use crate::{attribute::Attributes, fixture};

    fn user(has: &[MfaFactor], active: &[MfaFactor], preferred: Option<MfaFactor>) -> User {
        let mut user = User { attributes: Attributes::default(), ..fixture::user("ann") };
        for factor in has {
            match factor {
                Sms => user.attributes.set("phone_number", "+15555550100"),
                Email => user.attributes.set("email", "ann@example.com"),
                Token => user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None)),
            }
        }
        user.mfa.active = active.iter().copied().collect();
        user.mfa.preferred = preferred;
        user
    }

    #[test]
    fn sign_in_requires_second_factor_by_pool_mode_and_user() {
        type Case<'a> =
            (MfaMode, &'a [MfaFactor], &'a [MfaFactor], &'a [MfaFactor], Option<MfaFactor>, MfaRequirement);
        let all = MfaFactor::ALL;
        let cases: [Case<'_>; 15] = [
            (Off, &all, &all, &all, Some(Token), MfaRequirement::Nothing),
            (Optional, &all, &all, &[], None, MfaRequirement::Nothing),
            (Optional, &all, &all, &[Sms], None, MfaRequirement::One(Sms)),
            (Optional, &all, &all, &[Sms, Token], Some(Token), MfaRequirement::One(Token)),
            (Optional, &all, &all, &[Sms, Token], None, MfaRequirement::Choice(vec![Sms, Token])),
            // Factors that are turned on, but that the user no longer has or the pool no longer allows.
            (Optional, &all, &[Token], &[Sms, Token], Some(Sms), MfaRequirement::One(Token)),
            (Optional, &[Email], &all, &[Sms], Some(Sms), MfaRequirement::Nothing),
            (Optional, &[Sms], &[Token], &[Token], None, MfaRequirement::One(Token)),
            (On, &all, &[], &[], None, MfaRequirement::SetUp(all.to_vec())),
            (On, &[Token], &[Email], &[], None, MfaRequirement::SetUp(vec![Token])),
            (On, &[Token], &[Token], &[], None, MfaRequirement::One(Token)),
            (On, &all, &[Sms], &[], None, MfaRequirement::One(Sms)),
            (On, &all, &[Sms, Email], &[], None, MfaRequirement::Choice(vec![Sms, Email])),
            (On, &all, &[Sms, Email], &[Email], None, MfaRequirement::One(Email)),
            (On, &all, &all, &all, None, MfaRequirement::Choice(all.to_vec())),
        ];
        for (mode, factors, has, active, preferred, expected) in cases {
            let pool = PoolMfa { mode, factors: factors.iter().copied().collect() };
            let user = user(has, active, preferred);
            assert_eq!(
                MfaRequirement::of(&pool, &user),
                expected,
                "{mode:?} {factors:?} {has:?} {active:?} {preferred:?}"
            );
        }
    }

    #[test]
    fn factor_that_is_turned_off_is_no_longer_preferred() {
        let mut mfa = *user(&[], &[Sms, Token], Some(Sms)).mfa;
        mfa.turn_off(Token);
        assert_eq!((mfa.active.len(), mfa.preferred), (1, Some(Sms)));
        mfa.turn_off(Sms);
        assert!(mfa.is_default());
    }
}
