//! Refuses recursive shapes that have no finite value.

use std::collections::HashMap;

use crate::{
    ShapeId, codes,
    draft::{Draft, Drafts, Type},
    findings::Findings,
};

/// Refuses lists and maps that contain only themselves, and structures and unions of which every value contains another
/// value of the same shape.
pub(super) fn check(drafts: &Drafts, findings: &mut Findings) {
    check_collections(drafts, findings);
    check_structures(drafts, findings);
}

/// Finds cycles of lists and maps without a structure or union. Each shape has one successor, so that following it and
/// recording the round in which a shape was visited finds every cycle once.
fn check_collections(drafts: &Drafts, findings: &mut Findings) {
    let mut visited: HashMap<&ShapeId, usize> = HashMap::new();
    for (round, start) in drafts.shapes.values().enumerate() {
        let mut next = Some(start);
        while let Some(draft) = next {
            let successor = match draft.of {
                Type::List => draft.members.get("member"),
                Type::Map => draft.members.get("value"),
                _ => None,
            };
            let Some(member) = successor else { break };
            match visited.insert(&draft.id, round) {
                None => next = drafts.shapes.get(&member.target),
                Some(earlier) => {
                    if earlier == round {
                        findings.error(
                            &codes::NO_FINITE_VALUE,
                            &member.origin.child("target"),
                            Some(&draft.id),
                            format!("the {} contains only itself", draft.of.name()),
                            "add a structure or union to the cycle",
                        );
                    }
                    break;
                }
            }
        }
    }
}

/// A structure has a finite value if the targets of its required members have one, a union if the target of one of its
/// members has one. All shapes with a finite value are found first; the others are refused.
fn check_structures(drafts: &Drafts, findings: &mut Findings) {
    // For each shape, the number of its required members that are not known to be finite, and the shapes that use it.
    let mut open: HashMap<&ShapeId, usize> = HashMap::new();
    let mut waiting: HashMap<&ShapeId, Vec<&ShapeId>> = HashMap::new();
    let mut finite: Vec<&ShapeId> = Vec::new();
    for draft in drafts.shapes.values() {
        let targets: Vec<_> = contained(draft).collect();
        // A target that does not exist has been reported, and counts as finite.
        let known = targets.iter().filter(|target| drafts.shapes.contains_key(**target));
        let count = match known.count() {
            count if draft.of == Type::Union && count < targets.len() => 0,
            count => count,
        };
        for target in targets {
            waiting.entry(target).or_default().push(&draft.id);
        }
        match (count, draft.of) {
            (0, _) => finite.push(&draft.id),
            (_, Type::Union) => drop(open.insert(&draft.id, 1)),
            (count, _) => drop(open.insert(&draft.id, count)),
        }
    }
    while let Some(id) = finite.pop() {
        for waiter in waiting.remove(id).unwrap_or_default() {
            let Some(count) = open.get_mut(waiter) else { continue };
            *count -= 1;
            if *count == 0 {
                open.remove(waiter);
                finite.push(waiter);
            }
        }
    }
    for draft in drafts.shapes.values().filter(|draft| open.contains_key(&draft.id) && !draft.is_mixin()) {
        findings.error(&codes::NO_FINITE_VALUE,
            &draft.origin,
            Some(&draft.id),
            format!(
                "the {} has no finite value: every value contains another one",
                draft.of.name()
            ),
            "make one of the members in the cycle optional, or add a member to the union that is not recursive",
        );
    }
}

/// Returns the targets that a value of `draft` contains: those of required members, or of any member of a union.
fn contained(draft: &Draft) -> impl Iterator<Item = &ShapeId> {
    let is_union = draft.of == Type::Union && !draft.is_incomplete;
    let is_structure = draft.of == Type::Structure;
    let members = draft
        .members
        .values()
        .filter(move |member| is_union || (is_structure && member.traits.has("smithy.api#required")));
    members.map(|member| &member.target)
}
