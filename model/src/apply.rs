//! Works `apply` statements into the shapes they name.

use indexmap::map::Entry;
use serde_json::Value;

use crate::{
    ShapeId,
    draft::{Draft, DraftTraits, Drafts, Type},
    findings::Findings,
};

/// Applies every statement of `drafts`. Those on members that a mixin has yet to bring are left with
/// the shape as patches.
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

/// Says that `draft` has no member `name`, which the `apply` at `origin` speaks of.
pub(crate) fn refuse_member(draft: &Draft, name: &str, origin: &crate::Origin, findings: &mut Findings) {
    let names = draft.members.keys().map(String::as_str);
    let remedy = findings.guess(name, names, "add the member to the shape, or leave the `apply` out");
    findings.error(
        origin,
        Some(&draft.id),
        format!("`apply` names the member `{name}`, which the {} does not have", draft.of.name()),
        remedy,
    );
}

/// Which of some traits are lists according to their definition, where the model holds it.
struct ListTraits(Vec<(String, bool)>);

impl ListTraits {
    fn among(traits: &DraftTraits, drafts: &Drafts) -> Self {
        let defined = traits.0.keys().filter_map(|id| Some((id.clone(), drafts.shapes.get(id.as_str())?.of)));
        Self(defined.map(|(id, of)| (id, of == Type::List)).collect())
    }

    /// A trait without a definition counts as a list when its values are written as lists.
    fn may_hold(&self, id: &str) -> bool {
        self.0.iter().find(|(known, _)| known == id).is_none_or(|(_, is_list)| *is_list)
    }
}

/// Adds `more` to `traits` by the rules of Smithy for a trait that is applied twice: lists are put
/// one after the other, equal values are one, anything else is an error.
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
