//! Reads one shape of the AST.

use serde_json::{Map, Value};

use super::node::NodeReader;
use crate::{
    Origin, ShapeId, codes,
    draft::{Bindings, Draft, Rename, Type},
    id::is_identifier,
};

/// The operations of a resource's life cycle, in the order in which the model lists them.
const LIFE_CYCLE: [&str; 6] = ["create", "put", "read", "update", "delete", "list"];

/// Reads the shape `id`. Returns `None` if its type cannot be read.
pub(super) fn read(
    id: &ShapeId,
    value: &Value,
    origin: Origin,
    is_v1: bool,
    nodes: &mut NodeReader<'_>,
) -> Option<Draft> {
    let object = nodes.object(value, &origin, "a shape")?;
    let (name, of) = type_of(object, &origin, nodes)?;
    nodes.only(object, &origin, &format!("a shape of type `{name}`"), &properties(of));
    let mut draft = Draft::new(id.clone(), of, origin.clone());
    draft.is_v1 = is_v1;
    draft.traits = nodes.traits(object, &origin);
    if name == "set" && !draft.traits.has("smithy.api#uniqueItems") {
        draft.traits.set("smithy.api#uniqueItems", Map::new(), &origin.child("type"));
    }
    if let Some(mixins) = object.get("mixins") {
        draft.mixins = nodes.references(mixins, &origin.child("mixins"), "`mixins`");
    }
    members(object, &mut draft, nodes);
    draft.bindings = bindings(object, of, &origin, nodes);
    Some(draft)
}

fn type_of<'v>(
    object: &'v Map<String, Value>,
    origin: &Origin,
    nodes: &mut NodeReader<'_>,
) -> Option<(&'v str, Type)> {
    let Some(value) = object.get("type") else {
        nodes.error(
            &codes::UNKNOWN_TYPE,
            origin,
            "the shape has no `type`",
            "add one, such as `\"type\": \"structure\"`",
        );
        return None;
    };
    let place = origin.child("type");
    let name = nodes.text(value, &place, "the `type` of a shape")?;
    if name == "set" {
        return Some((name, Type::List));
    }
    let found = Type::NAMED.iter().find(|(known, _)| *known == name);
    if found.is_none() {
        let names = Type::NAMED.iter().map(|(known, _)| *known);
        let remedy = nodes.findings.guess(name, names, "use one of the types of Smithy 2.0");
        nodes.error(&codes::UNKNOWN_TYPE, &place, format!("there is no type `{name}`"), remedy);
    }
    found.map(|(_, of)| (name, *of))
}

/// Returns the properties that a shape of this type may have.
fn properties(of: Type) -> Vec<&'static str> {
    let own: &[&str] = match of {
        Type::Enum | Type::IntEnum | Type::Structure | Type::Union => &["members"],
        Type::List => &["member"],
        Type::Map => &["key", "value"],
        Type::Operation => &["input", "output", "errors"],
        Type::Service => &["version", "operations", "resources", "errors", "rename"],
        Type::Resource => &["identifiers", "properties", "operations", "collectionOperations", "resources"],
        _ => &[],
    };
    let life_cycle: &[&str] = if of == Type::Resource { &LIFE_CYCLE } else { &[] };
    [&["type", "traits", "mixins"], own, life_cycle].concat()
}

fn members(object: &Map<String, Value>, draft: &mut Draft, nodes: &mut NodeReader<'_>) {
    let fixed: &[&str] = match draft.of {
        Type::List => &["member"],
        Type::Map => &["key", "value"],
        _ => &[],
    };
    for name in fixed {
        let Some(value) = object.get(*name) else { continue };
        let place = draft.origin.child(name);
        member(name, value, place, draft, nodes);
    }
    let Some(value) = object.get("members").filter(|_| properties(draft.of).contains(&"members")) else {
        return;
    };
    let place = draft.origin.child("members");
    let Some(members) = nodes.object(value, &place, "`members`") else {
        draft.is_incomplete = true;
        return;
    };
    for (name, value) in members {
        let place = place.child(name);
        if is_identifier(name) {
            member(name, value, place, draft, nodes);
        } else {
            nodes.error(
                &codes::MALFORMED_NAME,
                &place,
                format!("`{name}` cannot be the name of a member"),
                "use letters, digits and underscores, and start with a letter",
            );
            draft.is_incomplete = true;
        }
    }
}

fn member(name: &str, value: &Value, place: Origin, draft: &mut Draft, nodes: &mut NodeReader<'_>) {
    match nodes.member(value, place) {
        Some(member) => {
            draft.members.insert(name.to_owned(), member);
        }
        None => draft.is_incomplete = true,
    }
}

fn bindings(object: &Map<String, Value>, of: Type, origin: &Origin, nodes: &mut NodeReader<'_>) -> Bindings {
    let mut bindings = Bindings::default();
    if of.is_data() {
        return bindings;
    }
    let allowed = properties(of);
    for key in allowed {
        let Some(value) = object.get(key) else { continue };
        let place = origin.child(key);
        let what = format!("`{key}`");
        match key {
            "input" => bindings.input = nodes.reference(value, &place, &what),
            "output" => bindings.output = nodes.reference(value, &place, &what),
            "version" => bindings.version = nodes.text(value, &place, &what).map(str::to_owned),
            "errors" => bindings.errors = nodes.references(value, &place, &what),
            "resources" => bindings.resources = nodes.references(value, &place, &what),
            "identifiers" | "properties" => {
                let Some(entries) = nodes.object(value, &place, &what) else { continue };
                for (name, value) in entries {
                    bindings.data.extend(nodes.reference(
                        value,
                        &place.child(name),
                        &format!("an entry of {what}"),
                    ));
                }
            }
            "rename" => rename(value, &place, &mut bindings, nodes),
            _ => {}
        }
    }
    if of == Type::Resource {
        for key in LIFE_CYCLE {
            let Some(value) = object.get(key) else { continue };
            bindings.operations.extend(nodes.reference(value, &origin.child(key), &format!("`{key}`")));
        }
    }
    for key in ["operations", "collectionOperations"] {
        let Some(value) = object.get(key).filter(|_| of != Type::Operation) else { continue };
        bindings.operations.extend(nodes.references(value, &origin.child(key), &format!("`{key}`")));
    }
    bindings
}

fn rename(value: &Value, origin: &Origin, bindings: &mut Bindings, nodes: &mut NodeReader<'_>) {
    let Some(entries) = nodes.object(value, origin, "`rename`") else { return };
    for (key, value) in entries {
        let place = origin.child(key);
        let Some(id) = ShapeId::parse(key) else {
            nodes.error(
                &codes::MALFORMED_SHAPE_ID,
                &place,
                format!("`rename` must name absolute shape ids, but this is `{key}`"),
                "write it as `namespace#Name`",
            );
            continue;
        };
        let Some(name) = nodes.text(value, &place, "the new name of a shape") else { continue };
        if is_identifier(name) {
            bindings.rename.insert(id, Rename { name: name.to_owned(), origin: place });
        } else {
            nodes.error(
                &codes::MALFORMED_NAME,
                &place,
                format!("`{name}` cannot be the name of a shape"),
                "use letters, digits and underscores, start with a letter, and omit the namespace",
            );
        }
    }
}
