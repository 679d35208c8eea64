//! Conversion of Smithy 1.0 forms.

use lido_model::{Diagnostic, Model, ShapeKind, load};
use serde_json::json;

use crate::models::{members, model, names, refused, shape, shown};

fn load_v1(shapes: &str) -> Result<Model, Vec<Diagnostic>> {
    load(&[("a.json", format!(r#"{{"smithy": "1.0", "shapes": {{{shapes}}}}}"#))])
}

fn model_v1(shapes: &str) -> Model {
    load_v1(shapes).unwrap_or_else(|found| panic!("{}", shown(&found)))
}

#[test]
fn set_is_list_with_unique_items() {
    let model = model_v1(r#""a.b#S": {"type": "set", "member": {"target": "smithy.api#String"}}"#);
    let set = shape(&model, "a.b#S");
    assert!(matches!(set.kind, ShapeKind::List(_)));
    assert_eq!(set.traits.get("smithy.api#uniqueItems"), Some(&json!({})));
}

#[test]
fn v1_numbers_and_booleans_have_defaults_unless_boxed() {
    let model = model_v1(
        r#""a.b#Int": {"type": "integer"}, "a.b#Boxed": {"type": "integer", "traits": {"smithy.api#box": {}}},
           "a.b#L": {"type": "list", "member": {"target": "smithy.api#PrimitiveInteger"}},
           "a.b#S": {"type": "structure", "members": {
               "own": {"target": "a.b#Int"}, "boxed": {"target": "a.b#Boxed"},
               "boxedHere": {"target": "a.b#Int", "traits": {"smithy.api#box": {}}},
               "prelude": {"target": "smithy.api#Integer"}, "primitive": {"target": "smithy.api#PrimitiveBoolean"},
               "text": {"target": "smithy.api#String"}}}"#,
    );
    assert_eq!(shape(&model, "a.b#Int").traits.get("smithy.api#default"), Some(&json!(0)));
    assert_eq!(shape(&model, "a.b#Boxed").traits.iter().count(), 0);
    let defaults: Vec<_> = members(&model, "a.b#S")
        .iter()
        .map(|member| member.traits.get("smithy.api#default").cloned())
        .collect();
    assert_eq!(defaults, [Some(json!(0)), None, Some(json!(null)), None, Some(json!(false)), None]);
    assert!(members(&model, "a.b#S").iter().all(|member| !member.traits.has("smithy.api#box")));
    assert!(
        matches!(&shape(&model, "a.b#L").kind, ShapeKind::List(member) if member.traits.iter().count() == 0)
    );
}

#[test]
fn v2_numbers_have_no_defaults() {
    let model = model(r#""a.b#Int": {"type": "integer"}"#);
    assert_eq!(shape(&model, "a.b#Int").traits.iter().count(), 0);
}

fn enumeration(definitions: &str) -> String {
    format!(r#""a.b#E": {{"type": "string", "traits": {{"smithy.api#enum": {definitions}, "x.y#z": 1}}}}"#)
}

#[test]
fn string_with_enum_trait_is_enum() {
    let shapes = enumeration(
        r#"[{"value": "t2.micro"}, {"value": "b", "name": "B_NAME", "documentation": "doc", "deprecated": true,
            "tags": ["internal", "x"]}, {"value": "c", "deprecated": false}]"#,
    );
    for model in [model(&shapes), model_v1(&shapes)] {
        assert_eq!(names(&model, "a.b#E"), ["t2_micro", "B_NAME", "c"]);
        let traits = &shape(&model, "a.b#E").traits;
        assert!(traits.has("x.y#z") && !traits.has("smithy.api#enum"));
        let values: Vec<_> = members(&model, "a.b#E")
            .iter()
            .map(|member| member.traits.text("smithy.api#enumValue"))
            .collect();
        assert_eq!(values, [Some("t2.micro"), Some("b"), Some("c")]);
        let second = &members(&model, "a.b#E")[1];
        assert_eq!(second.traits.text("smithy.api#documentation"), Some("doc"));
        assert_eq!(second.traits.get("smithy.api#tags"), Some(&json!(["internal", "x"])));
        assert!(second.traits.has("smithy.api#deprecated") && second.traits.has("smithy.api#internal"));
        assert_eq!(second.target.as_str(), "smithy.api#Unit");
        assert_eq!(&*second.origin.pointer, "/shapes/a.b#E/traits/smithy.api#enum/1");
        assert!(!members(&model, "a.b#E")[2].traits.has("smithy.api#deprecated"));
    }
}

#[test]
fn malformed_enum_trait_is_refused() {
    refused(&enumeration("[]"), &["at least one value"]);
    refused(&enumeration("{}"), &["must be a list"]);
    refused(&enumeration("[1]"), &["must be an object, but this is a number", "/traits/smithy.api#enum/0"]);
    refused(&enumeration(r#"[{"name": "A"}]"#), &["has no `value`"]);
    refused(&enumeration(r#"[{"value": ""}]"#), &["has no `value`"]);
    refused(
        &enumeration(r##"[{"value": "#a"}]"##),
        &["no name can be derived from the enum value `#a`", "give it a `name`"],
    );
    refused(&enumeration(r#"[{"value": "a", "name": "1"}]"#), &["\"1\" cannot be the name"]);
    refused(
        &enumeration(r#"[{"value": "a.b"}, {"value": "a-b"}]"#),
        &["two values of the enum are named `a_b`"],
    );
    refused(
        &enumeration(r#"[{"value": "a", "name": "A"}, {"value": "a", "name": "B"}]"#),
        &["lists the value `a` twice"],
    );
    refused(r#""a.b#E": {"type": "blob", "traits": {"smithy.api#enum": []}}"#, &["is not allowed on a blob"]);
}

#[test]
fn v1_member_may_be_sensitive() {
    model_v1(
        r#""a.b#S": {"type": "structure", "members": {"m": {"target": "smithy.api#String", "traits": {"smithy.api#sensitive": {}}}}}"#,
    );
}
