//! The condition keys of a request and their values, for conditions and policy variables.

use std::collections::BTreeMap;

/// The condition keys of a request with their values.
///
/// Keys are not case-sensitive (*Documented*), including the tag name in a key. Values are case-sensitive.
#[derive(Clone, Debug, Default)]
pub struct ContextKeys(BTreeMap<String, Vec<String>>);

impl ContextKeys {
    /// Sets the only value of a key.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_lowercase(), vec![value.into()]);
    }

    /// Adds a value to a key. The keys of two tags can be equal, because the names of tags are case-sensitive.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.0.entry(key.to_lowercase()).or_default().push(value.into());
    }

    /// Sets the values of a key that can have several.
    pub fn set_all(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        self.0.insert(key.to_lowercase(), values.into_iter().collect());
    }

    /// Returns the values of a key, which is in lower case. An absent key has none; a key without values counts as
    /// absent (*Documented*).
    pub fn get(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}
