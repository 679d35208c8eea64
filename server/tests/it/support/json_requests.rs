//! Requests as JSON and answers as they come, where the SDK's types would hide what is on the wire.
//!
//! [`TestServer::post`] speaks over the socket; [`InProcessService`] hands requests straight to the generated service,
//! which is quick enough for thousands of them. Requests byte by byte are in [`super::raw_requests`].

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

/// A signature that a server which takes any well-formed one takes.
const SIGNATURE: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20261121/us-east-1/cognito-idp/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    /// The body of a success.
    pub(crate) fn done(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// A header's text; empty, if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Status, type and text of a refusal; the type is empty, if it is none.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let body = if self.body.is_empty() { Value::Null } else { self.json() };
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status, text("__type"), text("message"))
    }
}

impl TestServer {
    /// Calls an operation over the socket. Every request is signed, as some clients do.
    pub(crate) async fn post(&self, operation: &str, input: &Value) -> Answer {
        self.post_bytes(operation, input.to_string()).await
    }

    /// Calls an operation with a body that need not be JSON.
    pub(crate) async fn post_bytes(&self, operation: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(&target(operation), true, body).await
    }

    /// Calls an operation without a signature.
    pub(crate) async fn post_unsigned(&self, operation: &str, input: &Value) -> Answer {
        self.send(&target(operation), false, input.to_string()).await
    }

    /// Sends a body to a target that need not be one.
    pub(crate) async fn post_to(&self, target: &str, body: &'static str) -> Answer {
        self.send(target, true, body).await
    }

    async fn send(&self, target: &str, is_signed: bool, body: impl Into<reqwest::Body>) -> Answer {
        let mut request = reqwest::Client::new()
            .post(format!("http://{}/", self.address))
            .header("x-amz-target", target)
            .header(CONTENT_TYPE, JSON)
            .body(body);
        if is_signed {
            request = request.header("x-amz-date", "20261121T073000Z").header(AUTHORIZATION, SIGNATURE);
        }
        let answer = request.send().await.expect("answered");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.text().await.expect("read to its end") }
    }

    /// The output of an operation that succeeds.
    pub(crate) async fn done(&self, operation: &str, input: &Value) -> Value {
        self.post(operation, input).await.done()
    }

    /// A new pool with these settings, and its id.
    pub(crate) async fn pool_with(&self, mut settings: Value) -> String {
        settings["PoolName"] = json!("p");
        id(&self.done("CreateUserPool", &settings).await["UserPool"]["Id"])
    }

    /// A new app client with these settings, and its id.
    pub(crate) async fn client_with(&self, pool: &str, mut settings: Value) -> String {
        settings["UserPoolId"] = json!(pool);
        settings["ClientName"] = json!("c");
        id(&self.done("CreateUserPoolClient", &settings).await["UserPoolClient"]["ClientId"])
    }
}

/// The service without a socket. Clones share it.
#[derive(Clone)]
pub(crate) struct InProcessService {
    pub(crate) app: Arc<App>,
    service: Operations,
}

impl InProcessService {
    pub(crate) fn new(app: App) -> Self {
        Self::of(Arc::new(app))
    }

    /// The service of an app that somebody else has, too.
    pub(crate) fn of(app: Arc<App>) -> Self {
        let service = operations::service(Arc::clone(&app)).expect("an answer for every operation");
        Self { app, service }
    }

    /// Calls an operation.
    pub(crate) async fn call(&self, operation: Operation, input: &Value) -> Answer {
        let request = Request::post("/")
            .header("x-amz-target", target(operation.name()))
            .header(CONTENT_TYPE, JSON)
            .body(Full::new(Bytes::from(input.to_string())))
            .expect("a request");
        let Ok(answer) = self.service.clone().oneshot(request).await;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("read to its end").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("text");
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    /// The output of an operation that succeeds.
    pub(crate) async fn done(&self, operation: Operation, input: &Value) -> Value {
        self.call(operation, input).await.done()
    }
}

fn target(operation: &str) -> String {
    format!("AWSCognitoIdentityProviderService.{operation}")
}

/// An id in an answer.
pub(crate) fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}
