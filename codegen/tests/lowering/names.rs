//! Names of the model that conflict with names of generated code.

use serde_json::json;

use super::of;

#[test]
fn structure_named_as_value_type_is_renamed_if_it_contains_one() {
    let of_members = |members| {
        let shapes = json!({
            "a#In": {"type": "structure", "members": {"x": {"target": "a#Document"}}},
            "a#Document": {"type": "structure", "members": members}
        });
        of(shapes).unwrap().service.types[0].name.clone()
    };
    assert_eq!(of_members(json!({"x": {"target": "smithy.api#String"}})), "Document");
    assert_eq!(of_members(json!({"x": {"target": "smithy.api#Document"}})), "DocumentShape");
}

#[test]
fn emitted_paths_are_qualified() {
    let generated = of(json!({
        "a#In": {"type": "structure", "members": {"x": {"target": "a#Document"}}},
        "a#Document": {"type": "structure", "members": {"x": {"target": "smithy.api#Timestamp"}}}
    }))
    .unwrap();
    let file = &generated.files["src/types/structures/document.rs"];
    assert!(file.contains("pub x: Option<lido_runtime::types::DateTime>,"), "{file}");
    assert!(!file.contains("\nuse "), "{file}");
}

#[test]
fn operation_named_as_output_of_another_keeps_its_name() {
    let generated = of(json!({
        "a#S": {"type": "service", "operations": [{"target": "a#Op"}, {"target": "a#OpOutput"}]},
        "a#OpOutput": {"type": "operation"},
        "a#In": {"type": "structure", "members": {}}
    }))
    .unwrap();
    let names = generated.service.operations.iter().map(|operation| operation.output.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["OpOutputShape", "OpOutputOutput"]);
}
