//! The parameters of a sign-in: `AuthParameters` and `ChallengeResponses`.
//!
//! Some of them are passwords and codes, so `Debug` prints none of the values.

use std::collections::BTreeMap;

use crate::{refusal::Refusal, secret::Secret};

/// Text parameters by name.
///
/// # Examples
///
/// ```
/// use lido_domain::{Refusal, sign_in::parameter::Parameters};
///
/// let parameters = Parameters::from_iter([("USERNAME", "ann"), ("PASSWORD", "")]);
/// assert_eq!(parameters.get("USERNAME"), Ok("ann"));
/// assert_eq!(parameters.find("PASSWORD"), None); // empty counts as absent
/// assert_eq!(parameters.get("PASSWORD"), Err(Refusal::ParameterMissing("PASSWORD")));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, Secret>);

impl Parameters {
    /// Returns the parameter, or `None` if it is absent or empty (cog-0160: empty counts as missing).
    pub fn find(&self, name: &str) -> Option<&str> {
        self.find_secret(name)?.expose_str()
    }

    /// Returns the parameter as a secret, or `None` if it is absent or empty.
    pub fn find_secret(&self, name: &str) -> Option<&Secret> {
        self.0.get(name).filter(|value| !value.expose().is_empty())
    }

    /// Returns the parameter.
    ///
    /// # Errors
    ///
    /// [`Refusal::ParameterMissing`] if it is absent or empty.
    pub fn get(&self, name: &'static str) -> Result<&str, Refusal> {
        self.find(name).ok_or(Refusal::ParameterMissing(name))
    }

    /// Returns the parameter as a secret.
    ///
    /// # Errors
    ///
    /// [`Refusal::ParameterMissing`] if it is absent or empty.
    pub fn get_secret(&self, name: &'static str) -> Result<&Secret, Refusal> {
        self.find_secret(name).ok_or(Refusal::ParameterMissing(name))
    }

    /// Returns the parameters whose names begin with `prefix`, by their names without the prefix, including empty ones.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
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
    fn empty_parameter_counts_as_missing() {
        let parameters = Parameters::from_iter([("USERNAME", "ann"), ("PASSWORD", "")]);
        assert_eq!(parameters.get("USERNAME"), Ok("ann"));
        assert_eq!(parameters.get("PASSWORD"), Err(Refusal::ParameterMissing("PASSWORD")));
        assert_eq!(parameters.get_secret("SRP_A").err(), Some(Refusal::ParameterMissing("SRP_A")));
        assert!(!format!("{parameters:?}").contains("ann"));
    }

    #[test]
    fn parameters_are_found_by_prefix() {
        let parameters = Parameters::from_iter([
            ("userAttributes.email", "a@b.c"),
            ("x", "y"),
            ("userAttributes.name", ""),
        ]);
        let found: Vec<_> = parameters.with_prefix("userAttributes.").collect();
        assert_eq!(found, [("email", "a@b.c"), ("name", "")]);
    }
}
