//! The spans of what a request calls: the store, triggers, and the transports of messages.

use tracing::{Level, Span, field::Empty};

use super::TARGET;

/// Returns the span of a trip to the store, of this kind and of this attempt of a request.
///
/// It is part of a trace only: the trips that the server makes by itself, every few seconds, have none.
pub(crate) fn store_span(kind: &'static str, attempt: u32) -> Span {
    if !tracing::span_enabled!(target: TARGET, Level::INFO) || Span::current().is_none() {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET,
        "store",
        "otel.name" = %format_args!("store {kind}"),
        "otel.status_code" = Empty,
        "lido.attempt" = attempt,
        "lido.outcome" = Empty,
    )
}

/// Returns the span of a trigger, with all attempts to invoke its function.
pub(crate) fn trigger_span(trigger: &'static str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "trigger",
        "otel.name" = %format_args!("trigger {trigger}"),
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "lido.attempts" = Empty,
        "lido.outcome" = Empty,
        "lido.trigger" = trigger,
    )
}

/// Returns the span of an attempt to send a message. It is the first of its trace if the server tries again by itself.
pub(crate) fn delivery_span(medium: &'static str, attempt: u32) -> Span {
    tracing::info_span!(
        target: TARGET,
        "deliver",
        "otel.name" = %format_args!("deliver {medium}"),
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "lido.attempt" = attempt,
        "lido.medium" = medium,
        "lido.outcome" = Empty,
    )
}

/// Records how a call has ended, as the metrics name it.
pub(crate) fn record_outcome(span: &Span, outcome: &'static str, is_error: bool) {
    if span.is_disabled() {
        return;
    }
    span.record("lido.outcome", outcome);
    if is_error {
        span.record("otel.status_code", "ERROR");
    }
}
