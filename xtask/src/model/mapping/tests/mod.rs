//! Tests of the mapping with short descriptions.

mod malformed;
mod operations;
mod shapes;

use serde_json::{Value, json};

use super::{Imported, import};

/// Returns a description with these shapes, and an operation that uses none of them.
fn with_shapes(shapes: &Value) -> Value {
    description(&json!({}), &json!({ "Ping": {} }), shapes)
}

/// Returns a description with these operations.
fn with_operations(operations: &Value) -> Value {
    description(
        &json!({}),
        operations,
        &json!({
            "In": { "type": "structure", "members": {} },
            "Out": { "type": "structure", "members": {} },
            "Refused": { "type": "structure", "members": {}, "exception": true },
        }),
    )
}

/// Returns a description with additional or changed metadata.
fn with_metadata(metadata: &Value) -> Value {
    description(metadata, &json!({}), &json!({}))
}

fn description(metadata: &Value, operations: &Value, shapes: &Value) -> Value {
    let mut description = json!({
        "version": "2.0",
        "metadata": {
            "apiVersion": "2026-01-02",
            "endpointPrefix": "pets",
            "jsonVersion": "1.1",
            "protocol": "json",
            "serviceId": "Pet Shop",
            "signatureVersion": "v4",
            "targetPrefix": "PetShop_2026",
        },
        "operations": operations,
        "shapes": shapes,
        "documentation": "<p>Prose.</p>",
    });
    for (name, value) in metadata.as_object().into_iter().flatten() {
        description["metadata"][name] = value.clone();
    }
    description
}

fn imported(description: &Value) -> Imported {
    import(description.to_string().as_bytes()).unwrap()
}

/// Imports a description and returns the shape of this name.
fn shape(description: &Value, name: &str) -> Value {
    imported(description).document["shapes"][format!("com.amazonaws.petshop#{name}")].take()
}

/// Returns the errors of a description that is refused.
fn refusals(description: &Value) -> Vec<String> {
    let found = import(description.to_string().as_bytes()).unwrap_err();
    found.into_iter().map(|diagnostic| diagnostic.message).collect()
}

/// Returns the warnings of a description, except the one that all descriptions here have.
fn warnings(description: &Value) -> Vec<String> {
    let found = imported(description).warnings.into_iter();
    found.map(|warning| warning.message).filter(|message| !message.starts_with("`version` of the")).collect()
}
