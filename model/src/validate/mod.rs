//! Whether the drafts make a model: every target there and of the right kind here, the traits in
//! `traits` and `default`, shapes without end in `recursion`.
//!
//! What can only be judged with a protocol or a language in mind is not judged here.

mod default;
mod members;
mod recursion;
mod targets;
mod traits;

use std::collections::BTreeMap;

use crate::{draft::Drafts, findings::Findings, resource};

/// Says everything that is wrong with `drafts`, in which mixins and 1.0 forms have been worked in.
pub(crate) fn validate(drafts: &Drafts, findings: &mut Findings) {
    for draft in drafts.shapes.values() {
        members::check(draft, findings);
        targets::check(draft, drafts, findings);
        traits::check(draft, drafts, findings);
        default::check_repeated(draft, drafts, findings);
    }
    check_case(drafts, findings);
    resource::check_circles(drafts, findings);
    recursion::check(drafts, findings);
}

/// Refuses ids that are the same when case is ignored, as Smithy does.
fn check_case(drafts: &Drafts, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for draft in drafts.shapes.values() {
        if let Some(first) = seen.insert(draft.id.as_str().to_ascii_lowercase(), &draft.id) {
            findings.error(
                &draft.origin,
                Some(&draft.id),
                format!("the shape's id differs from `{first}` in nothing but upper and lower case"),
                "give one of the two another name",
            );
        }
    }
}
