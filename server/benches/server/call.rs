//! A service called without a socket, to make ready what is measured.

use http::Request;
use http_body_util::{BodyExt as _, Full};
use lido::operations::Operation;
use lido_runtime::{Bytes, Router};
use serde_json::Value;
use tower::ServiceExt as _;

/// The output of an operation, which must succeed.
pub(crate) async fn call(
    service: &Router<Operation, Full<Bytes>>,
    operation: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let request = Request::post("/")
        .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"))
        .body(Full::from(body.to_string()))?;
    let answer = service.clone().oneshot(request).await?;
    let (status, body) = (answer.status(), answer.into_body().collect().await?);
    anyhow::ensure!(status.is_success(), "{operation} is answered with {status}");
    Ok(serde_json::from_slice(&body.to_bytes())?)
}
