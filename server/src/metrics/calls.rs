//! The metrics of what a request calls: the store, triggers, and the transports of messages.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;

use super::{Durations, durations, observe};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TripLabels {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct TriggerLabels {
    trigger: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct DeliveryLabels {
    medium: &'static str,
    outcome: &'static str,
}

/// What a trip to the store is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreTrip {
    /// The batched read of a request.
    Read,
    /// The commit of a request.
    Commit,
    /// A list over all pools: of pools, or of messages that are due.
    List,
    /// The removal of expired records.
    Sweep,
}

impl StoreTrip {
    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Commit => "commit",
            Self::List => "list",
            Self::Sweep => "sweep",
        }
    }
}

/// The metrics of a store. Clones share them.
#[derive(Clone, Debug)]
pub struct StoreMetrics {
    pub(super) trips: Durations<TripLabels>,
}

impl Default for StoreMetrics {
    fn default() -> Self {
        Self { trips: durations() }
    }
}

impl StoreMetrics {
    /// Counts a trip with its outcome.
    pub fn count(&self, trip: StoreTrip, outcome: &'static str, duration: Duration) {
        observe(&self.trips, &TripLabels { kind: trip.as_str(), outcome }, duration);
    }
}

/// The metrics of triggers. Clones share them.
#[derive(Clone, Debug)]
pub struct TriggerMetrics {
    pub(super) calls: Durations<TriggerLabels>,
}

impl Default for TriggerMetrics {
    fn default() -> Self {
        Self { calls: durations() }
    }
}

impl TriggerMetrics {
    /// Counts a trigger that was called, with all its attempts.
    pub fn count(&self, trigger: &'static str, outcome: &'static str, duration: Duration) {
        observe(&self.calls, &TriggerLabels { trigger, outcome }, duration);
    }
}

/// The metrics of deliveries. Clones share them.
#[derive(Clone, Debug)]
pub struct DeliveryMetrics {
    pub(super) attempts: Durations<DeliveryLabels>,
}

impl Default for DeliveryMetrics {
    fn default() -> Self {
        Self { attempts: durations() }
    }
}

impl DeliveryMetrics {
    /// Counts an attempt to send a message.
    pub fn count(&self, medium: &'static str, outcome: &'static str, duration: Duration) {
        observe(&self.attempts, &DeliveryLabels { medium, outcome }, duration);
    }
}
