//! Flattens mixins: what a shape mixes in becomes its own.
//!
//! Shapes are taken in an order in which a mixin comes before its users, so that each is flattened
//! once from finished parts. Nothing here recurses: a chain of mixins may be as long as the file.

use indexmap::IndexMap;
use serde_json::Value;

use crate::{
    ShapeId,
    apply::refuse_member,
    draft::{Bindings, Draft, DraftMember, DraftTraits, Drafts, MIXIN, Reference, Type},
    findings::Findings,
    prelude::UNIT,
};

/// Flattens every shape of `drafts`. Mixins stay in the model as shapes with their trait.
pub(crate) fn flatten(drafts: &mut Drafts, findings: &mut Findings) {
    drop_unusable(drafts, findings);
    for place in order(drafts, findings) {
        let Some((_, draft)) = drafts.shapes.get_index(place) else { continue };
        if draft.mixins.is_empty() && draft.patches.is_empty() {
            continue;
        }
        let flat = flattened(draft, drafts, findings);
        if let Some((_, draft)) = drafts.shapes.get_index_mut(place) {
            *draft = flat;
        }
    }
}

/// Takes references to what cannot be mixed in out of the shapes, and says why.
fn drop_unusable(drafts: &mut Drafts, findings: &mut Findings) {
    let mut unusable: Vec<(usize, usize)> = Vec::new();
    for (place, draft) in drafts.shapes.values().enumerate() {
        for (number, reference) in draft.mixins.iter().enumerate() {
            if !is_usable(draft, reference, drafts, findings) {
                unusable.push((place, number));
            }
        }
    }
    // From the back, so that the numbers of those before stay right.
    for (place, number) in unusable.into_iter().rev() {
        if let Some((_, draft)) = drafts.shapes.get_index_mut(place) {
            draft.mixins.remove(number);
            draft.is_incomplete = true;
        }
    }
}

fn is_usable(draft: &Draft, reference: &Reference, drafts: &Drafts, findings: &mut Findings) -> bool {
    let target = &reference.target;
    let (message, remedy) = match drafts.shapes.get(target) {
        None if drafts.unreadable.contains(target) => return false,
        None => {
            let ids = drafts.shapes.keys().map(ShapeId::as_str);
            let remedy = findings.guess(target.as_str(), ids, "define the mixin, or load the file that does");
            (format!("the mixin `{target}` does not exist"), remedy)
        }
        Some(mixin) if !mixin.is_mixin() => (
            format!("`{target}` is not a mixin"),
            format!("give it the trait `{MIXIN}`, or do not mix it in"),
        ),
        Some(mixin) if mixin.of != draft.of => (
            format!("`{target}` is a {} and cannot be mixed into a {}", mixin.of.name(), draft.of.name()),
            "mix in shapes of the same type only".to_owned(),
        ),
        Some(_) => return true,
    };
    findings.error(&reference.origin, Some(&draft.id), message, remedy);
    false
}

/// The places of all shapes, mixins before their users. A reference that closes a circle is dropped.
fn order(drafts: &mut Drafts, findings: &mut Findings) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; drafts.shapes.len()];
    let mut order = Vec::with_capacity(seen.len());
    let mut closing: Vec<(usize, usize)> = Vec::new();
    for start in 0..drafts.shapes.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        if seen.get(start) != Some(&Seen::No) {
            continue;
        }
        if let Some(state) = seen.get_mut(start) {
            *state = Seen::Open;
        }
        while let Some((place, number)) = path.last_mut() {
            let (here, edge) = (*place, *number);
            *number += 1;
            let Some((_, draft)) = drafts.shapes.get_index(here) else { break };
            let Some(reference) = draft.mixins.get(edge) else {
                if let Some(state) = seen.get_mut(here) {
                    *state = Seen::Done;
                }
                order.push(here);
                path.pop();
                continue;
            };
            let Some(next) = drafts.shapes.get_index_of(&reference.target) else { continue };
            match seen.get(next) {
                Some(Seen::No) => {
                    if let Some(state) = seen.get_mut(next) {
                        *state = Seen::Open;
                    }
                    path.push((next, 0));
                }
                Some(Seen::Open) => {
                    let circle = path.iter().map(|(place, _)| *place).skip_while(|place| *place != next);
                    let names = circle.chain([next]).filter_map(|place| drafts.shapes.get_index(place));
                    let names: Vec<_> = names.map(|(id, _)| id.as_str()).collect();
                    findings.error(
                        &reference.origin,
                        Some(&draft.id),
                        format!("mixins go round in a circle: {}", names.join(" > ")),
                        "take one of these mixins away",
                    );
                    closing.push((here, edge));
                }
                _ => {}
            }
        }
    }
    closing.sort_unstable();
    for (place, number) in closing.into_iter().rev() {
        if let Some((_, draft)) = drafts.shapes.get_index_mut(place) {
            draft.mixins.remove(number);
            draft.is_incomplete = true;
        }
    }
    order
}

/// `draft` with everything its mixins bring; theirs first, its own wins.
fn flattened(draft: &Draft, drafts: &Drafts, findings: &mut Findings) -> Draft {
    let mut traits = DraftTraits::default();
    let mut members = IndexMap::new();
    let mut bindings = Bindings::default();
    let mut is_incomplete = draft.is_incomplete;
    for mixin in draft.mixins.iter().filter_map(|reference| drafts.shapes.get(&reference.target)) {
        is_incomplete |= mixin.is_incomplete;
        let stay = local_traits(mixin);
        for (id, applied) in
            mixin.traits.0.iter().filter(|(id, _)| *id != MIXIN && !stay.contains(&id.as_str()))
        {
            traits.0.insert(id.clone(), applied.clone());
        }
        add_members(draft, &mut members, &mixin.members, findings);
        check_bindings(mixin, findings);
        inherit(&mut bindings, &mixin.bindings);
    }
    traits.overlay(&draft.traits);
    add_members(draft, &mut members, &draft.members, findings);
    inherit(&mut bindings, &draft.bindings);
    let mut flat =
        Draft { traits, members, bindings, is_incomplete, patches: IndexMap::new(), ..draft.clone() };
    for (name, patch) in &draft.patches {
        if let Some(member) = flat.members.get_mut(name) {
            member.traits.overlay(patch);
        } else if !flat.is_incomplete {
            let Some(applied) = patch.0.values().next() else { continue };
            refuse_member(&flat, name, &applied.origin, findings);
        }
    }
    flat
}

/// The traits of a mixin that it keeps to itself.
fn local_traits(mixin: &Draft) -> Vec<&str> {
    let listed = mixin.traits.get(MIXIN).and_then(|applied| applied.value.get("localTraits"));
    listed.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Adds `more`; a member that is there already keeps its place and takes the newer traits.
fn add_members(
    draft: &Draft,
    members: &mut IndexMap<String, DraftMember>,
    more: &IndexMap<String, DraftMember>,
    findings: &mut Findings,
) {
    for (name, member) in more {
        let Some(first) = members.get_mut(name) else {
            members.insert(name.clone(), member.clone());
            continue;
        };
        if first.target == member.target {
            first.traits.overlay(&member.traits);
            first.origin = member.origin.clone();
        } else {
            findings.error(
                &member.origin,
                Some(&draft.id),
                format!(
                    "the member `{name}` targets `{}` here and `{}` where a mixin brings it",
                    member.target, first.target
                ),
                "let both target the same shape, or name one of them differently",
            );
        }
    }
}

/// Refuses what Smithy forbids operations and resources that are mixins to have.
fn check_bindings(mixin: &Draft, findings: &mut Findings) {
    let bindings = &mixin.bindings;
    let forbidden = match mixin.of {
        Type::Operation => [&bindings.input, &bindings.output]
            .into_iter()
            .flatten()
            .find(|reference| reference.target.as_str() != UNIT)
            .map(|reference| (reference, "an operation that is a mixin may not have an input or output")),
        Type::Resource => [&bindings.operations, &bindings.resources, &bindings.data]
            .into_iter()
            .find_map(|references| references.first())
            .map(|reference| (reference, "a resource that is a mixin may not have properties")),
        _ => None,
    };
    if let Some((reference, message)) = forbidden {
        findings.error(
            &reference.origin,
            Some(&mixin.id),
            message,
            "move it to the shapes that use the mixin",
        );
    }
}

/// Adds `more`: single values win, lists and maps grow.
fn inherit(bindings: &mut Bindings, more: &Bindings) {
    let Bindings { version, input, output, errors, operations, resources, data, rename } = more;
    bindings.version = version.clone().or(bindings.version.take());
    bindings.input = input.clone().or(bindings.input.take());
    bindings.output = output.clone().or(bindings.output.take());
    let lists = [
        (&mut bindings.errors, errors),
        (&mut bindings.operations, operations),
        (&mut bindings.resources, resources),
    ];
    for (list, added) in lists {
        for reference in added {
            if !list.iter().any(|known| known.target == reference.target) {
                list.push(reference.clone());
            }
        }
    }
    bindings.data.extend(data.iter().cloned());
    bindings.rename.extend(rename.iter().map(|(id, rename)| (id.clone(), rename.clone())));
}
