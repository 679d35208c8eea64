//! Inputs and outputs as JSON documents, for tests that cover every member of an operation's input.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::support::{TestServer, raw_requests};

/// Calls an operation and returns its output.
///
/// # Errors
///
/// The error type and the message of a refusal.
pub(crate) async fn call(
    server: &TestServer,
    operation: &str,
    body: &Value,
) -> Result<Value, (String, String)> {
    let response =
        raw_requests::send(server.address, operation, raw_requests::PAWS_HEADERS, &body.to_string()).await;
    let output: Value = serde_json::from_str(&response.body).unwrap_or_default();
    if response.status == 200 {
        return Ok(output);
    }
    let text = |member: &str| output[member].as_str().unwrap_or_default().to_owned();
    Err((text("__type"), text("message")))
}

/// Returns `base` with the members of `overrides`; a member that is null there is removed.
pub(crate) fn merge(base: &Value, overrides: &Value) -> Value {
    let mut all = base.as_object().cloned().unwrap_or_default();
    for (name, value) in overrides.as_object().into_iter().flatten() {
        match value {
            Value::Null => all.remove(name),
            _ => all.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(all)
}

/// Asserts that `output` has every member of `input` with the same value; it may have more members.
///
/// `path` is where the two are in their documents, for the assertion's message.
pub(crate) fn assert_contains(input: &Value, output: &Value, path: &str) {
    match (input, output) {
        (Value::Object(input), Value::Object(output)) => {
            for (name, value) in input {
                let path = format!("{path}.{name}");
                let member = output.get(name).unwrap_or_else(|| panic!("{path} is missing in the output"));
                assert_contains(value, member, &path);
            }
        }
        (Value::Array(input), Value::Array(output)) => {
            assert_eq!(input.len(), output.len(), "{path}");
            for (expected, item) in input.iter().zip(output) {
                assert_contains(expected, item, path);
            }
        }
        _ => assert_eq!(input, output, "{path}"),
    }
}

/// Returns the path of every member that the model has in an operation's input, such as `.Policies.PasswordPolicy`.
/// The keys of a map are not part of a path.
pub(crate) fn input_member_paths(operation: &str) -> BTreeSet<String> {
    let shapes = shapes();
    let input = format!("com.amazonaws.cognitoidentityprovider#{operation}Request");
    let mut paths = BTreeSet::new();
    collect_shape(&shapes, &input, "", &mut paths);
    paths
}

/// Returns the names of the members that the input of an operation has in the model and does not require.
pub(crate) fn optional_members_of_input(operation: &str) -> BTreeSet<String> {
    let input = format!("com.amazonaws.cognitoidentityprovider#{operation}Request");
    let shapes = shapes();
    let members = shapes.get(&input).and_then(|shape| shape["members"].as_object()).into_iter().flatten();
    let optional = members.filter(|(_, member)| member["traits"].get("smithy.api#required").is_none());
    optional.map(|(name, _)| name.clone()).collect()
}

/// Returns the names of the members that the input of an operation requires in the model.
pub(crate) fn required_members_of_input(operation: &str) -> BTreeSet<String> {
    let input = format!("com.amazonaws.cognitoidentityprovider#{operation}Request");
    let shapes = shapes();
    let members = shapes.get(&input).and_then(|shape| shape["members"].as_object()).into_iter().flatten();
    let required = members.filter(|(_, member)| member["traits"].get("smithy.api#required").is_some());
    required.map(|(name, _)| name.clone()).collect()
}

/// Returns the names of all operations of the model, in alphabetical order.
pub(crate) fn operations_of_the_model() -> BTreeSet<String> {
    let operations = shapes().into_iter().filter(|(_, shape)| shape["type"] == "operation");
    operations.filter_map(|(id, _)| Some(id.split_once('#')?.1.to_owned())).collect()
}

/// Returns the values of an enum of the model.
pub(crate) fn values_of_enum(name: &str) -> Vec<String> {
    let shapes = shapes();
    let shape = shapes.get(&format!("com.amazonaws.cognitoidentityprovider#{name}"));
    let members = shape.and_then(|shape| shape["members"].as_object()).into_iter().flatten();
    let value = |member: &Value| member["traits"]["smithy.api#enumValue"].as_str().map(str::to_owned);
    members.filter_map(|(_, member)| value(member)).collect()
}

fn shapes() -> Map<String, Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../model/cognito-idp");
    let mut shapes = Map::new();
    for file in std::fs::read_dir(folder).expect("the model") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let mut file: Value = serde_json::from_str(&text).expect("JSON");
        shapes.extend(file["shapes"].as_object_mut().map(std::mem::take).unwrap_or_default());
    }
    shapes
}

fn collect_shape(shapes: &Map<String, Value>, shape: &str, path: &str, paths: &mut BTreeSet<String>) {
    let Some(definition) = shapes.get(shape) else { return };
    let target = |value: &Value| value["target"].as_str().unwrap_or_default().to_owned();
    match definition["type"].as_str() {
        Some("structure") => {
            for (name, member) in definition["members"].as_object().into_iter().flatten() {
                let path = format!("{path}.{name}");
                collect_shape(shapes, &target(member), &path, paths);
                paths.insert(path);
            }
        }
        Some("list") => collect_shape(shapes, &target(&definition["member"]), path, paths),
        _ => {}
    }
}

/// Returns the path of every member in these documents.
pub(crate) fn member_paths(documents: &[&Value]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for document in documents {
        collect_value(document, "", &mut paths);
    }
    paths
}

fn collect_value(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}.{name}");
                collect_value(value, &path, paths);
                paths.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_value(item, path, paths)),
        _ => {}
    }
}
