//! The parameters of a sign-in: AuthParameters and ChallengeResponses, texts by name.
//!
//! Some are passwords and codes, so all of them are hidden from Debug.

use std::collections::BTreeMap;

use crate::{refusal::Refusal, secret::Secret};

/// Parameters by name.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, Secret>);

impl Parameters {
    /// The parameter, unless it is absent or empty (cog-0160: an empty one counts as missing).
    pub fn find(&self, name: &str) -> Option<&str> {
        self.find_secret(name)?.expose_str()
    }

    /// The parameter as a secret, unless it is absent or empty.
    pub fn find_secret(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).filter(|value| !value.expose().is_empty())
    }

    /// The parameter, or a refusal that names it.
    pub fn get(&self, name: &'static str) -> Result<&str, Refusal> {
        self.find(name).ok_or(Refusal::ParameterMissing(name))
    }

    /// The parameter as a secret, or a refusal that names it.
    pub fn get_secret(&self, name: &'static str) -> Result<&Secret, Refusal> {
        self.find_secret(name).ok_or(Refusal::ParameterMissing(name))
    }

    /// The parameters whose names begin with `prefix`, without it, empty ones too.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            Some((name.strip_prefix(prefix)?, value.expose_str().unwrap_or_default()))
        })
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), Secret::new(value))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// cog-0160, cog-0161.
    #[test]
    fn an_empty_parameter_is_missing() {
        let parameters = Parameters::from_iter([("USERNAME", "ann"), ("PASSWORD", "")]);
        assert_eq!(parameters.get("USERNAME"), Ok("ann"));
        assert_eq!(parameters.get("PASSWORD"), Err(Refusal::ParameterMissing("PASSWORD")));
        assert_eq!(parameters.get_secret("SRP_A").err(), Some(Refusal::ParameterMissing("SRP_A")));
        assert!(!format!("{parameters:?}").contains("ann"));
    }

    #[test]
    fn parameters_share_a_prefix() {
        let parameters = Parameters::from_iter([
            ("userAttributes.email", "a@b.c"),
            ("x", "y"),
            ("userAttributes.name", ""),
        ]);
        let under: Vec<_> = parameters.under("userAttributes.").collect();
        assert_eq!(under, [("email", "a@b.c"), ("name", "")]);
    }
}
