//! Which service and protocol are chosen, and what to do if that is not clear.

use lido_codegen::{Config, Generated, generate};
use lido_model::Diagnostic;
use serde_json::{Value, json};

/// Generates from a model with these services, each with the traits given and one operation. No option is set.
fn with_services(services: &[(&str, Value)]) -> Result<Generated, Vec<Diagnostic>> {
    let mut shapes = json!({
        "a#Op": {"type": "operation"},
        "a#spoken": {"type": "structure", "traits": {"smithy.api#trait": {}, "smithy.api#protocolDefinition": {}}},
        "a#other": {"type": "structure", "traits": {"smithy.api#trait": {}}},
    });
    for (id, traits) in services {
        shapes[id] =
            json!({"type": "service", "version": "1", "operations": [{"target": "a#Op"}], "traits": traits});
    }
    let model = json!({"smithy": "2.0", "shapes": shapes}).to_string();
    generate(&lido_model::load(&[("a.json".to_owned(), model.into_bytes())])?, &Config::default())
}

/// Returns code, message and remedy of the only error.
fn only_error(services: &[(&str, Value)]) -> (String, String, String) {
    let errors = with_services(services).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    (errors[0].code.id().to_owned(), errors[0].message.clone(), errors[0].remedy.clone())
}

#[test]
fn protocol_that_is_not_supported_is_named() {
    for (traits, expected) in [
        (json!({}), "the service has no protocol"),
        (json!({"a#other": {}}), "the service has no protocol"),
        (
            json!({"aws.protocols#restJson1": {}}),
            "the service speaks aws.protocols#restJson1, which is not supported",
        ),
        (
            json!({"smithy.protocols#rpcv2Cbor": {}, "a#spoken": {}, "a#other": {}}),
            "the service speaks smithy.protocols#rpcv2Cbor, a#spoken, which is not supported",
        ),
    ] {
        let (code, message, remedy) = only_error(&[("a#S", traits)]);
        assert_eq!((code.as_str(), message.as_str()), ("G004", expected));
        assert_eq!(
            remedy,
            "give it the trait `aws.protocols#awsJson1_1` or `aws.protocols#awsJson1_0`, or select one with \
             --protocol aws-json-1.1 (in a build script: `protocol`)"
        );
    }
    let both = json!({"aws.protocols#restJson1": {}, "aws.protocols#awsJson1_0": {}});
    assert!(with_services(&[("a#S", both)]).is_ok());
}

#[test]
fn choice_among_several_services_is_asked_for() {
    let (code, message, remedy) = only_error(&[("a#S", json!({})), ("a#T", json!({}))]);
    assert_eq!((code.as_str(), message.as_str()), ("G002", "the model has several services"));
    assert_eq!(remedy, "select one of them with --service ID (in a build script: `service`): a#S, a#T");
    let (code, message, _) = only_error(&[]);
    assert_eq!((code.as_str(), message.as_str()), ("G002", "the model has no service"));
}
