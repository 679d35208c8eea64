//! What conditions and variables may look at: the condition keys of a request and their values.

use std::collections::BTreeMap;

/// Condition keys, each with its values. Upper and lower case of a key do not matter (*Documented*), also in the tag
/// that it names; those of a value do.
#[derive(Clone, Debug, Default)]
pub struct Facts(BTreeMap<String, Vec<String>>);

impl Facts {
    /// Says the one value of a key.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_lowercase(), vec![value.into()]);
    }

    /// Says one more value of a key, such as that of a tag: some tags differ in nothing but upper and lower case.
    pub fn add(&mut self, key: &str, value: impl Into<String>) {
        self.0.entry(key.to_lowercase()).or_default().push(value.into());
    }

    /// Says the values of a key that may have several.
    pub fn set_all(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        self.0.insert(key.to_lowercase(), values.into_iter().collect());
    }

    /// The values of a key, which is in lower case. A key that the request does not have has none, and a key without
    /// values counts as absent (*Documented*).
    pub fn get(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}
