//! The names that identify a user: the username, and the aliases or contacts that the pool allows as names.
//!
//! A store keeps each [`NameKey`] unique within a pool. That no text is a name of two users, as names of two kinds, follows
//! from forms and from namesakes: where addresses or numbers are aliases, no other name has their form
//! ([`check_username_form`], [`check_preferred_form`]); and a username is no preferred username of another user
//! ([`with_namesakes`], [`crate::user::names`]).
//!
//! In a pool with aliases a contact becomes a name when it is
//! verified; in a username-attribute pool it is a name from the start (*Documented*, cog-0261). A `sub` identifies its
//! user too, but is no `NameKey`, because users are stored under it.

use serde::{Deserialize, Serialize};

use crate::{
    attribute::{Attributes, characters::is_name, contact::ContactKind},
    id::{Sub, Username},
    pool::{Pool, SignInNames},
    refusal::{Refusal, UsernameFault},
};

/// The kinds of names, in the order of lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The username of the sign-up.
    Username,
    /// An e-mail address.
    Email,
    /// A phone number.
    PhoneNumber,
    /// `preferred_username`, in pools where it is an alias.
    PreferredUsername,
}

impl NameKind {
    /// Returns the attribute that contains the name, or `None` for the username, which is not an attribute.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            NameKind::Username => None,
            NameKind::Email => Some("email"),
            NameKind::PhoneNumber => Some("phone_number"),
            NameKind::PreferredUsername => Some("preferred_username"),
        }
    }

    /// Returns the name that is used in the key of a record.
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

/// A name in the form in which a pool compares names. At most one user of a pool holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NameKey {
    /// The kind of the name.
    pub kind: NameKind,
    /// The text, in lower case unless the pool is case-sensitive.
    pub text: String,
}

impl NameKey {
    /// Creates the key of `text` in `pool`.
    pub fn new(pool: &Pool, kind: NameKind, text: &str) -> Self {
        Self::folded(kind, text, pool.case_sensitive)
    }

    /// Creates the key of `text` in a pool that is case-sensitive or not.
    pub fn folded(kind: NameKind, text: &str, case_sensitive: bool) -> Self {
        Self { kind, text: if case_sensitive { text.to_owned() } else { text.to_lowercase() } }
    }

    /// Creates the key of a username.
    pub fn of_username(pool: &Pool, username: &Username) -> Self {
        Self::new(pool, NameKind::Username, username.as_str())
    }
}

/// The possible meanings of a typed name: first the sub, then the names in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The typed text as a sub. It is tried first, so that a user cannot hide another one by choosing that user's sub
    /// as username (*Chosen*; a sign-up with such a username is refused as taken).
    pub sub: Sub,
    /// The names to try, in this order.
    pub names: Vec<NameKey>,
}

/// Returns the possible meanings of the name `typed` in `pool`.
pub fn candidates(pool: &Pool, typed: &str) -> Candidates {
    let mut kinds = vec![NameKind::Username];
    kinds.extend(pool.name_kinds());
    Candidates {
        sub: Sub::new(typed),
        names: kinds.into_iter().map(|kind| NameKey::new(pool, kind, typed)).collect(),
    }
}

/// Returns the name that a verified contact becomes, in a pool where such contacts are aliases.
///
/// Returns `None` in the other pools: in a username-attribute pool the contact is a name already, and elsewhere it is
/// not a name.
pub fn verified_contact_alias(pool: &Pool, kind: ContactKind, value: &str) -> Option<NameKey> {
    match &pool.names {
        SignInNames::Aliases(kinds) if kinds.contains(&kind.into()) => {
            Some(NameKey::new(pool, kind.into(), value))
        }
        _ => None,
    }
}

/// Returns the names of a new user: the username and, in a username-attribute pool, the contacts that are names there.
pub fn initial_names(pool: &Pool, username: &Username, attributes: &Attributes) -> Vec<NameKey> {
    let mut names = vec![NameKey::of_username(pool, username)];
    if let SignInNames::Attributes(kinds) = &pool.names {
        // If several names are taken, the first one is reported. *Chosen*: the e-mail address.
        for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
            if let Some(contact) = kinds.contains(&kind).then(|| attributes.contact(kind)).flatten() {
                names.push(NameKey::new(pool, kind.into(), &contact.value));
            }
        }
    }
    names
}

/// Returns all names of a user with these attributes.
///
/// They are the names of a new user, the verified contacts that are aliases, and `preferred_username` if it is an alias
/// (*Documented*: without verification). An update or a deletion compares the names before and after to find the
/// changes.
pub fn held_names(pool: &Pool, username: &Username, attributes: &Attributes) -> Vec<NameKey> {
    let mut names = initial_names(pool, username, attributes);
    for kind in [ContactKind::Email, ContactKind::PhoneNumber] {
        let verified = attributes.contact(kind).filter(|_| attributes.is_verified(kind));
        names.extend(verified.and_then(|contact| verified_contact_alias(pool, kind, &contact.value)));
    }
    names.extend(preferred_alias(pool, attributes));
    names
}

/// Returns the name in `preferred_username`, or `None` if it has no value or is not an alias in the pool.
pub fn preferred_alias(pool: &Pool, attributes: &Attributes) -> Option<NameKey> {
    let kind = NameKind::PreferredUsername;
    let value = kind.attribute().and_then(|name| attributes.get(name)).filter(|value| !value.is_empty())?;
    pool.is_alias(kind).then(|| NameKey::new(pool, kind, value))
}

/// Returns the name of another kind that would lead to the same text.
///
/// A typed name is looked up as a username first. So a username that is the preferred username of another user would hide
/// that user, and a preferred username that is the username of another user would lead its owner to the other account.
pub fn namesake(pool: &Pool, name: &NameKey) -> Option<NameKey> {
    let other = match name.kind {
        NameKind::Username => NameKind::PreferredUsername,
        NameKind::PreferredUsername => NameKind::Username,
        NameKind::Email | NameKind::PhoneNumber => return None,
    };
    pool.is_alias(NameKind::PreferredUsername).then(|| NameKey { kind: other, text: name.text.clone() })
}

/// Returns the names that a user would gain, in their order, and then the namesakes whose holders [`is_taken`](crate::user::names::is_taken) needs.
pub fn with_namesakes(pool: &Pool, gained: Vec<NameKey>) -> Vec<NameKey> {
    let namesakes: Vec<_> = gained.iter().filter_map(|name| namesake(pool, name)).collect();
    let mut all = gained;
    for name in namesakes {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Refuses a new `preferred_username` that breaks the rules of usernames, or has the form of a contact that is an alias in the
/// pool (*Chosen*: usernames are refused so). Otherwise it could have characters that cannot be seen or typed, or be the
/// address of a user who has not verified it yet.
///
/// # Errors
///
/// [`Refusal::PreferredUsernameInvalid`] or [`Refusal::PreferredUsernameMalformed`].
pub fn check_preferred_form(
    pool: &Pool,
    before: Option<&Attributes>,
    after: &Attributes,
) -> Result<(), Refusal> {
    let attribute = "preferred_username";
    let had = before.and_then(|before| before.get(attribute));
    // Users who have such a name keep it.
    let Some(new) = after.get(attribute).filter(|new| had != Some(*new)) else { return Ok(()) };
    if !pool.is_alias(NameKind::PreferredUsername) {
        return Ok(());
    }
    // An empty value removes the attribute.
    if !new.is_empty() && !is_name(new) {
        return Err(Refusal::PreferredUsernameInvalid);
    }
    match ContactKind::BOTH.iter().find(|kind| pool.is_alias((**kind).into()) && kind.is_well_formed(new)) {
        Some(kind) => Err(Refusal::PreferredUsernameMalformed(*kind)),
        None => Ok(()),
    }
}

/// Refuses a typed username with a form that the pool does not allow.
///
/// Returns the kind of contact that the username is in a username-attribute pool, and `None` in other pools.
///
/// # Errors
///
/// [`Refusal::UsernameMalformed`] if the username has the form of a contact that is an alias in the pool, or if it is
/// not one of the contacts of a username-attribute pool (*Observed* in public reports).
pub fn check_username_form(pool: &Pool, typed: &str) -> Result<Option<ContactKind>, Refusal> {
    let fault = |fault| Err(Refusal::UsernameMalformed(fault));
    match &pool.names {
        SignInNames::UsernameOnly => Ok(None),
        SignInNames::Aliases(kinds) => {
            if kinds.contains(&NameKind::Email) && ContactKind::Email.is_well_formed(typed) {
                return fault(UsernameFault::LooksLikeEmail);
            }
            if kinds.contains(&NameKind::PhoneNumber) && ContactKind::PhoneNumber.is_well_formed(typed) {
                return fault(UsernameFault::LooksLikePhoneNumber);
            }
            Ok(None)
        }
        SignInNames::Attributes(kinds) => match kinds.iter().find(|kind| kind.is_well_formed(typed)) {
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
    fn held_names_depend_on_pool_and_verification() {
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
            let held = held_names(&pool, &crate::id::Username::new("ann"), attributes);
            let kinds: Vec<_> = held.iter().map(|name| name.kind).collect();
            assert_eq!(kinds, expected, "{:?} {attributes:?}", pool.names);
        }
    }

    #[test]
    fn preferred_username_with_form_of_an_alias_is_refused_unless_unchanged() {
        let of = |name: &str| Attributes::from_iter([("preferred_username", name)]);
        let refused = |kind| Err(Refusal::PreferredUsernameMalformed(kind));
        let cases = [
            ("ann", Ok(())),
            ("", Ok(())),
            ("ann@example.com", refused(ContactKind::Email)),
            ("+15550100", refused(ContactKind::PhoneNumber)),
        ];
        for (name, expected) in cases {
            let (after, pool) = (of(name), fixture::alias_pool());
            assert_eq!(check_preferred_form(&pool, None, &after), expected, "{name}");
            assert_eq!(check_preferred_form(&pool, Some(&of("x")), &after), expected, "{name}");
            assert_eq!(check_preferred_form(&pool, Some(&after), &after), Ok(()), "{name}");
            assert_eq!(check_preferred_form(&fixture::pool(), None, &after), Ok(()), "{name}");
        }
    }

    #[test]
    fn preferred_username_that_breaks_the_rules_of_usernames_is_refused_unless_unchanged() {
        let (pool, of) =
            (fixture::alias_pool(), |name: &str| Attributes::from_iter([("preferred_username", name)]));
        let refused = Err(Refusal::PreferredUsernameInvalid);
        for name in ["a\0", " ann", "ann ", "a nn", "an\u{200b}n", "\u{202e}ann", &"a".repeat(129)] {
            let after = of(name);
            assert_eq!(check_preferred_form(&pool, None, &after), refused, "{name:?}");
            assert_eq!(check_preferred_form(&pool, Some(&of("x")), &after), refused, "{name:?}");
            assert_eq!(check_preferred_form(&pool, Some(&after), &after), Ok(()), "{name:?}");
            assert_eq!(check_preferred_form(&fixture::pool(), None, &after), Ok(()), "{name:?}: no alias");
        }
        assert_eq!(check_preferred_form(&pool, Some(&of("x")), &of("")), Ok(()), "a removal");
    }

    #[test]
    fn candidates_ignore_case_unless_the_pool_is_case_sensitive() {
        let mut pool = fixture::pool();
        pool.case_sensitive = true;
        assert_ne!(candidates(&pool, "Ann").names, candidates(&pool, "ann").names);
        pool.case_sensitive = false;
        assert_eq!(candidates(&pool, "Ann").names, candidates(&pool, "ann").names);
    }

    #[test]
    fn candidates_depend_on_the_sign_in_names_of_the_pool() {
        use NameKind::{Email, PhoneNumber, PreferredUsername, Username};
        let kinds = |pool: &Pool| candidates(pool, "x").names.iter().map(|n| n.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&fixture::pool()), [Username]);
        assert_eq!(kinds(&fixture::alias_pool()), [Username, Email, PhoneNumber, PreferredUsername]);
        assert_eq!(kinds(&fixture::email_username_pool()), [Username, Email]);
    }

    #[test]
    fn verified_contact_becomes_a_name_in_alias_pools_only() {
        let gained = |pool: &Pool| verified_contact_alias(pool, ContactKind::Email, "a@b.c").is_some();
        assert!(!gained(&fixture::pool()));
        assert!(gained(&fixture::alias_pool()));
        assert!(!gained(&fixture::email_username_pool()));
    }
}
