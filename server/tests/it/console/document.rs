//! The OpenAPI document: an example of a request for each operation in it is sent, and its answer is compared with the
//! document. So is the answer to the same request about something that does not exist.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::console;
use crate::support::{PoolAndClient, TestServer};

/// An example of a request, for an operation of the document.
struct Example {
    id: &'static str,
    /// The values of parameters, in the path and in the query.
    parameters: Vec<(&'static str, String)>,
    body: Option<Value>,
}

fn example(id: &'static str, parameters: &[(&'static str, &str)], body: Option<Value>) -> Example {
    let parameters = parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Example { id, parameters, body }
}

/// Returns one example for each operation. They run in this order, against a server with a user `ann` who has signed up.
fn examples(created: &PoolAndClient, message: &str) -> Vec<Example> {
    let (id, none) = (("id", message), None::<Value>);
    let (pool, ann) = (("pool", created.pool.as_str()), ("user", "ann"));
    vec![
        example("getHealth", &[], none.clone()),
        example("getHealthLive", &[], none.clone()),
        example("getHealthReady", &[], none.clone()),
        example("getDocument", &[], none.clone()),
        example("getSeed", &[], none.clone()),
        example("listMessages", &[("username", "ann"), ("limit", "10"), ("wait", "1s")], none.clone()),
        example("getMessage", &[id], none.clone()),
        example("listPools", &[("limit", "1")], none.clone()),
        example("listClients", &[pool], none.clone()),
        example("listUsers", &[pool, ("filter", "username%20=%20%22ann%22")], none.clone()),
        example("getUser", &[pool, ann], none.clone()),
        example("listCodes", &[pool, ann], none.clone()),
        example("confirmUser", &[pool, ann], none.clone()),
        example("issueTokens", &[pool, ann], Some(json!({"clientId": created.client}))),
        example(
            "setFault",
            &[],
            Some(json!({
                "effect": "error", "operation": "SignUp", "error": "InternalErrorException", "message": "no",
                "delay": "1s", "count": 1, "probability": 0.5,
            })),
        ),
        example("listFaults", &[], none.clone()),
        example("getFault", &[("id", "1")], none.clone()),
        example("deleteFault", &[("id", "1")], none.clone()),
        example("deleteFaults", &[], none.clone()),
        example("deleteMessage", &[id], none.clone()),
        example("deleteMessages", &[("to", "ann@example.com")], none.clone()),
        example("getClock", &[], none.clone()),
        example("advanceClock", &[], Some(json!({"advanceSeconds": 60}))),
        example("setClock", &[], Some(json!({"now": "2026-11-21T07:00:00Z"}))),
        example("resetClock", &[], none.clone()),
        example("deleteUsers", &[pool], none.clone()),
        example("deletePool", &[pool], none.clone()),
        example("reset", &[], none),
    ]
}

/// An operation of the document.
struct Documented {
    method: String,
    path: String,
    operation: Value,
}

impl Documented {
    /// Returns the operations of a document by their ids.
    fn all(document: &Value) -> BTreeMap<String, Documented> {
        let mut found = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let id = operation["operationId"].as_str().expect("an id").to_owned();
                let documented = Documented {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    operation: operation.clone(),
                };
                assert!(found.insert(id, documented).is_none(), "{path} has an id twice");
            }
        }
        found
    }

    /// Returns the target of a request with these values of parameters, each of which is in the document.
    fn target(&self, parameters: &[(&str, String)]) -> String {
        let (mut path, mut query) = (self.path.clone(), Vec::new());
        for (name, value) in parameters {
            let declared = self.operation["parameters"].as_array().into_iter().flatten();
            let declared = declared.filter(|parameter| parameter["name"] == *name).collect::<Vec<_>>();
            let [parameter] = declared.as_slice() else { panic!("{}: {name}", self.path) };
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), value),
                _ => query.push(format!("{name}={value}")),
            }
        }
        assert!(!path.contains('{'), "{path} lacks a parameter");
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }

    /// Asserts that the document has an answer with this status and a body of this shape.
    fn check_answer(&self, document: &Value, status: u16, body: &Value) {
        let responses = self.operation["responses"].as_object().expect("responses");
        let class = format!("{}XX", status / 100);
        let response = responses.get(&status.to_string()).or_else(|| responses.get(&class));
        let response = response.unwrap_or_else(|| panic!("{} {}: {status}", self.method, self.path));
        let schema = &response["content"]["application/json"]["schema"];
        check_shape(document, schema, body, &format!("{} {} {status}", self.method, self.path));
    }
}

/// Asserts that a value has the shape of a schema of the document.
fn check_shape(document: &Value, schema: &Value, value: &Value, of: &str) {
    assert!(schema.is_object(), "{of} has no schema");
    let schema = json!({"allOf": [schema], "components": document["components"]});
    let validator: Validator =
        jsonschema::draft202012::options().should_validate_formats(true).build(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{of}: {errors:#?} in {value:#}");
}

async fn server_with_message() -> (TestServer, PoolAndClient, String) {
    let server = TestServer::new().await;
    let created = server.create_pool_and_client().await;
    server.sign_up(&created.client, "ann", "ann@example.com").await;
    let (_, listed) = console(&server, "GET", "/_lido/messages", None).await;
    let message = listed["messages"][0]["id"].as_str().expect("a message").to_owned();
    (server, created, message)
}

#[tokio::test]
async fn every_answer_is_as_the_document_says() {
    let (server, created, message) = server_with_message().await;
    let (status, document) = console(&server, "GET", "/_lido/openapi.json", None).await;
    assert_eq!((status, &document["openapi"]), (200, &json!("3.1.0")));
    let documented = Documented::all(&document);
    let mut examples = examples(&created, &message);
    let ids: Vec<&str> = examples.iter().map(|example| example.id).collect();
    for id in documented.keys() {
        assert!(ids.contains(&id.as_str()), "{id} has no example here");
    }
    for Example { id, parameters, body } in examples.drain(..) {
        let operation = documented.get(id).unwrap_or_else(|| panic!("{id} is not in the document"));
        let request = &operation.operation["requestBody"]["content"]["application/json"]["schema"];
        match &body {
            Some(body) => check_shape(&document, request, body, id),
            None => assert!(request.is_null(), "{id} has a body"),
        }
        let target = operation.target(&parameters);
        let (status, answer) = console(&server, &operation.method, &target, body.as_ref()).await;
        assert!((200..300).contains(&status), "{id}: {status} {answer}");
        operation.check_answer(&document, status, &answer);
    }
}

#[tokio::test]
async fn every_refusal_is_as_the_document_says() {
    let server = TestServer::new().await;
    let (_, document) = console(&server, "GET", "/_lido/openapi.json", None).await;
    let mut refused = 0;
    for (id, operation) in Documented::all(&document) {
        let parameters = operation.operation["parameters"].as_array().cloned().unwrap_or_default();
        let in_path: Vec<(&str, String)> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| (parameter["name"].as_str().expect("a name"), "unknown".to_owned()))
            .collect();
        let target = operation.target(&in_path);
        let has_body = operation.operation.get("requestBody").is_some();
        // (target, body, status)
        let mut cases = Vec::new();
        if !in_path.is_empty() && !has_body {
            cases.push((target.clone(), None, 404));
        }
        if has_body {
            cases.push((target.clone(), Some(json!({"unknown": 1})), 400));
        }
        if !id.starts_with("getHealth") {
            cases.push((format!("{target}?unknown=1"), None, 400));
        }
        for (target, body, expected) in cases {
            let (status, answer) = console(&server, &operation.method, &target, body.as_ref()).await;
            assert_eq!(status, expected, "{id} {target}: {answer}");
            operation.check_answer(&document, status, &answer);
            assert!(answer["message"].as_str().is_some_and(|message| message.ends_with('.')), "{answer}");
            refused += 1;
        }
    }
    assert!(refused >= 10, "{refused}");
}
