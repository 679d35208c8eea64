//! The W3C trace context: taken over from a request, and passed on in the calls that it causes.

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Makes a span that is not entered yet a child of the span that the headers name, if they name one. Headers that are not as
/// W3C specifies them are ignored.
pub(super) fn extract(headers: &HeaderMap, span: &Span) {
    let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    // Refused only without a subscriber for OpenTelemetry.
    let _ = span.set_parent(parent);
}

/// Adds the trace context of the current span to the headers of a call, unless there is none.
pub(crate) fn inject(headers: &mut HeaderMap) {
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(headers));
}
