//! The HTTP status of errors, by the option.

use lido_codegen::{Config, HttpStatus, generate};
use serde_json::json;

/// Generates an error with these traits, and returns the line that describes it and the number of errors with another status.
fn described(traits: serde_json::Value, http_status: HttpStatus) -> (String, usize) {
    let model = json!({"smithy": "2.0", "shapes": {
        "a#S": {"type": "service", "operations": [{"target": "a#Op"}], "traits": {"aws.protocols#awsJson1_1": {}}},
        "a#Op": {"type": "operation", "errors": [{"target": "a#Fault"}]},
        "a#Fault": {"type": "structure", "members": {}, "traits": traits},
    }});
    let model = lido_model::load(&[("a.json", model.to_string())]).unwrap();
    let generated = generate(&model, &Config { http_status, ..Config::default() }).unwrap();
    let file = &generated.files["src/types/errors/fault.rs"];
    let line = file.lines().find(|line| line.contains("ErrorInfo::new")).unwrap();
    (line.trim().to_owned(), generated.service.other_statuses())
}

#[test]
fn modelled_status_is_used_only_if_asked_for() {
    let client = |status: u16| json!({"smithy.api#error": "client", "smithy.api#httpError": status});
    let line = |end: &str| format!("lido_runtime::ErrorInfo::new(\"a#Fault\", lido_runtime::Fault::{end},");
    assert_eq!(described(client(404), HttpStatus::Fixed), (line("Client)"), 1));
    assert_eq!(described(client(404), HttpStatus::Model), (line("Client).status(404)"), 1));
    assert_eq!(described(client(400), HttpStatus::Model), (line("Client)"), 0));
    let server = json!({"smithy.api#error": "server", "smithy.api#httpError": 503});
    assert_eq!(described(server, HttpStatus::Model), (line("Server).status(503)"), 1));
    assert_eq!(described(json!({"smithy.api#error": "server"}), HttpStatus::Model), (line("Server)"), 0));
}
