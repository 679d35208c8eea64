//! `Debug` of an input with sensitive values.

use std::sync::{Arc, Mutex};

use lido_runtime::{Bytes, Config, http::Request, server::body::from_bytes};
use tower::ServiceExt as _;

use crate::{Kitchen, operations::CookInput};

#[tokio::test]
async fn debug_of_input_hides_sensitive_values() {
    let printed = Arc::new(Mutex::new(String::new()));
    let output = Arc::clone(&printed);
    let handler = move |input: CookInput| {
        *output.lock().unwrap() = format!("{input:?}");
        crate::cook(input)
    };
    let kitchen = Kitchen::builder(Config::new())
        .cook(handler)
        .unserved(lido_runtime::not_implemented)
        .build()
        .unwrap();
    let body =
        br#"{"name":"stew","recipe":"secret 1","recipes":["secret 2"],"credentials":{"password":"secret 3"},
        "secrets":{"key":"secret 4"},"words":["public"]}"#;
    let request = Request::post("/").header("x-amz-target", "Kitchen.Cook");
    let response =
        kitchen.oneshot(request.body(from_bytes(Bytes::from_static(body))).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let printed = printed.lock().unwrap();
    assert!(printed.contains("public") && printed.contains("stew"), "{printed}");
    assert!(!printed.contains("secret "), "{printed}");
}
