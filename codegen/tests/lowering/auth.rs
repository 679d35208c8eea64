//! The authentication schemes of operations.

use lido_codegen::{
    Config, Generated, generate,
    ir::AuthScheme::{self, Custom, HttpApiKey, HttpBasic, HttpBearer, HttpDigest, NoAuth, SigV4, SigV4a},
};
use lido_model::Diagnostic;
use serde_json::{Value, json};

/// Generates a service and an operation with these traits.
fn with(mut service: Value, operation: &Value) -> Result<Generated, Vec<Diagnostic>> {
    service["aws.protocols#awsJson1_1"] = json!({});
    let model = json!({"smithy": "2.0", "shapes": {
        "a#S": {"type": "service", "operations": [{"target": "a#Op"}], "traits": service},
        "a#Op": {"type": "operation", "traits": operation},
        "a#tea": {"type": "structure", "members": {}, "traits": {
            "smithy.api#trait": {"selector": "service"}, "smithy.api#authDefinition": {},
        }},
        "a#plain": {"type": "structure", "members": {}, "traits": {"smithy.api#trait": {}}},
    }});
    generate(&lido_model::load(&[("a.json", model.to_string())])?, &Config::default())
}

fn schemes(service: Value, operation: &Value) -> Vec<AuthScheme> {
    let generated = with(service, operation).unwrap_or_else(|errors| panic!("{errors:?}"));
    generated.service.operations[0].auth.clone()
}

#[test]
fn operation_has_every_scheme_that_the_model_gives_it() {
    const BEARER: &str = "smithy.api#httpBearerAuth";
    let key = |place: &str| json!({"name": "X-Key", "in": place, "scheme": "Key"});
    let key_scheme = |in_query| HttpApiKey { name: "X-Key".into(), in_query, scheme: Some("Key".into()) };
    let (none, optional) = (json!({}), json!({"smithy.api#optionalAuth": {}}));
    let table = [
        (json!({}), &none, vec![NoAuth]),
        (json!({}), &optional, vec![NoAuth]),
        (json!({"aws.auth#sigv4": {"name": "a"}}), &none, vec![SigV4]),
        (json!({"aws.auth#sigv4": {"name": "a"}}), &optional, vec![SigV4, NoAuth]),
        (json!({"aws.auth#sigv4a": {"name": "a"}}), &none, vec![SigV4a]),
        (json!({BEARER: {}}), &none, vec![HttpBearer]),
        (json!({"smithy.api#httpBasicAuth": {}}), &none, vec![HttpBasic]),
        (json!({"smithy.api#httpDigestAuth": {}}), &none, vec![HttpDigest]),
        (json!({"smithy.api#httpApiKeyAuth": key("header")}), &none, vec![key_scheme(false)]),
        (json!({"smithy.api#httpApiKeyAuth": key("query")}), &none, vec![key_scheme(true)]),
        (json!({"a#tea": {}}), &none, vec![Custom("a#tea".into())]),
        // A trait that is no scheme does not count.
        (json!({"a#plain": {}}), &none, vec![NoAuth]),
        // Without a choice all of the service, sorted by shape id.
        (
            json!({BEARER: {}, "aws.auth#sigv4": {"name": "a"}, "a#tea": {}}),
            &none,
            vec![Custom("a#tea".into()), SigV4, HttpBearer],
        ),
        // The choice of the operation precedes that of the service.
        (
            json!({BEARER: {}, "aws.auth#sigv4": {"name": "a"}, "smithy.api#auth": [BEARER]}),
            &none,
            vec![HttpBearer],
        ),
        (
            json!({BEARER: {}, "aws.auth#sigv4": {"name": "a"}, "smithy.api#auth": [BEARER]}),
            &json!({"smithy.api#auth": ["aws.auth#sigv4", BEARER]}),
            vec![SigV4, HttpBearer],
        ),
        (json!({BEARER: {}}), &json!({"smithy.api#auth": []}), vec![NoAuth]),
        (json!({BEARER: {}, "smithy.api#auth": []}), &json!({"smithy.api#auth": [BEARER]}), vec![HttpBearer]),
    ];
    for (service, operation, expected) in table {
        assert_eq!(schemes(service.clone(), operation), expected, "{service} {operation}");
    }
}

#[test]
fn scheme_that_the_service_does_not_have_is_refused() {
    let errors = with(json!({}), &json!({"smithy.api#auth": ["smithy.api#httpBearerAuth"]})).unwrap_err();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(
        error.message.contains("selects `smithy.api#httpBearerAuth`, which is no authentication scheme"),
        "{error}"
    );
    let errors = with(json!({"smithy.api#httpApiKeyAuth": {"name": "X"}}), &json!({})).unwrap_err();
    assert!(errors[0].message.contains("lacks the name"), "{errors:?}");
}

#[test]
fn generated_code_names_the_schemes() {
    let generated =
        with(json!({"smithy.api#httpApiKeyAuth": {"name": "k", "in": "query"}}), &json!({})).unwrap();
    let file = &generated.files["src/service.rs"];
    for part in ["HttpApiKey {", "name: \"k\"", "ApiKeyLocation::Query", "scheme: None"] {
        assert!(file.contains(part), "{part}: {file}");
    }
}
