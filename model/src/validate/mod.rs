//! Validates drafts: members, targets, values of known traits, defaults, and recursion.
//!
//! Rules that depend on a protocol or on Rust are not checked here but in `lido-codegen`.

mod default;
mod known_traits;
mod members;
mod recursion;
mod targets;
mod traits;

use std::collections::BTreeMap;

use crate::{codes, draft::Drafts, findings::Findings, resource};

/// Reports every error of `drafts`, in which mixins are flattened and 1.0 forms converted.
pub(crate) fn validate(drafts: &Drafts, findings: &mut Findings) {
    for draft in drafts.shapes.values() {
        members::check(draft, findings);
        targets::check(draft, drafts, findings);
        traits::check(draft, drafts, findings);
        default::check_repeated(draft, drafts, findings);
    }
    check_case(drafts, findings);
    resource::check_cycles(drafts, findings);
    recursion::check(drafts, findings);
}

/// Refuses ids that differ only in case, as Smithy does.
fn check_case(drafts: &Drafts, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for draft in drafts.shapes.values() {
        if let Some(first) = seen.insert(draft.id.as_str().to_ascii_lowercase(), &draft.id) {
            findings.error(
                &codes::CASE,
                &draft.origin,
                Some(&draft.id),
                format!("the shape's id differs from `{first}` only in case"),
                "rename one of them",
            );
        }
    }
}
