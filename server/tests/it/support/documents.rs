//! Requests as documents, where a test is about every member that there is and not about a few.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::support::{TestServer, raw_requests};

/// Sends a document; gives the answer, or the type and the text of a refusal.
pub(crate) async fn call(
    server: &TestServer,
    operation: &str,
    body: &Value,
) -> Result<Value, (String, String)> {
    let answer = raw_requests::send(server.address, operation, raw_requests::PAWS, &body.to_string()).await;
    let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if answer.status == 200 {
        return Ok(told);
    }
    let text = |member: &str| told[member].as_str().unwrap_or_default().to_owned();
    Err((text("__type"), text("message")))
}

/// `base` with the members of `over`; one that is null takes a member away.
pub(crate) fn with(base: &Value, over: &Value) -> Value {
    let mut all = base.as_object().cloned().unwrap_or_default();
    for (name, value) in over.as_object().into_iter().flatten() {
        match value {
            Value::Null => all.remove(name),
            _ => all.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(all)
}

/// Asserts that everything in `sent` is in `told`, which may say more.
pub(crate) fn assert_given_back(sent: &Value, told: &Value, at: &str) {
    match (sent, told) {
        (Value::Object(sent), Value::Object(told)) => {
            for (name, value) in sent {
                let at = format!("{at}.{name}");
                assert_given_back(value, told.get(name).unwrap_or_else(|| panic!("{at} is not told")), &at);
            }
        }
        (Value::Array(sent), Value::Array(told)) => {
            assert_eq!(sent.len(), told.len(), "{at}");
            for (one, other) in sent.iter().zip(told) {
                assert_given_back(one, other, at);
            }
        }
        _ => assert_eq!(sent, told, "{at}"),
    }
}

/// Every path of members that the input of an operation has in the model; a map ends it.
pub(crate) fn paths_of_input(operation: &str) -> BTreeSet<String> {
    let shapes = shapes();
    let input = format!("com.amazonaws.cognitoidentityprovider#{operation}Request");
    let mut paths = BTreeSet::new();
    collect_shape(&shapes, &input, "", &mut paths);
    paths
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

fn collect_shape(shapes: &Map<String, Value>, shape: &str, at: &str, paths: &mut BTreeSet<String>) {
    let Some(definition) = shapes.get(shape) else { return };
    let target = |value: &Value| value["target"].as_str().unwrap_or_default().to_owned();
    match definition["type"].as_str() {
        Some("structure") => {
            for (name, member) in definition["members"].as_object().into_iter().flatten() {
                let at = format!("{at}.{name}");
                collect_shape(shapes, &target(member), &at, paths);
                paths.insert(at);
            }
        }
        Some("list") => collect_shape(shapes, &target(&definition["member"]), at, paths),
        _ => {}
    }
}

/// Every path of members in documents.
pub(crate) fn paths_in(documents: &[&Value]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for document in documents {
        collect_value(document, "", &mut paths);
    }
    paths
}

fn collect_value(value: &Value, at: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let at = format!("{at}.{name}");
                collect_value(value, &at, paths);
                paths.insert(at);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_value(item, at, paths)),
        _ => {}
    }
}
