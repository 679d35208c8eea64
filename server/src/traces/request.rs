//! The span of a request.

use http::{Method, Request, StatusCode};
use tracing::{Span, field::Empty};

use super::{TARGET, propagation};

/// The span of a request. It is no span at all unless traces are recorded.
#[derive(Debug)]
pub(crate) struct RequestSpan(Span);

impl RequestSpan {
    /// Begins the span of a request with this id, as a child of the span that the request names.
    pub(crate) fn begin<B>(request: &Request<B>, id: &str) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            parent: None,
            "request",
            "otel.name" = "unknown",
            "otel.kind" = "server",
            "otel.status_code" = Empty,
            "aws.request_id" = id,
            "error.type" = Empty,
            "http.request.method" = known_method(request.method()),
            "http.response.status_code" = Empty,
            "http.route" = Empty,
            "rpc.method" = Empty,
            "rpc.service" = Empty,
            "rpc.system" = Empty,
        );
        if span.is_disabled() {
            return Self(Span::none());
        }
        propagation::extract(request.headers(), &span);
        Self(span)
    }

    /// Returns the span, in which the request is served.
    pub(crate) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Names the span after an operation of the API.
    pub(crate) fn set_operation(&self, operation: &'static str) {
        if !self.0.is_none() {
            self.0.record("otel.name", operation);
            self.0.record("rpc.system", "aws-api");
            self.0.record("rpc.service", "CognitoIdentityProvider");
            self.0.record("rpc.method", operation);
        }
    }

    /// Names the span after a route of another surface. The route has the names of its parameters, not their values.
    pub(crate) fn set_route(&self, method: &Method, route: &'static str) {
        if !self.0.is_none() {
            self.0.record("otel.name", format!("{} {route}", known_method(method)));
            self.0.record("http.route", route);
        }
    }

    /// Records how the request has ended. A request that is refused is no error of the server.
    pub(crate) fn end(&self, status: Option<StatusCode>, outcome: &str) {
        if self.0.is_none() {
            return;
        }
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
        }
        if outcome != "ok" {
            self.0.record("error.type", outcome);
        }
        if status.is_none_or(|status| status.is_server_error()) {
            self.0.record("otel.status_code", "ERROR");
        }
    }
}

/// Returns a method that the code knows, as the semantic conventions want it: a client may send any word.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "_OTHER",
    }
}
