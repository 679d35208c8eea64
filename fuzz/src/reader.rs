//! The generated readers: every operation reads any body, refuses what is not JSON, and does work that is linear in it.
//!
//! An input is the name of an operation, a line break, and the body of a request.

use std::{
    future::Future as _,
    pin::{Pin, pin},
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use lido_cognito_idp::{AwsCognitoIdentityProviderService as Service, Operation};
use lido_runtime::{
    Bytes, Config, Operation as _, Router,
    http::{HeaderMap, Request, StatusCode},
    not_implemented,
    server::body::{BoxBody, HttpBody as _, from_bytes},
};
use serde_json::Value;
use tower::Service as _;

type Answer = (StatusCode, Vec<u8>);

/// The work for each byte of a body, and beyond it. The corpus has bodies for which work that grows by the square is
/// above it.
const MAX_WORK: (usize, usize) = (64, 128 * 1024);
/// By how much an answer may be longer than the body.
const MAX_EXCESS: usize = 34 * 1024;

/// Sends the body to the operation of a service without handlers, and checks the answer.
///
/// # Panics
/// If the answer is neither a refusal in JSON nor that the operation is not served, or if a body that another parser
/// refuses is accepted, or if the work for the body or the answer is out of proportion.
pub fn run(input: &[u8]) {
    let Some((operation, body)) = split(input) else { return };
    check_work(operation, body);
    let Some((status, answer)) = send(operation, body) else { return };
    assert!(answer.len() <= body.len() + MAX_EXCESS, "{} bytes for {}", answer.len(), body.len());
    let refusal = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
    let kind = refusal.get("__type").and_then(Value::as_str).unwrap_or_default();
    match status {
        StatusCode::NOT_IMPLEMENTED => {
            assert_eq!(kind, "NotImplementedException");
            // An absent body is `{}` (*Observed* for the protocol).
            assert!(body.is_empty() || is_json(body), "{} accepts what is not JSON", operation.name());
        }
        StatusCode::BAD_REQUEST => {
            let is_known = matches!(kind, "SerializationException" | "InvalidParameterException");
            assert!(is_known, "{}: {kind}", operation.name());
            let is_about_json = kind == "SerializationException";
            assert!(is_about_json || is_json(body), "{} finds values in what is not JSON", operation.name());
        }
        other => assert_eq!(other, StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(&answer)),
    }
}

/// Asserts that the work for violated constraints is linear: steps and bytes, not time.
fn check_work(operation: Operation, body: &[u8]) {
    let read = operation.check(&HeaderMap::new(), &Bytes::copy_from_slice(body));
    let Some(steps) = read.err().and_then(|rejection| Some(rejection.violations()?.steps())) else { return };
    let bound = MAX_WORK.0 * body.len() + MAX_WORK.1;
    assert!(steps <= bound, "{}: {steps} steps for {} bytes", operation.name(), body.len());
}

/// Returns the operation and the body of an input, or `None` if it names no operation.
fn split(input: &[u8]) -> Option<(Operation, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    let operation = Operation::find(std::str::from_utf8(input.get(..end)?).ok()?)?;
    Some((operation, input.get(end + 1..)?))
}

/// Returns whether another parser takes `body` for JSON. It does not look into strings, as the readers do not for
/// members that the model does not have.
fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Returns the answer of the service without handlers. `None` is not an outcome that a caller can see: the service
/// waits for nothing.
fn send(operation: Operation, body: &[u8]) -> Option<Answer> {
    static ROUTER: OnceLock<Option<Router<Operation, BoxBody>>> = OnceLock::new();
    let router =
        ROUTER.get_or_init(|| Service::builder(Config::new()).unserved(not_implemented).build().ok());
    let target = format!("{}.{}", Operation::SERVICE, operation.name());
    let request = Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(from_bytes(Bytes::copy_from_slice(body)))
        .ok()?;
    let mut context = Context::from_waker(Waker::noop());
    let mut router = router.clone()?;
    match pin!(router.call(request)).poll(&mut context) {
        Poll::Pending => None,
        Poll::Ready(Err(never)) => match never {},
        Poll::Ready(Ok(response)) => {
            let (head, mut body) = response.into_parts();
            let mut bytes = Vec::new();
            while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut context) {
                bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
            }
            Some((head.status, bytes))
        }
    }
}
