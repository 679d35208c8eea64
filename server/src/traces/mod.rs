//! Traces: spans of what a request does, for OpenTelemetry.
//!
//! The spans are those of `tracing` with the target [`TARGET`]. Without a subscriber that records them, as the binary has
//! one only if a collector is configured, none is made, and what would describe it is not computed. The binary sends them
//! (`cli/traces/`); `docs/traces.md` has the table of all spans.
//!
//! Attributes are names that the code knows: of operations, routes, triggers, media, outcomes. As in [`crate::metrics`], none
//! comes from a client, and none is a secret or the name of anybody. Only the trace context does, as W3C specifies it.

mod calls;
mod propagation;
mod request;

pub(crate) use self::{
    calls::{delivery_span, record_outcome, store_span, trigger_span},
    propagation::inject,
    request::RequestSpan,
};

/// The target of the spans.
pub const TARGET: &str = "lido::traces";

#[cfg(test)]
mod tests;
