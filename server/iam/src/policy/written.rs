//! JSON as it is written: members in their order, and those that stand twice.
//!
//! A policy that says `Condition` twice must not lose one of them, as it would in a map.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::Wrong;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// `null`
    Null,
    /// A text, a number or a truth value, which conditions write either way.
    Plain(String),
    /// A list.
    List(Vec<Written>),
    /// An object.
    Object(Vec<(String, Written)>),
}

impl Written {
    /// The members of an object, each once.
    pub(super) fn members(&self, what: &str) -> Result<&[(String, Written)], Wrong> {
        let Written::Object(members) = self else {
            return Err(Wrong::new(format!("{what} is {self}"), "write an object in braces"));
        };
        for (index, (name, _)) in members.iter().enumerate() {
            if members.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(Wrong::new(
                    format!("{what} has `{name}` twice"),
                    "write it once, with a list of values",
                ));
            }
        }
        Ok(members)
    }

    /// The value, or those in the list.
    pub(super) fn one_or_many(&self) -> &[Written] {
        match self {
            Written::List(list) => list,
            one => std::slice::from_ref(one),
        }
    }

    /// The text, number or truth value, as text.
    pub(super) fn text(&self, what: &str) -> Result<&str, Wrong> {
        match self {
            Written::Plain(text) => Ok(text),
            other => Err(Wrong::new(format!("{what} is {other}"), "write a text")),
        }
    }
}

/// In a few words, for messages.
impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Written::Null => f.write_str("null"),
            Written::Plain(text) => write!(f, "`{text}`"),
            Written::List(_) => f.write_str("a list"),
            Written::Object(_) => f.write_str("an object"),
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Written, E> {
        Ok(Written::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Written, E> {
        Ok(Written::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Written, E> {
        Ok(Written::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Written, E> {
        Ok(Written::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Written, E> {
        Ok(Written::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Written, E> {
        Ok(Written::Plain(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Written, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Written::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Written, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Written::Object(members))
    }
}
