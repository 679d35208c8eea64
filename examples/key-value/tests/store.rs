//! Calls the store in the process of the test.

use key_value::{StoreService, service, store::operations::PutValueInput};
use lido_runtime::{
    body::{Body, from_bytes, to_bytes},
    http::Request,
    tower::ServiceExt as _,
};

/// Returns the status and body of the answer.
async fn call(
    store: &impl StoreService<Body>,
    key: &str,
    operation: &str,
    body: &'static str,
) -> (u16, String) {
    let request = Request::post("/")
        .header("x-amz-target", format!("Store.{operation}"))
        .header("x-store-key", key)
        .header("authorization", "Bearer other-secret")
        .body(from_bytes(body.into()))
        .unwrap();
    let response = store.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(to_bytes(response.into_body()).await.unwrap().into()).unwrap())
}

#[tokio::test]
async fn value_is_returned_to_callers_with_the_api_key() {
    let store = service("key").unwrap();
    assert_eq!(call(&store, "other", "GetValue", r#"{"Key": "a"}"#).await.0, 403);
    let put = r#"{"Key": "a/b", "Value": "secret", "Labels": ["x", "y"]}"#;
    assert_eq!(call(&store, "key", "PutValue", put).await, (200, String::new()), "it declares no output");
    let (status, body) = call(&store, "key", "GetValue", r#"{"Key": "a/b"}"#).await;
    assert_eq!((status, body.as_str()), (200, r#"{"Labels":["x","y"],"Value":"secret"}"#));
    let (status, body) = call(&store, "key", "GetValue", r#"{"Key": "c"}"#).await;
    assert!(status == 404 && body.contains("NoSuchKey"), "{status} {body}");
}

#[test]
fn values_are_deserialized_as_in_the_protocol_and_checked() {
    let read = serde_json::from_str::<PutValueInput>;
    let input = read(r#"{"Key": "a/b", "Value": "secret", "Labels": ["x"]}"#).unwrap();
    assert_eq!(serde_json::to_string(&input.key).unwrap(), r#""a/b""#);
    assert_eq!(serde_json::to_string(&input.labels).unwrap(), r#"["x"]"#);
    let error = read(r#"{"Key": "", "Value": "x"}"#).unwrap_err().to_string();
    assert!(error.contains("/Key") && error.contains("length 0"), "{error}");
    let error = read(r#"{"Key": 1, "Value": "x"}"#).unwrap_err().to_string();
    assert!(error.contains("Value at '/Key' must be a string, but is a number"), "{error}");
}
