//! Scopes: what a token allows, and which attributes of the user its bearer sees.

use std::{
    collections::{BTreeSet, HashSet},
    hash::Hash,
};

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
        Self(distinct(names.into_iter().map(Into::into)))
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

/// Returns the items in their order, each once.
fn distinct<T: Clone + Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, hash::Hasher};

    use super::*;

    /// A name that counts how often it is hashed or compared.
    #[derive(Clone)]
    struct Counted<'a>(usize, &'a Cell<usize>);

    impl Counted<'_> {
        fn count(&self) {
            self.1.set(self.1.get() + 1);
        }
    }

    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.count();
            self.0 == other.0
        }
    }

    impl Eq for Counted<'_> {}

    impl Hash for Counted<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.count();
            self.0.hash(state);
        }
    }

    /// Anyone can send a long list of scopes to the token endpoint.
    #[test]
    fn work_of_reading_scopes_grows_with_their_number_only() {
        for (of_each, kinds) in [(1, 50_000), (50_000, 1), (2, 25_000)] {
            let work = Cell::new(0);
            let names = (0..of_each).flat_map(|_| (0..kinds).map(|name| Counted(name, &work)));
            assert_eq!(distinct(names).len(), kinds);
            let count = of_each * kinds;
            // Each is hashed when it is looked up and when the table grows, and compared with few others.
            assert!(
                work.get() <= 5 * count,
                "{} steps for {count} scopes, {kinds} of them distinct",
                work.get()
            );
        }
    }

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
