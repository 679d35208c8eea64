//! Second factors: which of them a pool allows, which of them a user has, and which of those a sign-in asks for.
//!
//! What this is: nouns and the rule that picks. How a factor is asked and answered is in
//! [`crate::flow::sign_in::second_factor`] and the files beside it; how a software token makes its codes, in
//! [`crate::software_token`]; how users and administrators choose, in [`crate::flow::mfa_preference`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    challenge::ChallengeName,
    contact::ContactKind,
    pool::{Feature, Pool},
    refusal::{PoolFault, Refusal},
    secret::Sealed,
    software_token::SoftwareToken,
    user::User,
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

    /// As UserMFASettingList and the answer to SELECT_MFA_TYPE spell it, which is also the name of its challenge.
    pub const fn as_str(self) -> &'static str {
        self.challenge().as_str()
    }

    /// The factor that is spelt so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.as_str() == text)
    }

    /// The challenge that asks for it.
    pub const fn challenge(self) -> ChallengeName {
        match self {
            MfaFactor::Sms => ChallengeName::SmsMfa,
            MfaFactor::SoftwareToken => ChallengeName::SoftwareTokenMfa,
            MfaFactor::Email => ChallengeName::EmailOtp,
        }
    }

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
    fn a_factor_is_spelt_as_its_challenge() {
        for (factor, text) in [(Sms, "SMS_MFA"), (Token, "SOFTWARE_TOKEN_MFA"), (Email, "EMAIL_OTP")] {
            assert_eq!((factor.as_str(), MfaFactor::parse(text)), (text, Some(factor)));
        }
        assert_eq!(MfaFactor::parse("WEB_AUTHN"), None);
    }

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

    #[test]
    fn a_factor_that_is_turned_off_is_preferred_no_longer() {
        let mut mfa = *user(&[], &[Sms, Token], Some(Sms)).mfa;
        mfa.turn_off(Token);
        assert_eq!((mfa.active.len(), mfa.preferred), (1, Some(Sms)));
        mfa.turn_off(Sms);
        assert!(mfa.is_default());
    }
}
