//! GetUserAuthFactors: what its user can sign in with by USER_AUTH.
//!
//! It is what [`crate::flow::sign_in::choice`] offers, in the words of a pool's factors: the two ways to show a password are
//! one (*Documented*: `PASSWORD` among the values, and no `PASSWORD_SRP`).

use crate::{
    flow::sign_in::choice,
    pool::{FirstFactor, Pool},
    sign_in::challenge::ChallengeName,
    user::User,
};

/// The first factors that `user` has, in the order in which a sign-in offers them. `relying_party` is that of passkeys in pools that name none.
pub fn first_factors(pool: &Pool, relying_party: Option<&str>, user: &User) -> Vec<FirstFactor> {
    choice::offered(pool, relying_party, Some(user)).into_iter().filter_map(factor).collect()
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
    fn what_the_pool_allows_and_the_user_has() {
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
