//! Calls the store in the process of the test, and reads its log.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

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

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
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

#[tokio::test]
async fn log_has_requests_without_credentials_and_secrets() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_env_filter("debug").with_writer(move || writer.clone()).finish();
    let guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let store = service("key-of-store").unwrap();
    call(&store, "key-of-store", "PutValue", r#"{"Key": "a", "Value": "value-of-a"}"#).await;
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("example.store#PutValue") && text.contains("x-amz-target"), "{text}");
    for secret in ["key-of-store", "other-secret", "value-of-a"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
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
