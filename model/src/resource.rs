//! Resources: which operations they bring to a service, and whether they hold each other.

use std::collections::HashSet;

use crate::{
    draft::{Draft, Drafts, Reference, Type},
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

/// Refuses resources that lie within themselves, each circle once.
pub(crate) fn check_circles(drafts: &Drafts, findings: &mut Findings) {
    let mut done: HashSet<usize> = HashSet::new();
    for start in 0..drafts.shapes.len() {
        let is_resource =
            |place| drafts.shapes.get_index(place).is_some_and(|(_, draft)| draft.of == Type::Resource);
        if !is_resource(start) || done.contains(&start) {
            continue;
        }
        let mut open: HashSet<usize> = HashSet::from([start]);
        let mut path = vec![(start, 0)];
        while let Some((place, number)) = path.last_mut() {
            let (here, edge) = (*place, *number);
            *number += 1;
            let Some((_, draft)) = drafts.shapes.get_index(here) else { break };
            let Some(reference) = draft.bindings.resources.get(edge) else {
                done.insert(here);
                open.remove(&here);
                path.pop();
                continue;
            };
            let Some(next) = drafts.shapes.get_index_of(&reference.target) else { continue };
            if open.contains(&next) {
                let circle =
                    path.iter().map(|(place, _)| *place).skip_while(|place| *place != next).chain([next]);
                let names =
                    circle.filter_map(|place| drafts.shapes.get_index(place)).map(|(id, _)| id.as_str());
                findings.error(
                    &reference.origin,
                    Some(&draft.id),
                    format!("resources lie within themselves: {}", names.collect::<Vec<_>>().join(" > ")),
                    "take one of these resources out of the other",
                );
            } else if is_resource(next) && !done.contains(&next) {
                open.insert(next);
                path.push((next, 0));
            }
        }
    }
}
