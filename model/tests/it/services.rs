//! Services, resources and operations.

use lido_model::ShapeKind;

use crate::models::{errors, model, operations, refused, shape};

fn resource(name: &str, rest: &str) -> String {
    format!(r#""a.b#{name}": {{"type": "resource" {rest}}},"#)
}

fn operations_named(names: &str) -> String {
    let each = names.split_whitespace().map(|name| format!(r#""a.b#{name}": {{"type": "operation"}}"#));
    each.collect::<Vec<_>>().join(",")
}

#[test]
fn operations_of_resources_are_listed_in_service() {
    let shapes = [
        r#""a.b#S": {"type": "service", "resources": [{"target": "a.b#R"}, {"target": "a.b#Q"}],
            "operations": [{"target": "a.b#Own"}, {"target": "a.b#Get"}]},"#,
        &resource(
            "R",
            r#", "operations": [{"target": "a.b#Act"}], "collectionOperations": [{"target": "a.b#ActAll"}],
               "list": {"target": "a.b#List"}, "delete": {"target": "a.b#Delete"}, "update": {"target": "a.b#Update"},
               "read": {"target": "a.b#Get"}, "put": {"target": "a.b#Put"}, "create": {"target": "a.b#Create"},
               "resources": [{"target": "a.b#Below"}], "identifiers": {"id": {"target": "smithy.api#String"}},
               "properties": {"p": {"target": "smithy.api#Integer"}}"#,
        ),
        &resource(
            "Below",
            r#", "resources": [{"target": "a.b#Deepest"}], "read": {"target": "a.b#GetBelow"}"#,
        ),
        &resource("Deepest", r#", "read": {"target": "a.b#GetDeepest"}, "list": {"target": "a.b#List"}"#),
        &resource("Q", r#", "read": {"target": "a.b#GetQ"}"#),
        &operations_named("Own Get Act ActAll List Delete Update Put Create GetBelow GetDeepest GetQ Stray"),
    ];
    let model = model(&shapes.concat());
    let expected = "Own Get Create Put Update Delete List Act ActAll GetBelow GetDeepest GetQ"
        .split_whitespace()
        .map(|name| format!("a.b#{name}"));
    assert_eq!(operations(&model, "a.b#S"), expected.collect::<Vec<_>>());
    assert!(matches!(shape(&model, "a.b#R").kind, ShapeKind::Resource));
}

#[test]
fn cycle_of_resources_is_refused() {
    let shapes = resource("R", r#", "resources": [{"target": "a.b#Q"}]"#)
        + &resource("Q", r#", "resources": [{"target": "a.b#R"}]"#)
        + &operations_named("X");
    refused(&shapes, &["a.b#R > a.b#Q > a.b#R"]);
}

#[test]
fn unknown_life_cycle_operation_is_refused() {
    refused(
        &(resource("R", r#", "read": {"target": "a.b#Gett"}"#) + &operations_named("Get")),
        &["`read` names the shape"],
    );
}

#[test]
fn deeply_nested_resources_are_listed() {
    let link =
        |n: usize| resource(&format!("R{n}"), &format!(r#", "resources": [{{"target": "a.b#R{}"}}]"#, n + 1));
    let shapes = (0..20_000).map(link).collect::<String>()
        + &resource("R20000", r#", "read": {"target": "a.b#X"}"#)
        + r#""a.b#S": {"type": "service", "resources": [{"target": "a.b#R0"}]},"#
        + &operations_named("X");
    assert_eq!(operations(&model(&shapes), "a.b#S"), ["a.b#X"]);
}

#[test]
fn operation_without_input_and_output_has_unit() {
    let model = model(&operations_named("X"));
    let ShapeKind::Operation { input, output, errors } = &shape(&model, "a.b#X").kind else { panic!() };
    assert_eq!((input.as_str(), output.as_str(), errors.len()), ("smithy.api#Unit", "smithy.api#Unit", 0));
}

#[test]
fn rename_to_invalid_name_is_refused() {
    let service = |rename: &str| {
        format!(r#""a.b#S": {{"type": "service", "rename": {{{rename}}}}}, "a.b#T": {{"type": "string"}}"#)
    };
    let model = model(&service(r#""a.b#T": "Other""#));
    let ShapeKind::Service { rename, version, .. } = &shape(&model, "a.b#S").kind else { panic!() };
    assert_eq!((rename["a.b#T"].as_str(), version.as_str()), ("Other", ""));
    refused(&service(r#""a.b#U": "Other""#), &["`a.b#U`, which does not exist"]);
    refused(&service(r#""U": "Other""#), &["absolute shape ids"]);
    refused(&service(r#""a.b#T": "a.b#Other""#), &["cannot be the name of a shape"]);
    refused(&service(r#""a.b#T": 1"#), &["must be a string"]);
}

#[test]
fn service_references_of_wrong_type_are_refused() {
    let found = errors(
        r#""a.b#S": {"type": "service", "operations": [{"target": "a.b#T"}], "resources": [{"target": "a.b#T"}],
            "errors": [{"target": "a.b#T"}]}, "a.b#T": {"type": "string"}"#,
    );
    let messages: Vec<_> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`operations` names `a.b#T`, which is a string and not an operation",
            "`resources` names `a.b#T`, which is a string and not a resource",
            "`errors` names `a.b#T`, which is a string and not a structure",
        ]
    );
}
