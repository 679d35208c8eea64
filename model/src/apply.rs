//! Merges `apply` statements into the shapes that they name.

use indexmap::map::Entry;
use serde_json::Value;

use crate::{
    ShapeId, codes,
    draft::{Draft, DraftTraits, Drafts, Type},
    findings::Findings,
};

/// Merges every statement of `drafts`. A statement about a member that comes from a mixin is stored as a patch of the
/// shape, until mixins are flattened.
pub(crate) fn merge(drafts: &mut Drafts, findings: &mut Findings) {
    for apply in std::mem::take(&mut drafts.applies) {
        let lists = ListTraits::among(&apply.traits, drafts);
        let Some(draft) = drafts.shapes.get_mut(&apply.target) else {
            if !drafts.unreadable.contains(&apply.target) {
                let remedy = findings.guess(
                    apply.target.as_str(),
                    drafts.shapes.keys().map(ShapeId::as_str),
                    "define the shape, or load the file that does",
                );
                findings.error(
                    &codes::MISSING_SHAPE,
                    &apply.origin,
                    Some(&apply.target),
                    "`apply` names a shape that does not exist",
                    remedy,
                );
            }
            continue;
        };
        let id = draft.id.clone();
        match apply.member {
            None => combine(&mut draft.traits, apply.traits, &lists, &id, findings),
            Some(name) => {
                if let Some(own) = draft.members.get_mut(&name) {
                    combine(&mut own.traits, apply.traits, &lists, &id, findings);
                } else if !draft.mixins.is_empty() {
                    let patch = draft.patches.entry(name).or_default();
                    combine(patch, apply.traits, &lists, &id, findings);
                } else if !draft.is_incomplete {
                    refuse_member(draft, &name, &apply.origin, findings);
                }
            }
        }
    }
}

/// Reports that the `apply` at `origin` names a member that `draft` does not have.
pub(crate) fn refuse_member(draft: &Draft, name: &str, origin: &crate::Origin, findings: &mut Findings) {
    let names = draft.members.keys().map(String::as_str);
    let remedy = findings.guess(name, names, "add the member to the shape, or remove the `apply`");
    findings.error(
        &codes::MISSING_SHAPE,
        origin,
        Some(&draft.id),
        format!("`apply` names the member `{name}`, which the {} does not have", draft.of.name()),
        remedy,
    );
}

/// For each trait that the model defines, whether its values are lists.
struct ListTraits(Vec<(String, bool)>);

impl ListTraits {
    fn among(traits: &DraftTraits, drafts: &Drafts) -> Self {
        let defined = traits.0.keys().filter_map(|id| Some((id.clone(), drafts.shapes.get(id.as_str())?.of)));
        Self(defined.map(|(id, of)| (id, of == Type::List)).collect())
    }

    /// Returns whether the trait's values may be lists. A trait without a definition may have any value.
    fn may_hold(&self, id: &str) -> bool {
        self.0.iter().find(|(known, _)| known == id).is_none_or(|(_, is_list)| *is_list)
    }
}

/// Adds `more` to `traits` by Smithy's rules for a trait that is applied twice: lists are concatenated, equal values are
/// merged, and different values are an error.
fn combine(
    traits: &mut DraftTraits,
    more: DraftTraits,
    lists: &ListTraits,
    shape: &ShapeId,
    findings: &mut Findings,
) {
    for (id, applied) in more.0 {
        let may_be_list = lists.may_hold(&id);
        match traits.0.entry(id) {
            Entry::Vacant(free) => {
                free.insert(applied);
            }
            Entry::Occupied(mut taken) => {
                let first = taken.get();
                if let (true, Value::Array(_), Value::Array(added)) =
                    (may_be_list, &first.value, &applied.value)
                {
                    let added = added.clone();
                    if let Value::Array(items) = &mut taken.get_mut().value {
                        items.extend(added);
                    }
                } else if first.value != applied.value {
                    findings.error(
                        &codes::TRAIT_CONFLICT,
                        &applied.origin,
                        Some(shape),
                        format!(
                            "the trait `{}` is applied twice with different values, first at {}#{}",
                            taken.key(),
                            first.origin.file,
                            first.origin.pointer
                        ),
                        "keep one of the two values",
                    );
                }
            }
        }
    }
}
