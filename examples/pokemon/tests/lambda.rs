//! Serves an event of an Amazon API Gateway HTTP API, as AWS Lambda does, in the process of the test: the event comes in as
//! JSON, and what goes out is what Lambda sends to API Gateway.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use lambda_http::{Adapter, Context, LambdaEvent, request::LambdaRequest};
use lido_runtime::{lambda::LambdaHandler, tower::ServiceExt as _};
use serde_json::{Value, json};

/// Returns an event of payload format 2.0. A stage other than `$default` would be part of the path, which awsJson wants empty.
fn event(target: &str, body: &str, is_base64: bool) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": target,
            "host": "id.execute-api.us-east-1.amazonaws.com"
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "id",
            "domainName": "id.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "id",
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "agent"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238000_u64
        },
        "body": if is_base64 { BASE64_STANDARD.encode(body) } else { body.to_owned() },
        "isBase64Encoded": is_base64
    })
}

/// Returns the status, the headers and the body of the answer to an event.
async fn serve(event: Value) -> (u64, Value, Value) {
    let event: LambdaRequest = serde_json::from_value(event).unwrap();
    let handler = Adapter::from(LambdaHandler::new(pokemon::pokemon().unwrap()));
    let answer = handler.oneshot(LambdaEvent::new(event, Context::default())).await.unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = answer["body"].as_str().unwrap();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => BASE64_STANDARD.decode(body).unwrap(),
        _ => body.as_bytes().to_vec(),
    };
    (
        answer["statusCode"].as_u64().unwrap(),
        answer["headers"].clone(),
        serde_json::from_slice(&body).unwrap(),
    )
}

#[tokio::test]
async fn event_of_api_gateway_is_answered_by_the_handler() {
    let body = r#"{"user": "ash", "passcode": "pikachu123"}"#;
    for is_base64 in [false, true] {
        let (status, headers, body) = serve(event("PokemonService.GetStorage", body, is_base64)).await;
        assert_eq!((status, body), (200, json!({"collection": ["pikachu", "bulbasaur"]})));
        assert_eq!(headers["content-type"], "application/x-amz-json-1.1");
        assert!(headers["x-request-id"].is_string(), "{headers}");
    }
}

#[tokio::test]
async fn event_with_an_input_that_violates_constraints_is_refused() {
    let (status, headers, body) = serve(event("PokemonService.GetStorage", "{}", false)).await;
    assert_eq!((status, &body["__type"]), (400, &json!("ValidationException")), "{body}");
    assert_eq!(headers["x-amzn-errortype"], "ValidationException");
    let (status, _, body) = serve(event("PokemonService.Evolve", "{}", false)).await;
    assert_eq!((status, &body["__type"]), (400, &json!("UnknownOperationException")), "{body}");
}
