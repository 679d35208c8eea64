//! SetUserMFAPreference, SetUserSettings and their administrator's versions: which second factors a user has enabled.
//!
//! A factor that the request leaves out is unchanged. Only a factor that the user has set up can be enabled (cog-0393),
//! and only one that the pool allows (*Chosen*, with the same error text). A software token must be verified too
//! (pub-0016, reported). If the pool requires MFA, all factors can
//! still be disabled: a sign-in then asks for those that the user has set up ([`crate::user::mfa::MfaRequirement`]).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    pool::mfa::{MfaFactor, PoolMfa},
    user::User,
};

/// The setting of one factor in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// The factor.
    pub factor: MfaFactor,
    /// Enabled.
    pub enabled: bool,
    /// PreferredMfa.
    pub preferred: bool,
}

/// Changes the preference. `user` is `None` if there is no such user.
pub fn set(pool: &PoolMfa, user: Option<&User>, request: &[Preference], now: Timestamp) -> Verdict<()> {
    decide(pool, user, request, now).into()
}

fn decide(
    pool: &PoolMfa,
    user: Option<&User>,
    request: &[Preference],
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let mut user = User { modified_at: now, ..user.ok_or(Refusal::UserNotFound)?.clone() };
    apply(pool, &mut user, request)?;
    Ok(Verdict { remember: vec![Change::PutUser(Box::new(user))], answer: Ok(()) })
}

/// Changes the preference of `user`.
///
/// # Errors
///
/// Refuses a factor that the pool or the user does not have, and more than one preferred factor.
pub(crate) fn apply(pool: &PoolMfa, user: &mut User, request: &[Preference]) -> Result<(), Refusal> {
    if let Some(off) = request.iter().find(|one| one.preferred && !one.enabled) {
        return Err(Refusal::PreferredFactorTurnedOff(off.factor));
    }
    if request.iter().filter(|one| one.preferred).count() > 1 {
        return Err(Refusal::SeveralPreferredFactors);
    }
    for one in request {
        if !one.enabled {
            user.mfa.turn_off(one.factor);
            continue;
        }
        let is_allowed = pool.factors.contains(&one.factor) || one.factor == MfaFactor::SoftwareToken;
        let is_set_up = user.has_factor(one.factor);
        if one.factor == MfaFactor::SoftwareToken && !is_set_up && user.mfa.pending_token.is_some() {
            return Err(Refusal::SoftwareTokenNotVerified);
        }
        if !is_allowed || !is_set_up {
            return Err(Refusal::MfaFactorNotSetUp(one.factor));
        }
        user.mfa.turn_on(one.factor);
        if !one.preferred && user.mfa.preferred == Some(one.factor) {
            user.mfa.preferred = None;
        }
    }
    if let Some(first) = request.iter().find(|one| one.preferred) {
        user.mfa.preferred = Some(first.factor);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use MfaFactor::{Email, Sms, SoftwareToken as Token};

    use super::*;
    use crate::{fixture, pool::mfa::MfaMode, secret::Sealed, user::software_token::SoftwareToken};

    const NOW: Timestamp = Timestamp::from_millis(9);

    fn of(factor: MfaFactor, enabled: bool, preferred: bool) -> Preference {
        Preference { factor, enabled, preferred }
    }

    /// cog-0393.
    #[test]
    fn preference_enables_factors_that_pool_and_user_have() {
        let pool = PoolMfa { mode: MfaMode::Optional, factors: [Sms, Token, Email].into() };
        let mut ann = fixture::user("ann");
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None));
        type Case<'a> = (&'a [Preference], Result<(&'a [MfaFactor], Option<MfaFactor>), Refusal>);
        let cases: [Case<'_>; 8] = [
            (&[], Ok((&[], None))),
            (&[of(Token, true, false)], Ok((&[Token], None))),
            (&[of(Token, true, true), of(Email, true, false)], Ok((&[Token, Email], Some(Token)))),
            (&[of(Sms, true, false)], Err(Refusal::MfaFactorNotSetUp(Sms))),
            (&[of(Sms, false, false)], Ok((&[], None))),
            (&[of(Token, false, true)], Err(Refusal::PreferredFactorTurnedOff(Token))),
            (&[of(Token, true, true), of(Email, true, true)], Err(Refusal::SeveralPreferredFactors)),
            (&[of(Email, true, true), of(Sms, false, false)], Ok((&[Email], Some(Email)))),
        ];
        for (request, expected) in cases {
            let verdict = set(&pool, Some(&ann), request, NOW);
            match expected {
                Err(refusal) => assert_eq!((verdict.remember.len(), verdict.answer), (0, Err(refusal))),
                Ok((active, preferred)) => {
                    let [Change::PutUser(user)] = verdict.remember.as_slice() else { panic!("{request:?}") };
                    let enabled: Vec<_> = user.mfa.active.iter().copied().collect();
                    assert_eq!((enabled.as_slice(), user.mfa.preferred), (active, preferred), "{request:?}");
                }
            }
        }
        let unknown = set(&pool, None, &[], NOW);
        assert_eq!(unknown.answer, Err(Refusal::UserNotFound));
    }

    /// pub-0015, pub-0016.
    #[test]
    fn software_token_must_be_set_up_and_verified() {
        let pool = PoolMfa { mode: MfaMode::Optional, factors: [Token].into() };
        let mut ann = fixture::user("ann");
        let answer = |user: &User| set(&pool, Some(user), &[of(Token, true, true)], NOW).answer;
        assert_eq!(answer(&ann), Err(Refusal::MfaFactorNotSetUp(Token)));
        ann.mfa.pending_token = Some(Sealed::from_text("x"));
        assert_eq!(answer(&ann), Err(Refusal::SoftwareTokenNotVerified));
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None));
        assert_eq!(answer(&ann), Ok(()), "a token that replaces a verified one can wait");
    }

    #[test]
    fn preference_keeps_factors_that_the_request_leaves_out() {
        let pool = PoolMfa { mode: MfaMode::Optional, factors: [Sms, Token, Email].into() };
        let mut ann = fixture::user("ann");
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None));
        ann.mfa.active = [Token, Email].into();
        ann.mfa.preferred = Some(Token);
        for (request, active, preferred) in [
            (of(Email, false, false), 1, Some(Token)),
            (of(Token, true, false), 2, None),
            (of(Email, true, true), 2, Some(Email)),
            (of(Token, false, false), 1, None),
        ] {
            let verdict = set(&pool, Some(&ann), &[request], NOW);
            let [Change::PutUser(user)] = verdict.remember.as_slice() else { panic!("{request:?}") };
            assert_eq!((user.mfa.active.len(), user.mfa.preferred), (active, preferred), "{request:?}");
        }
        let narrow = PoolMfa { factors: [Token].into(), ..pool };
        let refused = set(&narrow, Some(&ann), &[of(Email, true, false)], NOW);
        assert_eq!(refused.answer, Err(Refusal::MfaFactorNotSetUp(Email)));
    }
}
