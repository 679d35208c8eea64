//! Collects the traits of a shape or a member.

use serde_json::{Map, Value, json};

use super::super::botocore::Deprecation;

/// Traits in the order in which they were added.
#[derive(Default)]
pub(super) struct Traits(Map<String, Value>);

impl Traits {
    pub(super) fn put(&mut self, id: &str, value: Value) {
        self.0.insert(id.to_owned(), value);
    }

    pub(super) fn put_some(&mut self, id: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.put(id, value);
        }
    }

    /// Adds a trait without a value.
    pub(super) fn mark(&mut self, id: &str) {
        self.put(id, json!({}));
    }

    pub(super) fn mark_if(&mut self, id: &str, condition: bool) {
        if condition {
            self.mark(id);
        }
    }

    pub(super) fn deprecate(&mut self, deprecation: &Deprecation) {
        if deprecation.deprecated {
            let mut value = Map::new();
            let facts = [("message", &deprecation.message), ("since", &deprecation.since)];
            for (name, fact) in facts {
                if let Some(fact) = fact {
                    value.insert(name.to_owned(), json!(fact));
                }
            }
            self.put("smithy.api#deprecated", Value::Object(value));
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Returns `shape` with these traits, if there are any.
    pub(super) fn attach(self, mut shape: Value) -> Value {
        if !self.0.is_empty() {
            shape["traits"] = self.into_value();
        }
        shape
    }
}
