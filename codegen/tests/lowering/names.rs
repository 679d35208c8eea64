//! Names of the model that emitted code needs for something else.

use serde_json::json;

use super::of;

#[test]
fn a_structure_keeps_its_name_unless_its_file_needs_it() {
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
fn an_operation_may_be_called_as_the_output_of_another() {
    let generated = of(json!({
        "a#S": {"type": "service", "operations": [{"target": "a#Op"}, {"target": "a#OpOutput"}]},
        "a#OpOutput": {"type": "operation"},
        "a#In": {"type": "structure", "members": {}}
    }))
    .unwrap();
    let names = generated.service.operations.iter().map(|operation| operation.output.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["OpOutputShape", "OpOutputOutput"]);
}
