//! Responses: outputs, errors, and operations without either.

use lido_runtime::{AuthScheme, Operation as _};
use serde_json::json;

use crate::{Operation, call};

#[tokio::test]
async fn error_response_has_type_members_and_query_code() {
    let response = call("Taste", r#"{"spoon":"hot"}"#).await;
    assert_eq!(response.status, 400);
    assert_eq!(response.json(), json!({"__type": "TooHot", "message": "too hot to taste", "degrees": 90}));
    assert_eq!(response.header("x-amzn-query-error"), Some("Kitchen.TooHot;Sender"));
    assert_eq!(response.header("x-amzn-errortype"), Some("TooHot"));
}

#[tokio::test]
async fn service_error_is_declared_by_every_operation() {
    let response = call("Taste", r#"{"spoon":"cold"}"#).await;
    assert_eq!((response.status, response.json()), (500, json!({"__type": "OutOfGas"})));
}

#[tokio::test]
async fn operation_without_input_and_output_has_empty_bodies() {
    for body in ["", "{}"] {
        let response = call("Ping", body).await;
        assert_eq!((response.status, response.body.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn output_omits_absent_optional_members() {
    assert_eq!(call("Taste", "{}").await.json(), json!({"verdict": "none"}));
}

#[tokio::test]
async fn unknown_operation_is_refused() {
    let response = call("Freeze", "{}").await;
    assert_eq!((response.status, response.json()), (400, json!({"__type": "UnknownOperationException"})));
}

#[test]
fn auth_of_operation_is_that_of_the_model() {
    assert_eq!(Operation::find("Cook").map(Operation::auth), Some(&[AuthScheme::SigV4][..]));
    assert_eq!(Operation::find("Ping").map(Operation::auth), Some(&[AuthScheme::NoAuth][..]));
}
