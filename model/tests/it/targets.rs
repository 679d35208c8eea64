//! Targets and required members.

use crate::models::{errors, model, refused, shown};

#[test]
fn missing_target_is_refused_with_suggestion() {
    let shapes = |target: &str| {
        format!(
            r#""com.example#Thing": {{"type": "string"}},
               "com.example#L": {{"type": "list", "member": {{"target": "{target}"}}}}"#
        )
    };
    let place = "#/shapes/com.example#L/member/target";
    refused(&shapes("com.example#Thingg"), &["com.example#L:", place, "did you mean `com.example#Thing`?"]);
    refused(&shapes("com.sample#Thing"), &["did you mean `com.example#Thing`?"]);
    refused(&shapes("com.example#Strin"), &["did you mean `smithy.api#String`?"]);
    refused(&shapes("com.example#Str"), &["remedy: define it, or load the file that does"]);
    refused(&shapes("com.example#String"), &["did you mean `smithy.api#String`?"]);
}

#[test]
fn every_missing_target_is_reported() {
    let shapes: Vec<_> = (0..2000)
        .map(|n| {
            format!(r#""a.b#Shape{n:05}": {{"type": "list", "member": {{"target": "a.b#Shapf{n:05}"}}}}"#)
        })
        .collect();
    assert_eq!(errors(&shapes.join(",")).len(), 2000);
}

#[test]
fn input_output_or_error_of_wrong_type_is_refused() {
    let operation = |key: &str| {
        format!(
            r#""a.b#O": {{"type": "operation", {key}}}, "a.b#T": {{"type": "string"}}, "a.b#S": {{"type": "structure"}}"#
        )
    };
    refused(
        &operation(r#""input": {"target": "a.b#T"}"#),
        &["`input` names `a.b#T`, which is a string and not a structure"],
    );
    refused(&operation(r#""output": {"target": "a.b#T"}"#), &["`output` names `a.b#T`"]);
    refused(
        &operation(r#""errors": [{"target": "a.b#T"}]"#),
        &["`errors` names `a.b#T`", "/errors/0/target"],
    );
    refused(&operation(r#""errors": [{"target": "a.b#S"}]"#), &["lacks the trait `smithy.api#error`"]);
    refused(&operation(r#""input": {"target": "a.b#No"}"#), &["`a.b#No`, which does not exist"]);
    model(&operation(r#""input": {"target": "smithy.api#Unit"}"#));
}

#[test]
fn member_targeting_operation_or_unit_is_refused() {
    let member = |target: &str| {
        format!(
            r#""a.b#S": {{"type": "structure", "members": {{"m": {{"target": "{target}"}}}}}}, "a.b#O": {{"type": "operation"}}"#
        )
    };
    refused(&member("a.b#O"), &["the member `m` targets `a.b#O`, which is an operation"]);
    refused(&member("smithy.api#Unit"), &["only for members of unions and enums"]);
    model(r#""a.b#U": {"type": "union", "members": {"u": {"target": "smithy.api#Unit"}}}"#);
}

#[test]
fn map_key_that_is_not_a_string_is_refused() {
    let map = |key: &str| {
        format!(
            r#""a.b#M": {{"type": "map", "key": {{"target": "{key}"}}, "value": {{"target": "smithy.api#Blob"}}}},
               "a.b#E": {{"type": "enum", "members": {{"A": {{"target": "smithy.api#Unit"}}}}}}"#
        )
    };
    model(&map("smithy.api#String"));
    model(&map("a.b#E"));
    refused(&map("smithy.api#Integer"), &["keys of a map must be strings", "/key/target"]);
}

#[test]
fn shape_without_required_member_is_refused() {
    refused(r#""a.b#L": {"type": "list"}"#, &["the list has no `member`"]);
    refused(
        r#""a.b#M": {"type": "map", "key": {"target": "smithy.api#String"}}"#,
        &["the map has no `value`"],
    );
    for of in ["union", "enum", "intEnum"] {
        refused(&format!(r#""a.b#X": {{"type": "{of}"}}"#), &[&format!("the {of} has no members")]);
    }
    model(r#""a.b#S": {"type": "structure"}"#);
}

#[test]
fn members_differing_only_in_case_are_refused() {
    refused(
        r#""a.b#S": {"type": "structure", "members": {"ab": {"target": "smithy.api#String"}, "aB": {"target": "smithy.api#String"}}}"#,
        &["`ab` and `aB`"],
    );
}

#[test]
fn enum_value_of_wrong_form_is_refused() {
    let of = |of: &str, traits: &str| {
        format!(
            r#""a.b#E": {{"type": "{of}", "members": {{"A": {{"target": "smithy.api#Unit", "traits": {{{traits}}}}}}}}}"#
        )
    };
    let value = |value: &str| format!(r#""smithy.api#enumValue": {value}"#);
    let model = model(&of("enum", ""));
    assert_eq!(crate::models::members(&model, "a.b#E")[0].traits.text("smithy.api#enumValue"), Some("A"));
    refused(&of("enum", &value("1")), &["needs strings", "/members/A/traits/smithy.api#enumValue"]);
    refused(&of("enum", &value("\"\"")), &["not empty"]);
    refused(&of("intEnum", ""), &["has no value"]);
    for bad in ["\"1\"", "1.5", "2147483648", "null"] {
        refused(&of("intEnum", &value(bad)), &["not an integer of 32 bits"]);
    }
    refused(
        r#""a.b#E": {"type": "enum", "members": {"A": {"target": "smithy.api#Unit"},
            "B": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "A"}}}}"#,
        &["the value of `B` is also that of another member"],
    );
    refused(
        r#""a.b#E": {"type": "enum", "members": {"A": {"target": "smithy.api#String"}}}"#,
        &["targets `smithy.api#String`", "smithy.api#Unit"],
    );
}

#[test]
fn shape_without_finite_value_is_refused() {
    refused(
        r#""a.b#L": {"type": "list", "member": {"target": "a.b#M"}},
           "a.b#M": {"type": "map", "key": {"target": "smithy.api#String"}, "value": {"target": "a.b#L"}},
           "a.b#N": {"type": "list", "member": {"target": "a.b#L"}}"#,
        &["contains only itself"],
    );
    let structure = |name: &str, target: &str, traits: &str| {
        format!(
            r#""a.b#{name}": {{"type": "structure", "members": {{"m": {{"target": "{target}", "traits": {{{traits}}}}}}}}}"#
        )
    };
    let required = r#""smithy.api#required": {}"#;
    model(&structure("S", "a.b#S", ""));
    refused(&structure("S", "a.b#S", required), &["the structure has no finite value"]);
    let union = |members: &str| format!(r#""a.b#U": {{"type": "union", "members": {{{members}}}}}"#);
    let again = r#""again": {"target": "a.b#S"}"#;
    let found = errors(&format!("{}, {}", structure("S", "a.b#U", required), union(again)));
    assert_eq!(found.len(), 2, "{}", shown(&found));
    let end = r#""end": {"target": "smithy.api#Unit"}"#;
    model(&format!("{}, {}", structure("S", "a.b#U", required), union(&format!("{again}, {end}"))));
    let lost = r#""lost": {"target": "a.b#Lost"}"#;
    refused(
        &format!("{}, {}", structure("S", "a.b#U", required), union(&format!("{again}, {lost}"))),
        &["`a.b#Lost`"],
    );
}
