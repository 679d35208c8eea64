//! Requests and responses as JSON, for tests of what the SDK's types hide or cannot express.
//!
//! [`TestServer::post`] sends over a socket. [`InProcessService`] calls the generated service without one, which is fast
//! enough for thousands of requests. Requests with arbitrary headers are in [`super::raw_requests`].

use std::sync::Arc;

use http::{
    HeaderMap, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::{BodyExt as _, Full};
use lido::{
    api::Operations,
    app::App,
    operations::{self, Operation},
};
use lido_runtime::{Bytes, Operation as _};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::TestServer;

const JSON: &str = "application/x-amz-json-1.1";

/// A signature for a server that accepts any well-formed one.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20261121/us-east-1/cognito-idp/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";

/// A response to a JSON request.
#[derive(Clone, Debug)]
pub(crate) struct JsonResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl JsonResponse {
    /// Parses the body, whatever the status.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns the output of an operation.
    ///
    /// # Panics
    ///
    /// If the operation was refused.
    pub(crate) fn expect_output(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// Returns the value of a header, or an empty string if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Returns the status, the error type and the message of a refusal. Type and message of a success are empty.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = if self.body.is_empty() { Value::Null } else { self.json() };
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("__type"), text("message"))
    }
}

impl TestServer {
    /// Calls an operation over a socket. Requests to public operations are signed too, as some clients do.
    pub(crate) async fn post(&self, operation: &str, input: &Value) -> JsonResponse {
        self.post_bytes(operation, input.to_string()).await
    }

    /// Calls an operation with a signature for another Region.
    pub(crate) async fn post_in(&self, region: &str, operation: &str, input: &Value) -> JsonResponse {
        let signature = SIGNATURE.replace("us-east-1", region);
        self.send_signed(&target(operation), Some(&signature), input.to_string()).await
    }

    /// Calls an operation with an arbitrary body.
    pub(crate) async fn post_bytes(&self, operation: &str, body: impl Into<reqwest::Body>) -> JsonResponse {
        self.send(&target(operation), true, body).await
    }

    /// Calls an operation without a signature.
    pub(crate) async fn post_unsigned(&self, operation: &str, input: &Value) -> JsonResponse {
        self.send(&target(operation), false, input.to_string()).await
    }

    /// Sends a body with an arbitrary `X-Amz-Target`.
    pub(crate) async fn post_to(&self, target: &str, body: &'static str) -> JsonResponse {
        self.send(target, true, body).await
    }

    async fn send(&self, target: &str, is_signed: bool, body: impl Into<reqwest::Body>) -> JsonResponse {
        self.send_signed(target, is_signed.then_some(SIGNATURE), body).await
    }

    async fn send_signed(
        &self,
        target: &str,
        signature: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> JsonResponse {
        let mut request = reqwest::Client::new()
            .post(format!("http://{}/", self.address))
            .header("x-amz-target", target)
            .header(CONTENT_TYPE, JSON)
            .body(body);
        if let Some(signature) = signature {
            request = request.header("x-amz-date", "20261121T073000Z").header(AUTHORIZATION, signature);
        }
        let response = request.send().await.expect("a response");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        JsonResponse { status, headers, body: response.text().await.expect("a whole body") }
    }

    /// Calls an operation that must succeed, and returns its output.
    pub(crate) async fn expect_output(&self, operation: &str, input: &Value) -> Value {
        self.post(operation, input).await.expect_output()
    }

    /// Creates a pool with these members of the request, and returns its id.
    pub(crate) async fn create_pool_with(&self, mut settings: Value) -> String {
        settings["PoolName"] = json!("p");
        id(&self.expect_output("CreateUserPool", &settings).await["UserPool"]["Id"])
    }

    /// Creates an app client with these members of the request, and returns its id.
    pub(crate) async fn create_client_with(&self, pool: &str, mut settings: Value) -> String {
        settings["UserPoolId"] = json!(pool);
        settings["ClientName"] = json!("c");
        id(&self.expect_output("CreateUserPoolClient", &settings).await["UserPoolClient"]["ClientId"])
    }
}

/// The generated service, called without a socket. Clones share the application state.
#[derive(Clone)]
pub(crate) struct InProcessService {
    pub(crate) app: Arc<App>,
    service: Operations,
}

impl InProcessService {
    /// Builds the service with this application state.
    pub(crate) fn new(app: App) -> Self {
        Self::with_shared_app(Arc::new(app))
    }

    /// Builds a second service with the state of a running server.
    pub(crate) fn with_shared_app(app: Arc<App>) -> Self {
        let service = operations::service(Arc::clone(&app)).expect("a handler for every operation");
        Self { app, service }
    }

    /// Calls an operation.
    pub(crate) async fn call(&self, operation: Operation, input: &Value) -> JsonResponse {
        let request = Request::post("/")
            .header("x-amz-target", target(operation.name()))
            .header(CONTENT_TYPE, JSON)
            .body(Full::new(Bytes::from(input.to_string())))
            .expect("a request");
        let Ok(response) = self.service.clone().oneshot(request).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("text");
        JsonResponse { status: head.status.as_u16(), headers: head.headers, body }
    }

    /// Calls an operation that must succeed, and returns its output.
    pub(crate) async fn expect_output(&self, operation: Operation, input: &Value) -> Value {
        self.call(operation, input).await.expect_output()
    }
}

fn target(operation: &str) -> String {
    format!("AWSCognitoIdentityProviderService.{operation}")
}

/// Returns a string of an output, such as an id or a token.
pub(crate) fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}
