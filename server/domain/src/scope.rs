//! Scopes: what a token allows, and which attributes of the user its bearer sees.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

/// The scope of every access token that the user pools API issues. It allows the self-service operations of a user.
pub const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The scope of OpenID Connect, without which there is no id token.
pub const OPENID: &str = "openid";

/// The scopes that every pool has (*Documented*); all others are `<resource server>/<scope>`.
pub const STANDARD_SCOPES: [&str; 5] = ["phone", "email", OPENID, "profile", SELF_SERVICE_SCOPE];

/// The scopes that select attributes of the user.
const ATTRIBUTE_SCOPES: [&str; 3] = ["email", "phone", "profile"];

/// Returns whether a scope exists: a standard one, or one of the custom scopes of the pool's resource servers.
pub fn exists(name: &str, custom_scopes: &BTreeSet<String>) -> bool {
    STANDARD_SCOPES.contains(&name) || custom_scopes.contains(name)
}

/// Scopes in the order in which they were requested, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Creates the scopes of these names.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut seen = HashSet::new();
        Self(names.into_iter().map(Into::into).filter(|name: &String| seen.insert(name.clone())).collect())
    }

    /// Reads scopes that are separated by spaces.
    pub fn parse(text: &str) -> Self {
        Self::new(text.split(' ').filter(|name| !name.is_empty()))
    }

    /// Returns the scopes, separated by spaces.
    pub fn to_text(&self) -> String {
        self.0.join(" ")
    }

    /// Returns whether this scope is among them.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|scope| scope == name)
    }

    /// Returns the names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the scopes of attributes are requested together with `openid`, as they must be (*Documented*,
    /// oau-0029).
    pub fn has_openid_where_needed(&self) -> bool {
        self.contains(OPENID) || !ATTRIBUTE_SCOPES.iter().any(|scope| self.contains(scope))
    }

    /// Returns whether the bearer sees this attribute of the user.
    ///
    /// *Documented*: `openid` alone shows all (oau-0111), `email` and `phone` show the address and its flag (oau-0112),
    /// and `profile` shows every other one (oau-0114).
    pub fn shows(&self, attribute: &str) -> bool {
        let selects = ATTRIBUTE_SCOPES.iter().any(|scope| self.contains(scope));
        self.contains(OPENID)
            && match attribute {
                _ if !selects => true,
                "email" | "email_verified" => self.contains("email"),
                "phone_number" | "phone_number_verified" => self.contains("phone"),
                _ => self.contains("profile"),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_keep_their_order_and_lose_duplicates() {
        let scopes = Scopes::parse(" openid  email openid api/read");
        assert_eq!(scopes.to_text(), "openid email api/read");
        assert!(scopes.contains("api/read") && !scopes.contains("api"));
        assert!(Scopes::parse(" ").is_empty());
    }

    /// oau-0029, oau-0111, oau-0112, oau-0114.
    #[test]
    fn scopes_show_the_attributes_that_they_select() {
        let attributes = ["sub", "email", "email_verified", "phone_number", "name", "custom:size"];
        let cases: [(&str, &[&str]); 7] = [
            ("openid", &attributes),
            ("openid api/read aws.cognito.signin.user.admin", &attributes),
            ("openid email", &["email", "email_verified"]),
            ("openid phone", &["phone_number"]),
            ("openid profile", &["sub", "name", "custom:size"]),
            ("openid email profile", &["sub", "email", "email_verified", "name", "custom:size"]),
            ("api/read", &[]),
        ];
        for (scopes, shown) in cases {
            let scopes = Scopes::parse(scopes);
            let found: Vec<&str> = attributes.into_iter().filter(|name| scopes.shows(name)).collect();
            assert_eq!(found, shown, "{scopes:?}");
        }
        assert!(!Scopes::parse("email").has_openid_where_needed());
        assert!(Scopes::parse("openid email").has_openid_where_needed());
        assert!(Scopes::parse("api/read").has_openid_where_needed());
    }
}
