//! The schema of `server/tests/facts.toml`, which lists the facts without a test. It is written by hand.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The facts without a test.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UntestedFacts {
    /// Ids of facts about operations that are not served yet, by operation.
    #[serde(default)]
    pub(super) not_served_yet: BTreeMap<String, Vec<String>>,
    /// Facts that will have no test.
    #[serde(default)]
    pub(super) not_tested: Vec<ReasonGroup>,
}

/// Facts that have no test for the same reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReasonGroup {
    pub(super) reason: String,
    /// The ids of the facts.
    pub(super) facts: Vec<String>,
}
