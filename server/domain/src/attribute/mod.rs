//! The attributes of a user: names and text values.
//!
//! The names and values that a pool allows are in [`schema`]; the attributes that an app client may read and write are
//! in [`crate::client`].

pub mod characters;
pub mod contact;
pub mod schema;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attribute::contact::{Contact, ContactKind};

/// An attribute in a request. The value can be missing (cog-0406).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeInput {
    /// The name as the caller sent it.
    pub name: String,
    /// The value, if the caller sent one.
    pub value: Option<String>,
}

/// The attributes of one user, by name.
///
/// The verified flags are attributes like the others, with the values `"true"` and `"false"`, because the service lists
/// and filters them in this form (*Observed*, cog-0036).
///
/// # Examples
///
/// ```
/// use lido_domain::attribute::{Attributes, contact::ContactKind};
///
/// let mut attributes = Attributes::from_iter([("email", "ann@example.com"), ("phone_number", "")]);
/// attributes.set("email_verified", "true");
///
/// assert_eq!(attributes.get("email"), Some("ann@example.com"));
/// assert!(attributes.is_verified(ContactKind::Email));
/// assert_eq!(attributes.contact(ContactKind::Email).expect("present").masked(), "a***@e***");
/// assert_eq!(attributes.contact(ContactKind::PhoneNumber), None); // empty counts as absent
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Returns the value of `name`, which can be empty, or `None` if the user does not have the attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets the value of `name`.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Removes the attribute `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Returns the verified flag of this kind of contact, or `None` if it is not set. The case of the value is ignored.
    pub fn verified_flag(&self, kind: ContactKind) -> Option<bool> {
        self.get(kind.verified_attribute()).map(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns the names and values, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the contact of this kind, or `None` if it is absent or empty.
    pub fn contact(&self, kind: ContactKind) -> Option<Contact> {
        self.get(kind.attribute())
            .filter(|value| !value.is_empty())
            .map(|value| Contact { kind, value: value.to_owned() })
    }

    /// Returns whether the contact of this kind is verified.
    pub fn is_verified(&self, kind: ContactKind) -> bool {
        self.verified_flag(kind) == Some(true)
    }

    /// Sets the verified flag of this kind of contact.
    pub fn set_verified(&mut self, kind: ContactKind, verified: bool) {
        self.set(kind.verified_attribute(), if verified { "true" } else { "false" });
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
