//! The claims `acr` and `amr`: how sure it is that the user is who they are.
//!
//! *Documented* (oau-0051) for the tokens of the OAuth endpoints: the levels, the values of `amr`, and that a renewal
//! keeps both. *Chosen*: tokens of the API have neither, as recorded ones (cog-0220); nor have those of a pool
//! without the plan of ACR values, and those of a sign-in whose methods are not known.

use crate::{
    pool::{Feature, Pool},
    user::auth_method::{AuthMethod, AuthMethods},
};

/// The values of the claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// `acr`.
    pub acr: String,
    /// `amr`.
    pub amr: Vec<&'static str>,
}

/// The levels of assurance, from the lowest.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=4;

/// Returns the level of a sign-in by these methods; `None` if they are not known.
fn level(methods: AuthMethods) -> Option<u8> {
    let has = |method| methods.has(method);
    let has_code = has(AuthMethod::EmailCode) || has(AuthMethod::SmsCode);
    if methods.is_empty() {
        None
    } else if has(AuthMethod::Password) && has(AuthMethod::SoftwareToken) {
        Some(4)
    } else if has(AuthMethod::Passkey) || has(AuthMethod::Password) && has_code {
        Some(3)
    } else if has_code || has(AuthMethod::SoftwareToken) {
        Some(2)
    } else {
        Some(1)
    }
}

/// Returns whether a sign-in by these methods to a pool is as sure as `acr_values` asks.
///
/// *Documented* (oau-0049): the values name levels, separated by blanks; unknown ones count for nothing, and none counts in
/// a pool without the plan. *Chosen*: any of the levels is enough, so the lowest one counts, and a higher one than is named
/// is enough as well.
pub fn suffices(methods: AuthMethods, pool: &Pool, acr_values: &str) -> bool {
    if Feature::AcrNames.minimum_tier() > pool.tier {
        return true;
    }
    let is_named = |level: &u8| acr_values.split(' ').any(|value| value == pool.acr_value(*level));
    LEVELS.into_iter().find(is_named).is_none_or(|lowest| level(methods) >= Some(lowest))
}

impl Assurance {
    /// Returns the values for a sign-in by these methods to a pool.
    pub fn of(methods: AuthMethods, pool: &Pool) -> Option<Self> {
        if Feature::AcrNames.minimum_tier() > pool.tier {
            return None;
        }
        let level = level(methods)?;
        let has = |method| methods.has(method);
        let has_code = has(AuthMethod::EmailCode) || has(AuthMethod::SmsCode);
        let amr = [
            ("pwd", has(AuthMethod::Password)),
            ("otp", has_code || has(AuthMethod::SoftwareToken)),
            ("sms", has(AuthMethod::SmsCode)),
            ("email_otp", has(AuthMethod::EmailCode)),
            // *Chosen*: where the key of a passkey is, in hardware or not, the server does not learn.
            ("swk", has(AuthMethod::Passkey)),
            ("mfa", methods.count() > 1),
        ];
        let amr = amr.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect();
        Some(Self { acr: pool.acr_value(level), amr })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{fixture, pool::Tier};

    /// oau-0051.
    #[test]
    fn level_follows_from_the_methods() {
        use AuthMethod::{EmailCode, Passkey, Password, SmsCode, SoftwareToken};
        let cases: [(&[AuthMethod], &str, &[&str]); 7] = [
            (&[Password], "urn:cognito:loa:1", &["pwd"]),
            (&[EmailCode], "urn:cognito:loa:2", &["otp", "email_otp"]),
            (&[SmsCode], "urn:cognito:loa:2", &["otp", "sms"]),
            (&[Passkey], "urn:cognito:loa:3", &["swk"]),
            (&[Password, SmsCode], "urn:cognito:loa:3", &["pwd", "otp", "sms", "mfa"]),
            (&[Password, EmailCode], "urn:cognito:loa:3", &["pwd", "otp", "email_otp", "mfa"]),
            (&[Password, SoftwareToken], "urn:cognito:loa:4", &["pwd", "otp", "mfa"]),
        ];
        let pool = fixture::pool();
        for (methods, acr, amr) in cases {
            let expected = Assurance { acr: acr.to_owned(), amr: amr.to_vec() };
            let methods: AuthMethods = methods.iter().copied().collect();
            assert_eq!(Assurance::of(methods, &pool), Some(expected), "{methods:?}");
            let stored = serde_json::to_string(&methods).expect("JSON");
            assert_eq!(serde_json::from_str::<AuthMethods>(&stored).expect("a set"), methods);
        }
        assert_eq!(Assurance::of(AuthMethods::default(), &pool), None);
        assert_eq!(
            Assurance::of(AuthMethods::from_iter([Password]), &Pool { tier: Tier::Lite, ..pool.clone() }),
            None
        );
        let acr_values = BTreeMap::from([(1, "bronze".to_owned())]);
        let named = Pool { acr_values, ..pool };
        let acr =
            |method| Assurance::of(AuthMethods::from_iter([method]), &named).map(|assurance| assurance.acr);
        assert_eq!(acr(Password).as_deref(), Some("bronze"));
        assert_eq!(acr(Passkey).as_deref(), Some("urn:cognito:loa:3"));
    }

    /// oau-0049.
    #[test]
    fn lowest_level_of_the_values_is_enough() {
        use AuthMethod::{EmailCode, Password, SoftwareToken};
        let mut pool = fixture::pool();
        pool.acr_values = BTreeMap::from([(2, "silver".to_owned())]);
        let password = AuthMethods::from_iter([Password]);
        let code = AuthMethods::from_iter([EmailCode]);
        let two = AuthMethods::from_iter([Password, SoftwareToken]);
        let none = AuthMethods::default();
        // Which of password, code, password with authenticator app, and unknown methods are enough.
        let cases = [
            ("", [true, true, true, true]),
            ("urn:other gold", [true, true, true, true]),
            ("urn:cognito:loa:1", [true, true, true, false]),
            ("urn:cognito:loa:4", [false, false, true, false]),
            ("silver", [false, true, true, false]),
            ("urn:cognito:loa:4  silver gold", [false, true, true, false]),
            // Another name was given to this level.
            ("urn:cognito:loa:2", [true, true, true, true]),
        ];
        for (values, expected) in cases {
            let all = [password, code, two, none].map(|methods| suffices(methods, &pool, values));
            assert_eq!(all, expected, "{values}");
        }
        pool.tier = Tier::Lite;
        assert!(suffices(password, &pool, "urn:cognito:loa:4"));
    }
}
