//! Names by which a user can be found: the username, and what the pool lets stand in for it.
//!
//! A [`NameKey`] is what a store keeps unique within a pool. In an alias pool a contact becomes a name when it is
//! verified; in a username-attribute pool it is one from the start (*Documented*, cog-0261). A `sub` finds its user
//! too, and needs no entry because users are stored under it.

use serde::{Deserialize, Serialize};

use crate::{
    attribute::Attributes,
    contact::ContactKind,
    id::{Sub, Username},
    pool::{Pool, SignInNames},
};

/// The kinds of names, in the order in which a typed name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// What the user was called at sign-up.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    PhoneNumber,
    /// `preferred_username`, where the pool has it as an alias.
    PreferredUsername,
}

impl NameKind {
    /// The attribute whose value is the name; the username is none.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            NameKind::Username => None,
            NameKind::Email => Some("email"),
            NameKind::PhoneNumber => Some("phone_number"),
            NameKind::PreferredUsername => Some("preferred_username"),
        }
    }

    /// A short word for a store's key.
    pub const fn as_str(self) -> &'static str {
        match self {
            NameKind::Username => "username",
            NameKind::Email => "email",
            NameKind::PhoneNumber => "phone_number",
            NameKind::PreferredUsername => "preferred_username",
        }
    }
}

impl From<ContactKind> for NameKind {
    fn from(kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => NameKind::Email,
            ContactKind::PhoneNumber => NameKind::PhoneNumber,
        }
    }
}

/// A name, folded as the pool folds names: at most one user of a pool holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameKey {
    /// Which kind of name.
    pub kind: NameKind,
    /// Its folded text.
    pub text: String,
}

impl NameKey {
    /// The key of `text` in `pool`.
    pub fn new(pool: &Pool, kind: NameKind, text: &str) -> Self {
        Self { kind, text: pool.fold(text) }
    }

    /// The key of a username.
    pub fn of_username(pool: &Pool, username: &Username) -> Self {
        Self::new(pool, NameKind::Username, username.as_str())
    }
}

/// Where a typed name may lead: a sub, or one of the names, tried in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The typed text as a sub. It goes first, so that nobody can hide another user by taking their sub as a
    /// username (*Chosen*; sign-up refuses such a username as taken).
    pub sub: Sub,
    /// The names to try, in order.
    pub names: Vec<NameKey>,
}

/// What `typed` may mean in `pool`.
pub fn candidates(pool: &Pool, typed: &str) -> Candidates {
    let mut kinds = vec![NameKind::Username];
    kinds.extend(pool.name_kinds());
    Candidates {
        sub: Sub::new(typed),
        names: kinds.into_iter().map(|kind| NameKey::new(pool, kind, typed)).collect(),
    }
}

/// The name that a contact gives its user once it is verified, in a pool where contacts are aliases.
///
/// In a username-attribute pool the name exists already, and in a plain pool a contact is no name: both give nothing.
pub fn alias_of_verified(pool: &Pool, kind: ContactKind, value: &str) -> Option<NameKey> {
    match &pool.names {
        SignInNames::Aliases(kinds) if kinds.contains(&kind.into()) => {
            Some(NameKey::new(pool, kind.into(), value))
        }
        _ => None,
    }
}

/// The names that a user holds from the start: the username, and in a username-attribute pool every contact in it.
pub fn names_from_the_start(pool: &Pool, username: &Username, attributes: &Attributes) -> Vec<NameKey> {
    let mut names = vec![NameKey::of_username(pool, username)];
    if let SignInNames::Attributes(kinds) = &pool.names {
        // The order in which a taken name is reported; *Chosen*: the e-mail address first.
        for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
            if let Some(contact) = kinds.contains(&kind).then(|| attributes.contact(kind)).flatten() {
                names.push(NameKey::new(pool, kind.into(), &contact.value));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn folding_follows_the_pool() {
        let mut pool = fixture::pool();
        pool.case_sensitive = true;
        assert_ne!(candidates(&pool, "Ann").names, candidates(&pool, "ann").names);
        pool.case_sensitive = false;
        assert_eq!(candidates(&pool, "Ann").names, candidates(&pool, "ann").names);
    }

    #[test]
    fn candidates_follow_the_kind_of_pool() {
        use NameKind::{Email, PhoneNumber, PreferredUsername, Username};
        let kinds = |pool: &Pool| candidates(pool, "x").names.iter().map(|n| n.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&fixture::pool()), [Username]);
        assert_eq!(kinds(&fixture::alias_pool()), [Username, Email, PhoneNumber, PreferredUsername]);
        assert_eq!(kinds(&fixture::email_username_pool()), [Username, Email]);
    }

    #[test]
    fn only_alias_pools_gain_a_name_by_verification() {
        let gained = |pool: &Pool| alias_of_verified(pool, ContactKind::Email, "a@b.c").is_some();
        assert!(!gained(&fixture::pool()));
        assert!(gained(&fixture::alias_pool()));
        assert!(!gained(&fixture::email_username_pool()));
    }
}
