//! The attributes of a user: names and values, all of them text.
//!
//! Whether a name or value is allowed is [`crate::attribute::schema`]'s question; who may write it is [`crate::client`]'s.

pub mod contact;
pub mod schema;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attribute::contact::{Contact, ContactKind};

/// An attribute as a request carries it; the value may be missing (cog-0406).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The name as typed.
    pub name: String,
    /// The value, if there was one.
    pub value: Option<String>,
}

/// The attributes of one user. The verified flags are attributes like any other, `"true"` or `"false"`, because the
/// service lists and filters them so (*Observed*, cog-0036).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// The value of `name`; an empty one is a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets `name`.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes `name` away.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// What is said of the verification of this kind of contact, if anything; upper and lower case are the same.
    pub fn verified_flag(&self, kind: ContactKind) -> Option<bool> {
        self.get(kind.verified_attribute()).map(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The contact of this kind, unless it is absent or empty.
    pub fn contact(&self, kind: ContactKind) -> Option<Contact> {
        self.get(kind.attribute())
            .filter(|value| !value.is_empty())
            .map(|value| Contact { kind, value: value.to_owned() })
    }

    /// Whether the contact of this kind was verified.
    pub fn is_verified(&self, kind: ContactKind) -> bool {
        self.get(kind.verified_attribute()) == Some("true")
    }

    /// Says whether the contact of this kind is verified.
    pub fn set_verified(&mut self, kind: ContactKind, verified: bool) {
        self.set(kind.verified_attribute(), if verified { "true" } else { "false" });
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
