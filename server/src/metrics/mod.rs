//! Metrics: what happens in this process, counted where it happens and written for Prometheus.
//!
//! Each part of the server holds the metrics of its own from its start; a count costs a look into a small table.
//! [`Exposition`] knows all of them and writes them; [`crate::http`] serves that on a listener of its own. `docs/metrics.md`
//! has the table of all names, which a test compares with this.
//!
//! Labels are names that the code knows: of operations, errors, triggers, media. None comes from a client, so that their
//! number is bounded, and none is a secret or the name of anybody.

mod calls;
mod exposition;
mod requests;

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

pub use self::{
    calls::{DeliveryMetrics, StoreMetrics, StoreTrip, TriggerMetrics},
    exposition::{CONTENT_TYPE, Exposition, ServiceMetrics, Snapshot, SqlConnections},
    requests::{ConnectionMetrics, OpenRequest, RateMetrics, RequestMetrics},
};

/// The bounds of histograms, in seconds: from a read of SQLite to a trigger that is invoked three times.
const BUCKETS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// A family of counters.
type Counters<L> = Family<L, Counter<u64, AtomicU64>>;

/// A family of gauges.
type Gauges<L> = Family<L, Gauge>;

/// A family of histograms of durations.
type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// Returns a family of histograms of durations.
fn durations<L>() -> Durations<L>
where
    L: Clone + Eq + std::hash::Hash,
{
    Family::new_with_constructor(|| Histogram::new(BUCKETS))
}

/// Counts a duration.
fn observe<L>(durations: &Durations<L>, labels: &L, duration: Duration)
where
    L: Clone + Eq + std::hash::Hash + EncodeLabelSet,
{
    durations.get_or_create(labels).observe(duration.as_secs_f64());
}

#[cfg(test)]
mod tests;
