//! Resources: which operations they bring to a service, and whether they hold each other.

use std::collections::HashSet;

use crate::{
    circle::walk,
    draft::{Draft, Drafts, Reference},
    findings::Findings,
};

/// Every operation of `service`: its own, then those of each resource with all that lies below it.
pub(crate) fn operations_of(service: &Draft, drafts: &Drafts) -> Vec<Reference> {
    let mut operations = service.bindings.operations.clone();
    let mut seen = HashSet::new();
    // The next resource lies on top, so that children come before the siblings of their parent.
    let mut waiting: Vec<&Reference> = service.bindings.resources.iter().rev().collect();
    while let Some(next) = waiting.pop() {
        let Some(resource) = drafts.shapes.get(&next.target).filter(|_| seen.insert(&next.target)) else {
            continue;
        };
        operations.extend(resource.bindings.operations.iter().cloned());
        waiting.extend(resource.bindings.resources.iter().rev());
    }
    operations
}

/// Refuses resources that lie within themselves.
pub(crate) fn check_circles(drafts: &Drafts, findings: &mut Findings) {
    for closing in walk(drafts, |draft| &draft.bindings.resources).closing {
        findings.error(
            &closing.reference.origin,
            Some(&closing.draft.id),
            format!("resources lie within themselves: {}", closing.way),
            "take one of these resources out of the other",
        );
    }
}
