//! The traits of a shape or member, and typed access to constraint traits.

use serde_json::{Map, Value};

/// The traits of a shape or member by absolute id, in the order of the file. Unknown traits are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traits(pub(crate) Map<String, Value>);

impl Traits {
    /// Returns the value of the trait with this absolute id, such as `smithy.api#required`.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    /// Returns whether the trait is present.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Returns the value of the trait if it is a string.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.get(id)?.as_str()
    }

    /// Iterates over all traits.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(id, value)| (id.as_str(), value))
    }

    /// Returns the value of `smithy.api#length`. [`load`](crate::load()) refuses malformed values.
    pub fn length(&self) -> Option<Length> {
        let bounds = self.get("smithy.api#length")?;
        Some(Length {
            min: bounds.get("min").and_then(Value::as_u64),
            max: bounds.get("max").and_then(Value::as_u64),
        })
    }

    /// Returns the value of `smithy.api#range`. [`load`](crate::load()) refuses malformed values.
    pub fn range(&self) -> Option<Range> {
        let bounds = self.get("smithy.api#range")?;
        let bound = |name| bounds.get(name).and_then(Value::as_number).cloned();
        Some(Range { min: bound("min"), max: bound("max") })
    }

    /// Returns the value of `smithy.api#pattern`. [`load`](crate::load()) refuses values that are not strings.
    pub fn pattern(&self) -> Option<&str> {
        self.text("smithy.api#pattern")
    }
}

/// The bounds of a length: code points of a string, bytes of a blob, elements of a list, entries of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The inclusive minimum, if there is one.
    pub min: Option<u64>,
    /// The inclusive maximum, if there is one.
    pub max: Option<u64>,
}

/// The bounds of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The inclusive minimum, if there is one.
    pub min: Option<serde_json::Number>,
    /// The inclusive maximum, if there is one.
    pub max: Option<serde_json::Number>,
}
