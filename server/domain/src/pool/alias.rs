//! Names by which a user can be found: the username, and what the pool lets stand in for it.
//!
//! A [`NameKey`] is what a store keeps unique within a pool. In an alias pool a contact becomes a name when it is
//! verified; in a username-attribute pool it is one from the start (*Documented*, cog-0261). A `sub` finds its user
//! too, and needs no entry because users are stored under it.

use serde::{Deserialize, Serialize};

use crate::{
    attribute::{Attributes, contact::ContactKind},
    id::{Sub, Username},
    pool::{Pool, SignInNames},
    refusal::{Refusal, UsernameFault},
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
        Self::folded(kind, text, pool.case_sensitive)
    }

    /// The key of `text` in a pool whose names differ by case or not.
    pub fn folded(kind: NameKind, text: &str, case_sensitive: bool) -> Self {
        Self { kind, text: if case_sensitive { text.to_owned() } else { text.to_lowercase() } }
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

/// Every name that a user with these attributes holds: those from the start, the verified contacts where they are
/// aliases, and `preferred_username` where that is one, which needs no verification (*Documented*).
///
/// What an update or a deletion does to names is worked out from this, before and after.
pub fn names_held(pool: &Pool, username: &Username, attributes: &Attributes) -> Vec<NameKey> {
    let mut names = names_from_the_start(pool, username, attributes);
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        let verified = attributes.contact(kind).filter(|_| attributes.is_verified(kind));
        names.extend(verified.and_then(|contact| alias_of_verified(pool, kind, &contact.value)));
    }
    names.extend(preferred_alias(pool, attributes));
    names
}

/// The name that `preferred_username` gives its user, in a pool that has it as an alias.
pub fn preferred_alias(pool: &Pool, attributes: &Attributes) -> Option<NameKey> {
    let kind = NameKind::PreferredUsername;
    let value = kind.attribute().and_then(|name| attributes.get(name)).filter(|value| !value.is_empty())?;
    pool.is_alias(kind).then(|| NameKey::new(pool, kind, value))
}

/// Refuses a typed username of the wrong form; in a username-attribute pool, says which contact it is.
///
/// *Observed* (cog-0064) and reported (cog-0063, cog-0368): in an alias pool a username must not look like an alias, in a
/// username-attribute pool it must be what signs in.
pub fn check_username_form(pool: &Pool, typed: &str) -> Result<Option<ContactKind>, Refusal> {
    let fault = |fault| Err(Refusal::UsernameForm(fault));
    match &pool.names {
        SignInNames::UsernameOnly => Ok(None),
        SignInNames::Aliases(kinds) => {
            if kinds.contains(&NameKind::Email) && ContactKind::Email.is_formed(typed) {
                return fault(UsernameFault::LooksLikeEmail);
            }
            if kinds.contains(&NameKind::PhoneNumber) && ContactKind::PhoneNumber.is_formed(typed) {
                return fault(UsernameFault::LooksLikePhoneNumber);
            }
            Ok(None)
        }
        SignInNames::Attributes(kinds) => match kinds.iter().find(|kind| kind.is_formed(typed)) {
            Some(kind) => Ok(Some(*kind)),
            None if kinds.len() > 1 => fault(UsernameFault::NeitherEmailNorPhoneNumber),
            None if kinds.contains(&ContactKind::PhoneNumber) => fault(UsernameFault::NotAPhoneNumber),
            None => fault(UsernameFault::NotAnEmail),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_names_that_a_user_holds_by_pool() {
        use NameKind::{Email, PhoneNumber, PreferredUsername, Username};
        let mut verified = Attributes::from_iter([
            ("email", "a@b.c"),
            ("phone_number", "+15550100"),
            ("preferred_username", "a"),
        ]);
        let unverified = verified.clone();
        verified.set_verified(ContactKind::Email, true);
        verified.set_verified(ContactKind::PhoneNumber, true);
        let none =
            Attributes::from_iter([("email", ""), ("email_verified", "true"), ("preferred_username", "")]);
        let cases: [(Pool, &Attributes, &[NameKind]); 6] = [
            (fixture::pool(), &verified, &[Username]),
            (fixture::alias_pool(), &verified, &[Username, Email, PhoneNumber, PreferredUsername]),
            (fixture::alias_pool(), &unverified, &[Username, PreferredUsername]), // cog-0052
            (fixture::alias_pool(), &none, &[Username]),
            (fixture::email_username_pool(), &unverified, &[Username, Email]), // cog-0261
            (fixture::email_username_pool(), &none, &[Username]),
        ];
        for (pool, attributes, expected) in cases {
            let held = names_held(&pool, &crate::id::Username::new("ann"), attributes);
            let kinds: Vec<_> = held.iter().map(|name| name.kind).collect();
            assert_eq!(kinds, expected, "{:?} {attributes:?}", pool.names);
        }
    }

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
