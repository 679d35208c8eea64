//! The traits of one shape or member, and the constraint traits as types.

use serde_json::{Map, Value};

/// Traits by absolute id, in the order they were read. Those this workspace does not know are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traits(pub(crate) Map<String, Value>);

impl Traits {
    /// The value of the trait with this absolute id, such as `smithy.api#required`.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    /// Whether the trait is there.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The value of the trait where it is a string.
    pub fn text(&self, id: &str) -> Option<&str> {
        self.get(id)?.as_str()
    }

    /// Every trait.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(id, value)| (id.as_str(), value))
    }

    /// `smithy.api#length`. The loader has refused one that is malformed.
    pub fn length(&self) -> Option<Length> {
        let bounds = self.get("smithy.api#length")?;
        Some(Length {
            min: bounds.get("min").and_then(Value::as_u64),
            max: bounds.get("max").and_then(Value::as_u64),
        })
    }

    /// `smithy.api#range`. The loader has refused one that is malformed.
    pub fn range(&self) -> Option<Range> {
        let bounds = self.get("smithy.api#range")?;
        let bound = |name| bounds.get(name).and_then(Value::as_number).cloned();
        Some(Range { min: bound("min"), max: bound("max") })
    }

    /// `smithy.api#pattern`. The loader has refused one that is not a string.
    pub fn pattern(&self) -> Option<&str> {
        self.text("smithy.api#pattern")
    }
}

/// Bounds of a length: code points of a string, bytes of a blob, elements of a list, entries of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The least, where there is one.
    pub min: Option<u64>,
    /// The greatest, where there is one.
    pub max: Option<u64>,
}

/// Bounds of a number, both inclusive.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The least, where there is one.
    pub min: Option<serde_json::Number>,
    /// The greatest, where there is one.
    pub max: Option<serde_json::Number>,
}
