//! A JSON value that preserves the order of members and duplicate members.
//!
//! In a map, a policy with two `Condition` members would silently lose one of them.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::PolicyError;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonValue {
    /// `null`.
    Null,
    /// A string, a number or a Boolean, as text. In conditions, numbers and Booleans may also be written as strings.
    Plain(String),
    /// An array.
    List(Vec<JsonValue>),
    /// An object, with its members in their order.
    Object(Vec<(String, JsonValue)>),
}

impl JsonValue {
    /// Returns the members of an object. Refuses other values, and duplicate members.
    pub(super) fn members(&self, what: &str) -> Result<&[(String, JsonValue)], PolicyError> {
        let JsonValue::Object(members) = self else {
            return Err(PolicyError::new(format!("{what} is {self}"), "write an object in braces"));
        };
        for (index, (name, _)) in members.iter().enumerate() {
            if members.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(PolicyError::new(
                    format!("{what} has `{name}` twice"),
                    "write it once, with a list of values",
                ));
            }
        }
        Ok(members)
    }

    /// Returns the values of an array, or else the value itself.
    pub(super) fn one_or_many(&self) -> &[JsonValue] {
        match self {
            JsonValue::List(list) => list,
            one => std::slice::from_ref(one),
        }
    }

    /// Returns the string, number or Boolean as text. Refuses other values.
    pub(super) fn text(&self, what: &str) -> Result<&str, PolicyError> {
        match self {
            JsonValue::Plain(text) => Ok(text),
            other => Err(PolicyError::new(format!("{what} is {other}"), "write a text")),
        }
    }
}

/// A short description of the value, for messages.
impl fmt::Display for JsonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonValue::Null => f.write_str("null"),
            JsonValue::Plain(text) => write!(f, "`{text}`"),
            JsonValue::List(_) => f.write_str("a list"),
            JsonValue::Object(_) => f.write_str("an object"),
        }
    }
}

impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = JsonValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<JsonValue, E> {
        Ok(JsonValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<JsonValue, E> {
        Ok(JsonValue::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<JsonValue, E> {
        Ok(JsonValue::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<JsonValue, E> {
        Ok(JsonValue::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<JsonValue, E> {
        Ok(JsonValue::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<JsonValue, E> {
        Ok(JsonValue::Plain(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonValue, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(JsonValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<JsonValue, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(JsonValue::Object(members))
    }
}
