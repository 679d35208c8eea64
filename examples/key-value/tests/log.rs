//! Reads the log of a request. It has a process of its own: whether anyone wants an event is remembered for all threads.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use key_value::service;
use lido_runtime::{body::from_bytes, http::Request, tower::ServiceExt as _};

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
async fn log_has_requests_without_credentials_and_secrets() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_env_filter("debug").with_writer(move || writer.clone()).init();
    let request = Request::post("/")
        .header("x-amz-target", "Store.PutValue")
        .header("x-store-key", "key-of-store")
        .header("authorization", "Bearer other-secret")
        .body(from_bytes(r#"{"Key": "a", "Value": "value-of-a"}"#.into()))
        .unwrap();
    let response = service("key-of-store").unwrap().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("example.store#PutValue") && text.contains("x-amz-target"), "{text}");
    for secret in ["key-of-store", "other-secret", "value-of-a"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
