//! Reads the JSON tree of a file into drafts. This module reads the file's top level, `shape` reads one shape, and
//! `node` the parts that all shapes share.

mod node;
mod shape;

use serde_json::{Map, Value};

use crate::{
    Origin, ShapeId, codes,
    document::Document,
    draft::{Apply, Draft, Drafts},
    findings::Findings,
    id::is_identifier,
};
use node::NodeReader;

pub(crate) use node::kind_of;

/// Reads the shapes and `apply` statements of `document` into `drafts`.
pub(crate) fn read(document: &Document<'_>, drafts: &mut Drafts, findings: &mut Findings) {
    let Some(root) = &document.root else { return };
    let top = Origin::top(&document.file);
    let mut nodes = NodeReader { findings, shape: None };
    let Some(root) = nodes.object(root, &top, "a model file") else { return };
    nodes.only(root, &top, "a model file", &["smithy", "metadata", "shapes"]);
    let is_v1 = version(root, &top, &mut nodes) == Some(1);
    if let Some(metadata) = root.get("metadata") {
        nodes.object(metadata, &top.child("metadata"), "`metadata`");
    }
    let Some(shapes) = root.get("shapes") else { return };
    let place = top.child("shapes");
    let Some(shapes) = nodes.object(shapes, &place, "`shapes`") else { return };
    for (key, value) in shapes {
        let origin = place.child(key);
        if is_apply(value) {
            drafts.applies.extend(apply(key, value, origin, &mut nodes));
            continue;
        }
        let Some(id) = ShapeId::parse(key) else {
            refuse_id(key, &origin, nodes.findings);
            continue;
        };
        nodes.shape = Some(id.clone());
        match shape::read(&id, value, origin, is_v1, &mut nodes) {
            Some(draft) => add(draft, drafts, nodes.findings),
            None => {
                drafts.unreadable.insert(id);
            }
        }
        nodes.shape = None;
    }
}

/// Returns the file's major version of Smithy. An unknown version is reported, and the rest of the file is read anyway.
fn version(root: &Map<String, Value>, top: &Origin, nodes: &mut NodeReader<'_>) -> Option<u8> {
    let Some(version) = root.get("smithy") else {
        nodes.error(&codes::SMITHY_VERSION,
            top,
            "the file does not name its version of Smithy",
            "add `\"smithy\": \"2.0\"` at the top; if it is not a Smithy model in JSON AST form, do not load it",
        );
        return None;
    };
    match version.as_str() {
        Some("1" | "1.0") => Some(1),
        Some("2" | "2.0") => Some(2),
        _ => {
            nodes.error(
                &codes::SMITHY_VERSION,
                &top.child("smithy"),
                format!("the Smithy version {version} is not known"),
                "write the model in version \"2.0\" (\"1.0\" is read too)",
            );
            None
        }
    }
}

fn is_apply(value: &Value) -> bool {
    value.get("type").and_then(Value::as_str) == Some("apply")
}

/// Reads an `apply` statement; its key may name a member.
fn apply(key: &str, value: &Value, origin: Origin, nodes: &mut NodeReader<'_>) -> Option<Apply> {
    let (shape, member) = match key.split_once('$') {
        Some((shape, member)) => (shape, Some(member)),
        None => (key, None),
    };
    let Some(target) = ShapeId::parse(shape).filter(|_| member.is_none_or(is_identifier)) else {
        refuse_id(key, &origin, nodes.findings);
        return None;
    };
    nodes.shape = Some(target.clone());
    let object = nodes.object(value, &origin, "an `apply`");
    let traits = object.map(|object| {
        nodes.only(object, &origin, "an `apply`", &["type", "traits"]);
        nodes.traits(object, &origin)
    });
    nodes.shape = None;
    Some(Apply { target, member: member.map(str::to_owned), traits: traits?, origin })
}

/// Adds `draft`, unless its id is taken. Equal definitions in two files are refused too, because a change of one of them
/// would go unnoticed in the other.
fn add(draft: Draft, drafts: &mut Drafts, findings: &mut Findings) {
    let Some(first) = drafts.shapes.get(&draft.id) else {
        drafts.shapes.insert(draft.id.clone(), draft);
        return;
    };
    // Some tools write the prelude into the model. That is accepted if the types are the same.
    let is_prelude = crate::prelude::is_prelude(first);
    if is_prelude && first.of == draft.of {
        return;
    }
    let (message, remedy) = match is_prelude {
        true => (
            format!(
                "the prelude defines this shape as {}, the file as {}",
                first.of.with_article(),
                draft.of.with_article()
            ),
            "remove the definition, or move the shape to a namespace of your own",
        ),
        false => (
            format!("the shape is defined in {} and again in {}", first.origin.file, draft.origin.file),
            "keep one of the definitions; traits can be added from another file with `apply`",
        ),
    };
    findings.error(&codes::DEFINED_TWICE, &draft.origin, Some(&draft.id), message, remedy);
}

fn refuse_id(key: &str, origin: &Origin, findings: &mut Findings) {
    findings.error(
        &codes::MALFORMED_SHAPE_ID,
        origin,
        None,
        format!("`{key}` is not an absolute shape id"),
        "write it as `namespace#Name`; only an `apply` may name a member, as `namespace#Name$member`",
    );
}
