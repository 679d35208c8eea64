//! Outputs, errors and operations without either.

use lido_runtime::{Auth, Operation as _};
use serde_json::json;

use crate::{Operation, call};

#[tokio::test]
async fn an_error_tells_its_type_its_members_and_its_query_code() {
    let answer = call("Taste", r#"{"spoon":"hot"}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json(), json!({"__type": "TooHot", "message": "too hot to taste", "degrees": 90}));
    assert_eq!(answer.header("x-amzn-query-error"), Some("Kitchen.TooHot;Sender"));
    assert_eq!(answer.header("x-amzn-errortype"), Some("TooHot"));
}

#[tokio::test]
async fn an_error_of_the_service_is_every_operations() {
    let answer = call("Taste", r#"{"spoon":"cold"}"#).await;
    assert_eq!((answer.status, answer.json()), (500, json!({"__type": "OutOfGas"})));
}

#[tokio::test]
async fn an_operation_without_input_and_output_takes_and_gives_nothing() {
    for body in ["", "{}"] {
        let answer = call("Ping", body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn an_output_has_its_required_members_and_those_that_are_set() {
    assert_eq!(call("Taste", "{}").await.json(), json!({"verdict": "none"}));
}

#[tokio::test]
async fn an_unknown_operation_is_told_so() {
    let answer = call("Freeze", "{}").await;
    assert_eq!((answer.status, answer.json()), (400, json!({"__type": "UnknownOperationException"})));
}

#[test]
fn only_what_the_model_says_is_signed() {
    assert_eq!(Operation::find("Cook").map(Operation::auth), Some(Auth::SigV4));
    assert_eq!(Operation::find("Ping").map(Operation::auth), Some(Auth::None));
}
