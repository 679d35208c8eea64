//! The access log: one line per request, with its operation, its status and its duration. The metrics have the same, and so
//! has the span of the request.
//!
//! The only input of a client in it is the name of an existing operation, so no secret is logged.

use std::borrow::Cow;

use http::{Method, StatusCode};
use lido_runtime::response::ERROR_TYPE;

use crate::{
    metrics::{OpenRequest, RequestMetrics},
    surface::HttpResponse,
    traces::RequestSpan,
};

/// The outcome of a request without a response.
const ABORTED: &str = "aborted";

/// The access log entry of a request. It is written when it is dropped, also if the server stops before the response.
#[derive(Debug)]
pub(super) struct AccessLog {
    request: OpenRequest,
    span: RequestSpan,
    operation: &'static str,
    end: Option<(StatusCode, Cow<'static, str>)>,
}

impl AccessLog {
    /// Starts the entry of a request whose operation is not known yet.
    pub(super) fn begin(metrics: &RequestMetrics, span: RequestSpan) -> Self {
        Self { request: metrics.begin(), span, operation: "unknown", end: None }
    }

    /// Sets the operation of the API.
    pub(super) fn set_operation(&mut self, operation: &'static str) {
        self.operation = operation;
        self.span.set_operation(operation);
    }

    /// Sets the route of another surface, and the name that the log and the metrics have for it.
    pub(super) fn set_route(&mut self, operation: &'static str, method: &Method, route: &'static str) {
        self.operation = operation;
        self.span.set_route(method, route);
    }

    /// Names a preflight, whatever route it is for.
    pub(super) fn set_preflight(&mut self) {
        self.operation = "preflight";
    }

    /// Writes the entry of a request that got a response.
    pub(super) fn end(mut self, response: &HttpResponse) {
        self.end = Some((response.status(), outcome(response)));
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        let operation = self.operation;
        let end = self.end.take();
        let status = end.as_ref().map(|(status, _)| *status);
        let outcome = end.map_or(Cow::Borrowed(ABORTED), |(_, outcome)| outcome);
        self.span.end(status, &outcome);
        let duration = self.request.count(operation, outcome);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        match status {
            Some(status) => tracing::info!(operation, status = status.as_u16(), micros, "answered"),
            None => tracing::info!(operation, micros, "aborted before the response"),
        }
    }
}

/// Returns what became of a request: `ok`, the name of its error, or else its status. All are names that the server knows.
fn outcome(response: &HttpResponse) -> Cow<'static, str> {
    if let Some(error) = response.headers().get(ERROR_TYPE).and_then(|error| error.to_str().ok()) {
        // As at the service, a colon follows the name.
        return error.trim_end_matches(':').to_owned().into();
    }
    match response.status() {
        status if status.is_client_error() || status.is_server_error() => status.as_u16().to_string().into(),
        _ => "ok".into(),
    }
}
