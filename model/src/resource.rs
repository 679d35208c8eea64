//! Resources: collects their operations for the service, and refuses cycles of resources.

use std::collections::HashSet;

use crate::{
    codes,
    cycle::walk,
    draft::{Draft, Drafts, Reference},
    findings::Findings,
};

/// Returns every operation of `service`: its own, then those of each resource and its descendants.
pub(crate) fn operations_of(service: &Draft, drafts: &Drafts) -> Vec<Reference> {
    let mut operations = service.bindings.operations.clone();
    let mut seen = HashSet::new();
    // A stack: children are visited before the siblings of their parent.
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

/// Refuses resources that contain themselves.
pub(crate) fn check_cycles(drafts: &Drafts, findings: &mut Findings) {
    for closing in walk(drafts, |draft| &draft.bindings.resources).closing {
        findings.error(
            &codes::RESOURCE_CYCLE,
            &closing.reference.origin,
            Some(&closing.draft.id),
            format!("resources contain each other in a cycle: {}", closing.cycle),
            "remove one of these resources from the other",
        );
    }
}
