//! GetUserAuthFactors: the first factors with which the user can sign in by USER_AUTH.
//!
//! They are those that [`crate::flow::sign_in::select_challenge`] offers, as factors of the pool: the two password
//! challenges count as one factor (*Documented*: the values include `PASSWORD`, but not `PASSWORD_SRP`).

use crate::{
    flow::sign_in::select_challenge,
    pool::{FirstFactor, Pool},
    sign_in::challenge::ChallengeName,
    user::{User, first_factors::FactorTraits},
};

/// Returns the first factors of `user`, in the order in which a sign-in offers them. `relying_party` is the one for
/// pools that configure none.
pub fn first_factors(pool: &Pool, relying_party: Option<&str>, user: &User) -> Vec<FirstFactor> {
    let factors = FactorTraits::of(pool, relying_party, user);
    select_challenge::offered(pool, relying_party, &factors).into_iter().filter_map(factor).collect()
}

fn factor(name: ChallengeName) -> Option<FirstFactor> {
    match name {
        ChallengeName::Password => Some(FirstFactor::Password),
        ChallengeName::EmailOtp => Some(FirstFactor::EmailOtp),
        ChallengeName::SmsOtp => Some(FirstFactor::SmsOtp),
        ChallengeName::WebAuthn => Some(FirstFactor::WebAuthn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        fixture,
        pool::Tier,
        secret::Sealed,
        user::{Status, passkey},
    };

    #[test]
    fn first_factors_are_those_that_pool_allows_and_user_has() {
        use FirstFactor::{EmailOtp, Password, SmsOtp, WebAuthn};
        let confirmed = User { status: Status::Confirmed, ..fixture::user("ann") };
        let with_password = User { credential: Some(Sealed::from_text("x")), ..confirmed.clone() };
        let with_passkey = User { passkeys: vec![passkey::fixture("a")], ..with_password.clone() };
        let all = [Password, EmailOtp, SmsOtp, WebAuthn];
        let cases: [(&[FirstFactor], Tier, &User, &[FirstFactor]); 7] = [
            (&[Password], Tier::Essentials, &with_password, &[Password]),
            (&[Password], Tier::Essentials, &confirmed, &[]),
            (&all, Tier::Essentials, &with_password, &[Password, EmailOtp]),
            (&all, Tier::Essentials, &confirmed, &[EmailOtp]),
            (&all, Tier::Lite, &with_password, &[Password]),
            (&all, Tier::Essentials, &with_passkey, &[Password, EmailOtp, WebAuthn]),
            (&[Password], Tier::Essentials, &with_passkey, &[Password]),
        ];
        for (allowed, tier, user, expected) in cases {
            let first_factors: BTreeSet<_> = allowed.iter().copied().collect();
            let pool = Pool { first_factors, tier, ..fixture::pool() };
            assert_eq!(
                super::first_factors(&pool, Some("example.com"), user),
                expected,
                "{allowed:?}, {tier:?}"
            );
        }
    }
}
