//! SetUserMFAPreference and SetUserSettings with their administrator's twins: which second factors a user is asked for.
//!
//! A factor that a request leaves out stays as it is. Only what the user has set up can be turned on (cog-0393), and only
//! what the pool allows (*Chosen*, by the same words). Where the pool requires MFA everything can be turned off, since
//! that leaves the user with what they have ([`crate::user::mfa::Due`]).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    pool::mfa::{MfaFactor, PoolMfa},
    user::User,
};

/// What a request says of one factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Which.
    pub factor: MfaFactor,
    /// Enabled.
    pub enabled: bool,
    /// PreferredMfa.
    pub preferred: bool,
}

/// Decides. No user is one who is not found.
pub fn set(pool: &PoolMfa, user: Option<&User>, asked: &[Preference], now: Timestamp) -> Verdict<()> {
    decide(pool, user, asked, now).into()
}

fn decide(
    pool: &PoolMfa,
    user: Option<&User>,
    asked: &[Preference],
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let mut user = User { modified_at: now, ..user.ok_or(Refusal::UserNotFound)?.clone() };
    if let Some(off) = asked.iter().find(|one| one.preferred && !one.enabled) {
        return Err(Refusal::MfaPreferredOff(off.factor));
    }
    if asked.iter().filter(|one| one.preferred).count() > 1 {
        return Err(Refusal::MfaPreferredTwice);
    }
    for one in asked {
        if !one.enabled {
            user.mfa.turn_off(one.factor);
            continue;
        }
        let is_allowed = pool.factors.contains(&one.factor) || one.factor == MfaFactor::SoftwareToken;
        if !is_allowed || !user.has_factor(one.factor) {
            return Err(Refusal::MfaFactorMissing(one.factor));
        }
        user.mfa.turn_on(one.factor);
        if !one.preferred && user.mfa.preferred == Some(one.factor) {
            user.mfa.preferred = None;
        }
    }
    if let Some(first) = asked.iter().find(|one| one.preferred) {
        user.mfa.preferred = Some(first.factor);
    }
    Ok(Verdict { remember: vec![Change::PutUser(Box::new(user))], answer: Ok(()) })
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
    fn what_may_be_turned_on_and_what_goes_first() {
        let pool = PoolMfa { mode: MfaMode::Optional, factors: [Sms, Token, Email].into() };
        let mut ann = fixture::user("ann");
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None));
        type Case<'a> = (&'a [Preference], Result<(&'a [MfaFactor], Option<MfaFactor>), Refusal>);
        let cases: [Case<'_>; 8] = [
            (&[], Ok((&[], None))),
            (&[of(Token, true, false)], Ok((&[Token], None))),
            (&[of(Token, true, true), of(Email, true, false)], Ok((&[Token, Email], Some(Token)))),
            (&[of(Sms, true, false)], Err(Refusal::MfaFactorMissing(Sms))),
            (&[of(Sms, false, false)], Ok((&[], None))),
            (&[of(Token, false, true)], Err(Refusal::MfaPreferredOff(Token))),
            (&[of(Token, true, true), of(Email, true, true)], Err(Refusal::MfaPreferredTwice)),
            (&[of(Email, true, true), of(Sms, false, false)], Ok((&[Email], Some(Email)))),
        ];
        for (asked, expected) in cases {
            let verdict = set(&pool, Some(&ann), asked, NOW);
            match expected {
                Err(refusal) => assert_eq!((verdict.remember.len(), verdict.answer), (0, Err(refusal))),
                Ok((active, preferred)) => {
                    let [Change::PutUser(user)] = verdict.remember.as_slice() else { panic!("{asked:?}") };
                    let told: Vec<_> = user.mfa.active.iter().copied().collect();
                    assert_eq!((told.as_slice(), user.mfa.preferred), (active, preferred), "{asked:?}");
                }
            }
        }
        let nobody = set(&pool, None, &[], NOW);
        assert_eq!(nobody.answer, Err(Refusal::UserNotFound));
    }

    #[test]
    fn what_is_left_out_stays_and_what_goes_first_can_be_taken_back() {
        let pool = PoolMfa { mode: MfaMode::Optional, factors: [Sms, Token, Email].into() };
        let mut ann = fixture::user("ann");
        ann.mfa.token = Some(SoftwareToken::new(Sealed::from_text("x"), 1, None));
        ann.mfa.active = [Token, Email].into();
        ann.mfa.preferred = Some(Token);
        for (asked, active, preferred) in [
            (of(Email, false, false), 1, Some(Token)),
            (of(Token, true, false), 2, None),
            (of(Email, true, true), 2, Some(Email)),
            (of(Token, false, false), 1, None),
        ] {
            let verdict = set(&pool, Some(&ann), &[asked], NOW);
            let [Change::PutUser(user)] = verdict.remember.as_slice() else { panic!("{asked:?}") };
            assert_eq!((user.mfa.active.len(), user.mfa.preferred), (active, preferred), "{asked:?}");
        }
        let narrow = PoolMfa { factors: [Token].into(), ..pool };
        let refused = set(&narrow, Some(&ann), &[of(Email, true, false)], NOW);
        assert_eq!(refused.answer, Err(Refusal::MfaFactorMissing(Email)));
    }
}
