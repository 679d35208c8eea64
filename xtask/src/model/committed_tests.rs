//! Tests of the committed model.

use std::fs;

use serde_json::Value;

use super::{NAMESPACE, SERVICE, corrections::Corrections, families::FAMILIES, write};

/// Returns every file that the generator reads.
fn files() -> Vec<(String, Vec<u8>)> {
    let model = crate::workspace().unwrap().join("model");
    let mut files = write::read(&model).unwrap();
    files.remove("corrections.json");
    files.into_iter().chain(write::read(&model.join(SERVICE)).unwrap()).collect()
}

#[test]
fn model_and_documentation_can_be_loaded() {
    let model = lido_model::load(&files()).unwrap_or_else(|found| panic!("{}", super::report::list(&found)));
    for (_, operations) in FAMILIES {
        for operation in operations {
            assert!(model.find_shape(&format!("{NAMESPACE}#{operation}")).is_some(), "{operation}");
        }
    }
}

#[test]
fn sign_up_family_is_documented() {
    let model = lido_model::load(&files()).unwrap();
    let documented = |name: &str| {
        model
            .find_shape(&format!("{NAMESPACE}#{name}"))
            .and_then(|shape| shape.traits.text("smithy.api#documentation"))
            .is_some()
    };
    let (_, operations) = FAMILIES.iter().find(|(family, _)| *family == "sign-up").unwrap();
    for operation in *operations {
        for name in [operation.to_string(), format!("{operation}Request"), format!("{operation}Response")] {
            assert!(documented(&name), "{name}");
        }
    }
}

#[test]
fn corrections_are_applied() {
    let path = crate::workspace().unwrap().join("model/corrections.json");
    let corrections = Corrections::read(&fs::read(path).unwrap()).unwrap();
    let mut shapes = serde_json::Map::new();
    for bytes in write::read(&crate::workspace().unwrap().join("model").join(SERVICE)).unwrap().values() {
        let mut document: Value = serde_json::from_slice(bytes).unwrap();
        shapes.append(document["shapes"].as_object_mut().unwrap());
    }
    let mut document = serde_json::json!({ "shapes": shapes });
    let error = corrections.apply(&mut document).unwrap_err().to_string();
    assert_eq!(error.matches("changes nothing").count(), corrections.len(), "{error}");
}

#[test]
fn model_contains_no_prose_of_botocore() {
    for (name, bytes) in write::read(&crate::workspace().unwrap().join("model").join(SERVICE)).unwrap() {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("smithy.api#documentation") && !text.contains("<p>"), "{name}");
    }
}
