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

impl Assurance {
    /// Returns the values for a sign-in by these methods to a pool.
    pub fn of(methods: AuthMethods, pool: &Pool) -> Option<Self> {
        if methods.is_empty() || Feature::AcrNames.minimum_tier() > pool.tier {
            return None;
        }
        let has = |method| methods.has(method);
        let has_code = has(AuthMethod::EmailCode) || has(AuthMethod::SmsCode);
        let level = if has(AuthMethod::Password) && has(AuthMethod::SoftwareToken) {
            4
        } else if has(AuthMethod::Passkey) || has(AuthMethod::Password) && has_code {
            3
        } else if has_code || has(AuthMethod::SoftwareToken) {
            2
        } else {
            1
        };
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
}
