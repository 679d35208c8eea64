//! Converts Smithy 1.0 forms to 2.0: default values of numbers and booleans, and strings with the trait `enum`.
//!
//! A `set` is converted to a list when it is read.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::{
    Origin, ShapeId, codes,
    draft::{Draft, DraftMember, Drafts, Type},
    findings::Findings,
    id::is_identifier,
    prelude::{UNIT, zero},
    read::kind_of,
};

const BOX: &str = "smithy.api#box";
const DEFAULT: &str = "smithy.api#default";
const ENUM: &str = "smithy.api#enum";
const ENUM_VALUE: &str = "smithy.api#enumValue";

/// Adds the trait `default` to shapes and structure members of 1.0 files that are not boxed, and removes the trait
/// `box`, as Smithy's migration guide describes.
pub(crate) fn defaults(drafts: &mut Drafts) {
    for draft in drafts.shapes.values_mut().filter(|draft| draft.is_v1) {
        let is_boxed = draft.traits.0.shift_remove(BOX).is_some();
        if let Some(zero) = zero(draft.of).filter(|_| !is_boxed && !draft.traits.has(DEFAULT)) {
            let origin = draft.origin.clone();
            draft.traits.set(DEFAULT, zero, &origin);
        }
    }
    let targets: IndexMap<ShapeId, Value> = drafts
        .shapes
        .values()
        .filter_map(|draft| Some((draft.id.clone(), draft.traits.get(DEFAULT)?.value.clone())))
        .collect();
    for draft in drafts.shapes.values_mut().filter(|draft| draft.is_v1) {
        let is_structure = draft.of == Type::Structure;
        for member in draft.members.values_mut() {
            let is_boxed = member.traits.0.shift_remove(BOX).is_some();
            let Some(value) = targets.get(&member.target).filter(|_| is_structure) else { continue };
            if !member.traits.has(DEFAULT) {
                // A default of null on a boxed member excludes the default of its target.
                let value = if is_boxed { Value::Null } else { value.clone() };
                let origin = member.origin.clone();
                member.traits.set(DEFAULT, value, &origin);
            }
        }
    }
}

/// Converts strings with the trait `enum` to enums, in files of either version, and adds the trait `enumValue` to the
/// members of 2.0 enums that lack it: the value is the name then.
pub(crate) fn enums(drafts: &mut Drafts, findings: &mut Findings) {
    for draft in drafts.shapes.values_mut() {
        if draft.of == Type::Enum {
            for (name, member) in &mut draft.members {
                if !member.traits.has(ENUM_VALUE) {
                    let origin = member.origin.clone();
                    member.traits.set(ENUM_VALUE, name.as_str(), &origin);
                }
            }
        }
        let Some(applied) = draft.traits.get(ENUM).cloned() else { continue };
        if draft.of != Type::String {
            findings.error(
                &codes::TRAIT_VALUE,
                &applied.origin,
                Some(&draft.id),
                format!("the trait `{ENUM}` is not allowed on {}", draft.of.with_article()),
                "apply it to a string, or better, make the shape an `enum` with members",
            );
            continue;
        }
        let mut upgrade =
            Upgrade { shape: draft.id.clone(), members: IndexMap::new(), values: BTreeSet::new() };
        if upgrade.read(&applied.value, &applied.origin, findings).is_none() {
            draft.is_incomplete = true;
        }
        become_enum(draft, upgrade.members);
    }
}

fn become_enum(draft: &mut Draft, members: IndexMap<String, DraftMember>) {
    draft.of = Type::Enum;
    draft.members = members;
    draft.traits.0.shift_remove(ENUM);
}

/// Reads the definitions of an `enum` trait.
struct Upgrade {
    shape: ShapeId,
    members: IndexMap<String, DraftMember>,
    values: BTreeSet<String>,
}

impl Upgrade {
    /// Reads all definitions. Returns `None` if one of them is refused.
    fn read(&mut self, value: &Value, origin: &Origin, findings: &mut Findings) -> Option<()> {
        let Some(definitions) = value.as_array().filter(|list| !list.is_empty()) else {
            let message = format!("the trait `{ENUM}` must be a list with at least one value");
            findings.error(
                &codes::TRAIT_VALUE,
                origin,
                Some(&self.shape),
                message,
                "write it as `[{\"value\": \"…\", \"name\": \"…\"}]`",
            );
            return None;
        };
        let before = definitions.len();
        for (place, definition) in definitions.iter().enumerate() {
            if let Err((message, remedy)) = self.add(definition, &origin.child(place)) {
                findings.error(&codes::ENUM_VALUE, &origin.child(place), Some(&self.shape), message, remedy);
            }
        }
        (self.members.len() == before).then_some(())
    }

    fn add(&mut self, definition: &Value, origin: &Origin) -> Result<(), (String, &'static str)> {
        let Some(object) = definition.as_object() else {
            let message =
                format!("a value of an enum must be an object, but this is {}", kind_of(definition));
            return Err((message, "write it as `{\"value\": \"…\", \"name\": \"…\"}`"));
        };
        let Some(value) = object.get("value").and_then(Value::as_str).filter(|value| !value.is_empty())
        else {
            return Err((
                "an enum definition has no `value`".into(),
                "add one that is a string and not empty",
            ));
        };
        let name = match object.get("name") {
            None => name_of(value),
            Some(name) => name.as_str().filter(|name| is_identifier(name)).map(str::to_owned),
        };
        let Some(name) = name else {
            let message = match object.get("name") {
                None => format!("no name can be derived from the enum value `{value}`"),
                Some(name) => format!("{name} cannot be the name of an enum value"),
            };
            return Err((
                message,
                "give it a `name` of letters, digits and underscores that starts with a letter",
            ));
        };
        if self.members.contains_key(&name) {
            return Err((
                format!("two values of the enum are named `{name}`"),
                "give each value a `name` of its own",
            ));
        }
        if !self.values.insert(value.to_owned()) {
            return Err((format!("the enum lists the value `{value}` twice"), "remove one of them"));
        }
        self.members.insert(name, member(value, object, origin));
        Ok(())
    }
}

/// Returns the enum member for a definition of 1.0.
fn member(value: &str, definition: &Map<String, Value>, origin: &Origin) -> DraftMember {
    let mut member = DraftMember {
        target: ShapeId::prelude(UNIT.trim_start_matches("smithy.api#")),
        traits: Default::default(),
        origin: origin.clone(),
    };
    member.traits.set(ENUM_VALUE, value, &origin.child("value"));
    for key in ["documentation", "tags"] {
        if let Some(value) = definition.get(key) {
            member.traits.set(&format!("smithy.api#{key}"), value.clone(), &origin.child(key));
        }
    }
    if definition.get("deprecated") == Some(&Value::Bool(true)) {
        member.traits.set("smithy.api#deprecated", Map::new(), &origin.child("deprecated"));
    }
    let tags = definition.get("tags").and_then(Value::as_array);
    if tags.is_some_and(|tags| tags.iter().any(|tag| tag == "internal")) {
        member.traits.set("smithy.api#internal", Map::new(), &origin.child("tags"));
    }
    member
}

/// Derives a name from a value: blanks, dots, dashes, colons and slashes become underscores. Returns `None` if the value
/// has any other character that a name cannot have.
fn name_of(value: &str) -> Option<String> {
    let mut name = String::new();
    let mut in_gap = false;
    for c in value.chars() {
        let is_gap = c.is_ascii_whitespace() || matches!(c, '-' | '.' | ':' | '/');
        match (is_gap, in_gap) {
            (false, _) => name.push(c),
            (true, false) => name.push('_'),
            (true, true) => {}
        }
        in_gap = is_gap;
    }
    is_identifier(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn name_of_value_replaces_separators() {
        let table = [
            ("Foo", Some("Foo")),
            ("t2.micro", Some("t2_micro")),
            ("a - b", Some("a_b")),
            ("application/json", Some("application_json")),
            ("::x", Some("_x")),
            ("1st", None),
            ("-", None),
            ("", None),
            ("a+b", None),
            ("é", None),
        ];
        for (value, expected) in table {
            assert_eq!(name_of(value).as_deref(), expected, "{value}");
        }
    }
}
