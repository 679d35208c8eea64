//! Helpers of the other modules: load small models, check diagnostics, and find shapes.

use lido_model::{Diagnostic, Member, Model, Shape, ShapeKind, load};

/// Returns a Smithy 2.0 file with these shapes.
pub(crate) fn file(shapes: &str) -> String {
    format!(r#"{{"smithy": "2.0", "shapes": {{{shapes}}}}}"#)
}

/// Loads a 2.0 file with these shapes, which must be valid.
pub(crate) fn model(shapes: &str) -> Model {
    load(&[("a.json", file(shapes))]).unwrap_or_else(|found| panic!("{}", shown(&found)))
}

/// Returns the errors of a 2.0 file with these shapes.
pub(crate) fn errors(shapes: &str) -> Vec<Diagnostic> {
    load(&[("a.json", file(shapes))]).err().unwrap_or_default()
}

/// Asserts that these shapes have exactly one error, and that its text, with position and remedy, contains `parts`.
pub(crate) fn refused(shapes: &str, parts: &[&str]) {
    assert_one_error(&errors(shapes), parts);
}

/// Asserts that `found` is one error whose text contains `parts`.
pub(crate) fn assert_one_error(found: &[Diagnostic], parts: &[&str]) {
    let text = shown(found);
    assert_eq!(found.len(), 1, "expected one error, found:\n{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
}

pub(crate) fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(|one| format!("{one}\n")).collect()
}

pub(crate) fn shape<'m>(model: &'m Model, id: &str) -> &'m Shape {
    model.find_shape(id).unwrap_or_else(|| panic!("there is no shape {id}"))
}

/// Returns the members of a structure, union or enum.
pub(crate) fn members<'m>(model: &'m Model, id: &str) -> &'m [Member] {
    match &shape(model, id).kind {
        ShapeKind::Structure(members)
        | ShapeKind::Union(members)
        | ShapeKind::Enum(members)
        | ShapeKind::IntEnum(members) => members,
        other => panic!("{id} has no members: {other:?}"),
    }
}

pub(crate) fn names<'m>(model: &'m Model, id: &str) -> Vec<&'m str> {
    members(model, id).iter().map(|member| member.name.as_str()).collect()
}

/// Returns the operations of a service.
pub(crate) fn operations<'m>(model: &'m Model, id: &str) -> Vec<&'m str> {
    match &shape(model, id).kind {
        ShapeKind::Service { operations, .. } => operations.iter().map(|id| id.as_str()).collect(),
        other => panic!("{id} is not a service: {other:?}"),
    }
}
