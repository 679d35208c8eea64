//! The metrics of requests, connections and rates.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use prometheus_client::{encoding::EncodeLabelSet, metrics::gauge::Gauge};

use super::{Counters, Durations, durations, observe};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RequestLabels {
    operation: &'static str,
    outcome: Cow<'static, str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OperationLabel {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ReasonLabel {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct CategoryLabel {
    category: &'static str,
}

/// The metrics of requests. Clones share them.
#[derive(Clone, Debug)]
pub struct RequestMetrics {
    pub(super) finished: Counters<RequestLabels>,
    pub(super) durations: Durations<OperationLabel>,
    pub(super) in_flight: Gauge,
}

impl Default for RequestMetrics {
    fn default() -> Self {
        Self { finished: Counters::default(), durations: durations(), in_flight: Gauge::default() }
    }
}

impl RequestMetrics {
    /// Counts a request that begins.
    pub fn begin(&self) -> OpenRequest {
        self.in_flight.inc();
        OpenRequest { metrics: self.clone(), started: Instant::now() }
    }
}

/// A request that has begun. It is in flight until it is dropped.
#[derive(Debug)]
pub struct OpenRequest {
    metrics: RequestMetrics,
    started: Instant,
}

impl OpenRequest {
    /// Counts the request with its outcome: `ok`, the name of an error, or the status of a response that names none. Returns
    /// its duration.
    pub fn count(&self, operation: &'static str, outcome: Cow<'static, str>) -> Duration {
        let duration = self.started.elapsed();
        let labels = RequestLabels { operation, outcome };
        self.metrics.finished.get_or_create(&labels).inc();
        observe(&self.metrics.durations, &OperationLabel { operation }, duration);
        duration
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
    }
}

/// The metrics of connections. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct ConnectionMetrics {
    pub(super) open: Gauge,
    pub(super) closed_early: Counters<ReasonLabel>,
}

impl ConnectionMetrics {
    /// Counts a connection that is opened.
    pub fn open(&self) {
        self.open.inc();
    }

    /// Counts a connection that is closed.
    pub fn close(&self) {
        self.open.dec();
    }

    /// Counts a connection that is refused because its address has too many.
    pub fn refuse(&self) {
        self.end("refused");
    }

    /// Counts connections that give way to new ones.
    pub fn evict(&self, count: usize) {
        let counter = self.closed_early.get_or_create_owned(&ReasonLabel { reason: "evicted" });
        counter.inc_by(u64::try_from(count).unwrap_or_default());
    }

    /// Counts a connection whose TLS handshake fails or is too slow.
    pub fn fail_handshake(&self) {
        self.end("handshake");
    }

    fn end(&self, reason: &'static str) {
        self.closed_early.get_or_create(&ReasonLabel { reason }).inc();
    }
}

/// The metrics of request rates. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct RateMetrics {
    pub(super) refused: Counters<CategoryLabel>,
}

impl RateMetrics {
    /// Counts a request that is over the quota of a category.
    pub fn refuse(&self, category: &'static str) {
        self.refused.get_or_create(&CategoryLabel { category }).inc();
    }
}
