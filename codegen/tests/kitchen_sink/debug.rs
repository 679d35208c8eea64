//! What is sensitive is in no log, wherever it lies.

use std::sync::{Arc, Mutex};

use lido_runtime::{Bytes, Config, http::Request, server::body::from_bytes};
use tower::ServiceExt as _;

use crate::{Kitchen, operations::CookInput};

#[tokio::test]
async fn debug_hides_what_is_sensitive() {
    let seen = Arc::new(Mutex::new(String::new()));
    let keep = Arc::clone(&seen);
    let handler = move |input: CookInput| {
        *keep.lock().unwrap() = format!("{input:?}");
        crate::cook(input)
    };
    let kitchen = Kitchen::builder(Config::new())
        .cook(handler)
        .unserved(lido_runtime::not_implemented)
        .build()
        .unwrap();
    let body = br#"{"name":"stew","recipe":"hush 1","recipes":["hush 2"],"safe":{"combination":"hush 3"},
        "vault":{"key":"hush 4"},"words":["loud"]}"#;
    let request = Request::post("/").header("x-amz-target", "Kitchen.Cook");
    let answer = kitchen.oneshot(request.body(from_bytes(Bytes::from_static(body))).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let seen = seen.lock().unwrap();
    assert!(seen.contains("loud") && seen.contains("stew"), "{seen}");
    assert!(!seen.contains("hush"), "{seen}");
}
