//! Refuses shapes of which no value could ever be written down.

use std::collections::HashMap;

use crate::{
    ShapeId,
    draft::{Draft, Drafts, Type},
    findings::Findings,
};

/// Refuses lists and maps that hold nothing but themselves, and structures and unions every value of
/// which would have to hold another one of its kind.
pub(super) fn check(drafts: &Drafts, findings: &mut Findings) {
    check_bare(drafts, findings);
    check_endless(drafts, findings);
}

/// Circles of lists and maps without a structure or union in them. Each has one way on, so following
/// it and counting the round in which a shape was met finds every circle once.
fn check_bare(drafts: &Drafts, findings: &mut Findings) {
    let mut met: HashMap<&ShapeId, usize> = HashMap::new();
    for (round, start) in drafts.shapes.values().enumerate() {
        let mut next = Some(start);
        while let Some(draft) = next {
            let onward = match draft.of {
                Type::List => draft.members.get("member"),
                Type::Map => draft.members.get("value"),
                _ => None,
            };
            let Some(member) = onward else { break };
            match met.insert(&draft.id, round) {
                None => next = drafts.shapes.get(&member.target),
                Some(earlier) => {
                    if earlier == round {
                        findings.error(
                            &member.origin.child("target"),
                            Some(&draft.id),
                            format!("the {} holds nothing but itself", draft.of.name()),
                            "put a structure or union in between",
                        );
                    }
                    break;
                }
            }
        }
    }
}

/// A structure has an end when the targets of its required members have one; a union when one of its
/// members has. Whatever has none after all that have were found never ends.
fn check_endless(drafts: &Drafts, findings: &mut Findings) {
    // For each shape how many required members are still open, and which shapes wait for it.
    let mut open: HashMap<&ShapeId, usize> = HashMap::new();
    let mut waiting: HashMap<&ShapeId, Vec<&ShapeId>> = HashMap::new();
    let mut ended: Vec<&ShapeId> = Vec::new();
    for draft in drafts.shapes.values() {
        let targets: Vec<_> = holds(draft).collect();
        // What does not exist was said already and is taken to end.
        let known = targets.iter().filter(|target| drafts.shapes.contains_key(**target));
        let count = match known.count() {
            count if draft.of == Type::Union && count < targets.len() => 0,
            count => count,
        };
        for target in targets {
            waiting.entry(target).or_default().push(&draft.id);
        }
        match (count, draft.of) {
            (0, _) => ended.push(&draft.id),
            (_, Type::Union) => drop(open.insert(&draft.id, 1)),
            (count, _) => drop(open.insert(&draft.id, count)),
        }
    }
    while let Some(id) = ended.pop() {
        for waiter in waiting.remove(id).unwrap_or_default() {
            let Some(count) = open.get_mut(waiter) else { continue };
            *count -= 1;
            if *count == 0 {
                open.remove(waiter);
                ended.push(waiter);
            }
        }
    }
    for draft in drafts.shapes.values().filter(|draft| open.contains_key(&draft.id) && !draft.is_mixin()) {
        findings.error(
            &draft.origin,
            Some(&draft.id),
            format!(
                "no value of this {} could ever end: it must always hold another of its kind",
                draft.of.name()
            ),
            "make one of the members on the way round optional, or give the union a member that ends",
        );
    }
}

/// What a value of `draft` cannot be without.
fn holds(draft: &Draft) -> impl Iterator<Item = &ShapeId> {
    let is_union = draft.of == Type::Union && !draft.is_incomplete;
    let is_structure = draft.of == Type::Structure;
    let members = draft
        .members
        .values()
        .filter(move |member| is_union || (is_structure && member.traits.has("smithy.api#required")));
    members.map(|member| &member.target)
}
