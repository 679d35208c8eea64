//! Flattens mixins: adds their members, traits and references to the shapes that use them.
//!
//! Shapes are processed in topological order, a mixin before its users, so that each is flattened once. Nothing here
//! recurses over mixins, because a chain of them may be of any length.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{
    ShapeId,
    apply::refuse_member,
    codes,
    cycle::{Walk, walk},
    draft::{Bindings, Draft, DraftMember, DraftTraits, Drafts, MIXIN, Reference, Type},
    findings::Findings,
    prelude::UNIT,
};

/// Maximum size in bytes of all copies of mixins. Every user of a mixin gets a copy, so that without a limit a small
/// file could exhaust the memory; real models need a thousandth of this.
const MAX_COPIED: usize = 256 << 20;

/// Approximate size in bytes of the smallest value or member.
const MIN_SIZE: usize = 128;

/// Flattens every shape of `drafts`. Mixins remain in the model as shapes with the trait `mixin`.
pub(crate) fn flatten(drafts: &mut Drafts, findings: &mut Findings) {
    drop_unusable(drafts, findings);
    let mut sizes: HashMap<ShapeId, usize> = HashMap::new();
    let mut room = MAX_COPIED;
    for place in order(drafts, findings) {
        let Some((id, draft)) = drafts.shapes.get_index(place) else { continue };
        let id = id.clone();
        if !draft.mixins.is_empty() || !draft.patches.is_empty() {
            let copied = draft.mixins.iter().filter_map(|reference| sizes.get(&reference.target));
            room = room.saturating_sub(copied.fold(0, |sum: usize, size| sum.saturating_add(*size)));
            if room == 0 {
                findings.error(
                    &codes::MIXIN_SIZE,
                    &draft.origin,
                    Some(&draft.id),
                    "mixins make the model too large: flattened, they exceed 256 MiB",
                    "use mixins less often, or make them smaller",
                );
                return;
            }
            let flat = flattened(draft, drafts, findings);
            if let Some((_, draft)) = drafts.shapes.get_index_mut(place) {
                *draft = flat;
            }
        }
        if let Some(mixin) = drafts.shapes.get(&id).filter(|draft| draft.is_mixin()) {
            let size = size(mixin);
            sizes.insert(id, size);
        }
    }
}

/// Returns the approximate size in bytes of a copy of `mixin`.
fn size(mixin: &Draft) -> usize {
    let Bindings { errors, operations, resources, data, rename, .. } = &mixin.bindings;
    let bound = errors.len() + operations.len() + resources.len() + data.len() + rename.len();
    let traits = [&mixin.traits].into_iter().chain(mixin.members.values().map(|member| &member.traits));
    let applied = traits.flat_map(|traits| traits.0.values());
    applied.map(|applied| value_size(&applied.value)).sum::<usize>()
        + mixin
            .members
            .iter()
            .map(|(name, member)| MIN_SIZE + name.len() + member.origin.pointer.len())
            .sum::<usize>()
        + bound * MIN_SIZE
}

/// The JSON parser bounds the depth of values, and so of this recursion.
fn value_size(value: &Value) -> usize {
    MIN_SIZE
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(value_size).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| key.len() + value_size(value)).sum(),
            _ => 0,
        }
}

/// Removes and reports references to shapes that cannot be mixed in.
fn drop_unusable(drafts: &mut Drafts, findings: &mut Findings) {
    let mut unusable: Vec<(usize, usize)> = Vec::new();
    for (place, draft) in drafts.shapes.values().enumerate() {
        for (number, reference) in draft.mixins.iter().enumerate() {
            if !is_usable(draft, reference, drafts, findings) {
                unusable.push((place, number));
            }
        }
    }
    drop_mixins(drafts, unusable);
}

fn is_usable(draft: &Draft, reference: &Reference, drafts: &Drafts, findings: &mut Findings) -> bool {
    let target = &reference.target;
    let (code, message, remedy) = match drafts.shapes.get(target) {
        None if drafts.unreadable.contains(target) => return false,
        None => {
            let ids = drafts.shapes.keys().map(ShapeId::as_str);
            let remedy = findings.guess(target.as_str(), ids, "define the mixin, or load the file that does");
            (&codes::MISSING_SHAPE, format!("the mixin `{target}` does not exist"), remedy)
        }
        Some(mixin) if !mixin.is_mixin() => (
            &codes::MIXIN_UNUSABLE,
            format!("`{target}` is not a mixin"),
            format!("give it the trait `{MIXIN}`, or remove it from `mixins`"),
        ),
        Some(mixin) if mixin.of != draft.of => (
            &codes::MIXIN_UNUSABLE,
            format!(
                "`{target}` is {} and cannot be mixed into {}",
                mixin.of.with_article(),
                draft.of.with_article()
            ),
            "mix in shapes of the same type only".to_owned(),
        ),
        Some(_) => return true,
    };
    findings.error(code, &reference.origin, Some(&draft.id), message, remedy);
    false
}

/// Returns the indices of all shapes, mixins before their users. A reference that closes a cycle is removed.
fn order(drafts: &mut Drafts, findings: &mut Findings) -> Vec<usize> {
    let Walk { order, closing } = walk(drafts, |draft| &draft.mixins);
    for closing in &closing {
        findings.error(
            &codes::MIXIN_CYCLE,
            &closing.reference.origin,
            Some(&closing.draft.id),
            format!("mixins form a cycle: {}", closing.cycle),
            "remove one of these mixins",
        );
    }
    let mut closing: Vec<_> = closing.iter().map(|closing| (closing.place, closing.number)).collect();
    closing.sort_unstable();
    drop_mixins(drafts, closing);
    order
}

/// Removes the mixins with these indices of shape and reference, which are sorted.
fn drop_mixins(drafts: &mut Drafts, dropped: Vec<(usize, usize)>) {
    // From the end, so that the indices of those before stay valid.
    for (place, number) in dropped.into_iter().rev() {
        if let Some((_, draft)) = drafts.shapes.get_index_mut(place) {
            draft.mixins.remove(number);
            draft.is_incomplete = true;
        }
    }
}

/// Returns `draft` with the members, traits and references of its mixins. They come first; its own take precedence.
fn flattened(draft: &Draft, drafts: &Drafts, findings: &mut Findings) -> Draft {
    let mut traits = DraftTraits::default();
    let mut members = IndexMap::new();
    let mut bindings = Bindings::default();
    let mut is_incomplete = draft.is_incomplete;
    for mixin in draft.mixins.iter().filter_map(|reference| drafts.shapes.get(&reference.target)) {
        is_incomplete |= mixin.is_incomplete;
        let local = local_traits(mixin);
        for (id, applied) in
            mixin.traits.0.iter().filter(|(id, _)| *id != MIXIN && !local.contains(&id.as_str()))
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

/// Returns the traits that a mixin does not pass on to its users.
fn local_traits(mixin: &Draft) -> Vec<&str> {
    let listed = mixin.traits.get(MIXIN).and_then(|applied| applied.value.get("localTraits"));
    listed.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Adds `more`. An existing member keeps its position and gets the traits of the new one.
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
                &codes::MIXIN_CONFLICT,
                &member.origin,
                Some(&draft.id),
                format!(
                    "the member `{name}` targets `{}` here and `{}` in a mixin",
                    member.target, first.target
                ),
                "make both target the same shape, or rename one of them",
            );
        }
    }
}

/// Refuses references that Smithy does not allow on operations and resources that are mixins.
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
            &codes::MIXIN_UNUSABLE,
            &reference.origin,
            Some(&mixin.id),
            message,
            "move it to the shapes that use the mixin",
        );
    }
}

/// Adds `more`: single values replace existing ones, lists and maps are extended.
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
