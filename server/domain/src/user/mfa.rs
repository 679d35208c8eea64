//! Second factors of a user: which of them the user has, and which of those a sign-in asks for.
//!
//! What this is: nouns and the rule that picks. Which factors a pool allows is in [`crate::pool::mfa`]. How a factor is asked and answered is in
//! [`crate::flow::sign_in::second_factor`] and the files beside it; how a software token makes its codes, in
//! [`crate::user::software_token`]; how users and administrators choose, in [`crate::flow::mfa::preference`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    pool::mfa::{MfaFactor, MfaMode, PoolMfa},
    secret::Sealed,
    user::{User, software_token::SoftwareToken},
};

/// What a user has chosen and set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserMfa {
    /// The factors that were turned on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub active: BTreeSet<MfaFactor>,
    /// Which of them goes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred: Option<MfaFactor>,
    /// The authenticator app, once it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<SoftwareToken>,
    /// The secret of an authenticator app that waits to be verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_token: Option<Sealed>,
}

impl UserMfa {
    /// Whether the user has neither chosen nor set up anything, as a record of a user leaves out.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Turns a factor on.
    pub fn turn_on(&mut self, factor: MfaFactor) {
        self.active.insert(factor);
    }

    /// Turns a factor off.
    pub fn turn_off(&mut self, factor: MfaFactor) {
        self.active.remove(&factor);
        self.preferred = self.preferred.filter(|preferred| *preferred != factor);
    }
}

impl User {
    /// Whether the user has what the factor needs: a contact, or an authenticator app that was verified. Contacts need
    /// not be verified (*Documented*, SMSMfaSettingsType).
    pub fn has_factor(&self, factor: MfaFactor) -> bool {
        match factor.contact() {
            Some(kind) => self.attributes.contact(kind).is_some(),
            None => self.mfa.token.is_some(),
        }
    }
}

/// What a sign-in asks for after its first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing more.
    Nothing,
    /// This factor.
    One(MfaFactor),
    /// One of these, by the user's choice.
    Choice(Vec<MfaFactor>),
    /// A factor is to be set up; the pool allows these.
    SetUp(Vec<MfaFactor>),
}

impl Due {
    /// What `user` is asked for.
    ///
    /// *Documented* (the guide on MFA, SetUserMFAPreference): where MFA is optional only those are asked who turned a
    /// factor on; where it is required, everybody, by what they turned on, else by what they have, and who has nothing
    /// sets something up. The preferred factor goes first, and without one the user chooses. An authenticator app stays
    /// good when the pool no longer lets others set one up.
    pub fn of(pool: &PoolMfa, user: &User) -> Self {
        if pool.mode == MfaMode::Off {
            return Due::Nothing;
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
            (_, Some(preferred)) => Due::One(preferred),
            ([], None) if pool.mode == MfaMode::On => Due::SetUp(pool.factors.iter().copied().collect()),
            ([], None) => Due::Nothing,
            ([only], None) => Due::One(*only),
            (_, None) => Due::Choice(usable),
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
    fn what_a_sign_in_asks_for() {
        type Case<'a> = (MfaMode, &'a [MfaFactor], &'a [MfaFactor], &'a [MfaFactor], Option<MfaFactor>, Due);
        let all = MfaFactor::ALL;
        let cases: [Case<'_>; 15] = [
            (Off, &all, &all, &all, Some(Token), Due::Nothing),
            (Optional, &all, &all, &[], None, Due::Nothing),
            (Optional, &all, &all, &[Sms], None, Due::One(Sms)),
            (Optional, &all, &all, &[Sms, Token], Some(Token), Due::One(Token)),
            (Optional, &all, &all, &[Sms, Token], None, Due::Choice(vec![Sms, Token])),
            // Turned on, but gone since, or no longer allowed.
            (Optional, &all, &[Token], &[Sms, Token], Some(Sms), Due::One(Token)),
            (Optional, &[Email], &all, &[Sms], Some(Sms), Due::Nothing),
            (Optional, &[Sms], &[Token], &[Token], None, Due::One(Token)),
            (On, &all, &[], &[], None, Due::SetUp(all.to_vec())),
            (On, &[Token], &[Email], &[], None, Due::SetUp(vec![Token])),
            (On, &[Token], &[Token], &[], None, Due::One(Token)),
            (On, &all, &[Sms], &[], None, Due::One(Sms)),
            (On, &all, &[Sms, Email], &[], None, Due::Choice(vec![Sms, Email])),
            (On, &all, &[Sms, Email], &[Email], None, Due::One(Email)),
            (On, &all, &all, &all, None, Due::Choice(all.to_vec())),
        ];
        for (mode, factors, has, active, preferred, expected) in cases {
            let pool = PoolMfa { mode, factors: factors.iter().copied().collect() };
            let user = user(has, active, preferred);
            assert_eq!(
                Due::of(&pool, &user),
                expected,
                "{mode:?} {factors:?} {has:?} {active:?} {preferred:?}"
            );
        }
    }

    #[test]
    fn a_factor_that_is_turned_off_is_preferred_no_longer() {
        let mut mfa = *user(&[], &[Sms, Token], Some(Sms)).mfa;
        mfa.turn_off(Token);
        assert_eq!((mfa.active.len(), mfa.preferred), (1, Some(Sms)));
        mfa.turn_off(Sms);
        assert!(mfa.is_default());
    }
}
