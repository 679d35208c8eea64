//! Calls operations without a socket, to prepare a benchmark.

use http::Request;
use http_body_util::{BodyExt as _, Full};
use lido::operations::Operation;
use lido_runtime::{Bytes, Router};
use serde_json::Value;
use tower::ServiceExt as _;

/// Calls an operation and returns its output.
///
/// # Errors
/// Returns an error if the operation is refused.
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
    anyhow::ensure!(status.is_success(), "{operation} was answered with {status}");
    Ok(serde_json::from_slice(&body.to_bytes())?)
}
