//! The OpenAPI document of the console, made from the table of endpoints.
//!
//! The schemas come from the types that the handlers read and write. Version 3.1, whose schemas are those of JSON Schema
//! 2020-12.

use std::{borrow::Cow, sync::LazyLock};

use schemars::{
    SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::{Map, Value, json};

use super::{
    endpoint::{Answer, Availability, Call, Document, Endpoint, Parameter, ParameterKind},
    endpoints::ENDPOINTS,
    problem::Problem,
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(ENDPOINTS));

pub(super) async fn get(_: Call<'_>) -> Result<Answer, Problem> {
    Answer::ok(&Document(Cow::Borrowed(&*DOCUMENT)))
}

/// Returns the document of these endpoints.
fn document(endpoints: &[Endpoint]) -> Value {
    let mut requests = generator(Contract::Deserialize);
    let mut responses = generator(Contract::Serialize);
    let problem = json!({ "application/json": { "schema": responses.subschema_for::<Problem>() } });
    let mut paths = Map::new();
    for endpoint in endpoints {
        let operation = operation(endpoint, &problem, &mut requests, &mut responses);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(endpoint.verb.as_str().to_lowercase(), operation);
        }
    }
    let mut schemas = requests.take_definitions(true);
    schemas.extend(responses.take_definitions(true));
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lido control",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "What tests and tools do with a server that lido dev has started.",
            "description": "The requests are not signed. Web pages are refused, except that those of --inbox-origin \
                may read messages and codes. lido serve has the health check alone.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

fn generator(contract: Contract) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
        settings.contract = contract;
    });
    settings.into_generator()
}

fn operation(
    endpoint: &Endpoint,
    problem: &Value,
    requests: &mut SchemaGenerator,
    responses: &mut SchemaGenerator,
) -> Value {
    let (status, success) = &endpoint.success;
    let mut answers = Map::new();
    let content = json!({ "application/json": { "schema": success(responses) } });
    answers.insert(status.as_str().to_owned(), json!({ "description": "Success", "content": content }));
    let is_health = endpoint.availability == Availability::Always;
    for status in endpoint.problems {
        // An unhealthy server says so in the form of a healthy one.
        let content = if is_health { &content } else { problem };
        let description = status.canonical_reason().unwrap_or("Error");
        answers.insert(status.as_str().to_owned(), json!({ "description": description, "content": content }));
    }
    if !is_health {
        let description = "Refused: `message` says why, and what to do";
        answers.insert("4XX".to_owned(), json!({ "description": description, "content": problem }));
    }
    answers.sort_keys();
    let in_path = path_parameters(endpoint.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let parameters: Vec<Value> = in_path.chain(endpoint.parameters.iter().map(parameter)).collect();
    let mut operation = json!({ "operationId": endpoint.id, "summary": endpoint.summary });
    if let Some(operation) = operation.as_object_mut() {
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), parameters.into());
        }
        if let Some(body) = endpoint.body {
            let content = json!({ "application/json": { "schema": body(requests) } });
            operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
        }
        operation.insert("responses".to_owned(), answers.into());
    }
    operation
}

/// Returns the names of the parameters in a path.
pub(super) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        ParameterKind::Text => json!({ "type": "string" }),
        ParameterKind::Number { least, most: u64::MAX } => json!({ "type": "integer", "minimum": least }),
        ParameterKind::Number { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        ParameterKind::Duration { .. } => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m)$" }),
    };
    json!({ "name": parameter.name, "in": "query", "description": parameter.description, "schema": schema })
}
