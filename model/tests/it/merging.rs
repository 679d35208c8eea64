//! Merging several files, and `apply` statements.

use lido_model::load;
use serde_json::json;

use crate::models::{assert_one_error, file, members, model, refused, shape, shown};

#[test]
fn several_files_are_one_model() {
    let a = file(r#""a.b#L": {"type": "list", "member": {"target": "c.d#S"}}"#);
    let b = file(r#""c.d#S": {"type": "string"}"#);
    let model = load(&[("a.json", a), ("b.json", b)]).unwrap_or_else(|found| panic!("{}", shown(&found)));
    assert_eq!(&*shape(&model, "a.b#L").origin.file, "a.json");
    assert_eq!(&*shape(&model, "c.d#S").origin.file, "b.json");
    assert_eq!(&*shape(&model, "c.d#S").origin.pointer, "/shapes/c.d#S");
}

#[test]
fn equal_shape_in_two_files_is_refused() {
    let a = file(r#""a.b#S": {"type": "string"}"#);
    assert_one_error(
        &load(&[("a.json", &a), ("b.json", &a)]).unwrap_err(),
        &["a.json and again in b.json", "at b.json:"],
    );
}

#[test]
fn ids_differing_only_in_case_are_refused() {
    refused(r#""a.b#Same": {"type": "string"}, "a.B#SAME": {"type": "string"}"#, &["a.B#SAME", "`a.b#Same`"]);
}

#[test]
fn apply_in_any_file_order_is_merged() {
    let shapes = file(
        r#""a.b#S": {"type": "structure", "members": {"m": {"target": "smithy.api#String",
            "traits": {"smithy.api#tags": ["a"]}}}}"#,
    );
    let applies = file(
        r#""a.b#S": {"type": "apply", "traits": {"smithy.api#documentation": "doc", "x.y#z": 1}},
           "a.b#S$m": {"type": "apply", "traits": {"smithy.api#required": {}, "smithy.api#tags": ["b"]}}"#,
    );
    for files in [[("a", &shapes), ("b", &applies)], [("b", &applies), ("a", &shapes)]] {
        let model = load(&files).unwrap_or_else(|found| panic!("{}", shown(&found)));
        assert_eq!(shape(&model, "a.b#S").traits.text("smithy.api#documentation"), Some("doc"));
        assert_eq!(shape(&model, "a.b#S").traits.get("x.y#z"), Some(&json!(1)));
        let member = &members(&model, "a.b#S")[0];
        assert!(member.traits.has("smithy.api#required"));
        assert_eq!(member.traits.get("smithy.api#tags"), Some(&json!(["a", "b"])));
    }
}

/// Loads a string with a trait, and an `apply` of the same trait in another file.
fn apply_twice(
    first: &str,
    second: &str,
    definition: &str,
) -> Result<lido_model::Model, Vec<lido_model::Diagnostic>> {
    let a = file(&format!(r#""a.b#S": {{"type": "string", "traits": {{"x.y#t": {first}}}}} {definition}"#));
    let b = file(&format!(r#""a.b#S": {{"type": "apply", "traits": {{"x.y#t": {second}}}}}"#));
    load(&[("a.json", a), ("b.json", b)])
}

#[test]
fn trait_applied_twice_must_be_equal_or_a_list() {
    let list = r#", "x.y#t": {"type": "list", "member": {"target": "smithy.api#String"}}"#;
    let document = r#", "x.y#t": {"type": "document", "traits": {"smithy.api#trait": {}}}"#;
    let value = |model: lido_model::Model| shape(&model, "a.b#S").traits.get("x.y#t").cloned();
    assert_eq!(value(apply_twice("{\"a\": 1}", "{\"a\": 1}", "").unwrap()), Some(json!({"a": 1})));
    assert_eq!(value(apply_twice("[1]", "[1, 2]", "").unwrap()), Some(json!([1, 1, 2])));
    assert_eq!(value(apply_twice("[1]", "[2]", list).unwrap()), Some(json!([1, 2])));
    let parts = ["`x.y#t`", "first at a.json#/shapes/a.b#S/traits/x.y#t", "#/shapes/a.b#S/traits/x.y#t"];
    assert_one_error(&apply_twice("1", "2", "").unwrap_err(), &parts);
    assert_one_error(&apply_twice("[1]", "[2]", document).unwrap_err(), &parts);
    assert_one_error(&apply_twice("[1]", "2", "").unwrap_err(), &parts);
}

#[test]
fn apply_to_unknown_target_is_refused() {
    let thing = r#""a.b#Thing": {"type": "structure", "members": {"name": {"target": "smithy.api#String"}}}"#;
    let apply = |target: &str| format!(r#"{thing}, "{target}": {{"type": "apply", "traits": {{}}}}"#);
    refused(&apply("a.b#Thin"), &["does not exist", "did you mean `a.b#Thing`?"]);
    refused(&apply("a.b#Thing$nam"), &["`nam`, which the structure does not have", "did you mean `name`?"]);
    refused(&apply("a.b#Thing$name$x"), &["not an absolute shape id"]);
    refused(
        &format!(r#"{thing}, "a.b#Thing$name": {{"type": "apply", "trait": {{}}}}"#),
        &["did you mean `traits`?"],
    );
}

#[test]
fn apply_to_prelude_shape_is_merged() {
    let model = model(r#""smithy.api#String": {"type": "apply", "traits": {"x.y#z": 1}}"#);
    assert!(shape(&model, "smithy.api#String").traits.has("x.y#z"));
}
