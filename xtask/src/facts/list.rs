//! `server/tests/facts.toml`: the facts that no test shows, each with the reason. Written by hand.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// Facts of operations that are not served yet, by operation: this shrinks.
    #[serde(default)]
    pub(super) not_served_yet: BTreeMap<String, Vec<String>>,
    /// Facts that no test will show.
    #[serde(default)]
    pub(super) not_tested: Vec<NotTested>,
}

/// Facts that share a reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotTested {
    /// Why no test shows them.
    pub(super) reason: String,
    /// Their ids.
    pub(super) facts: Vec<String>,
}
