//! Writes all metrics in the text format of Prometheus (0.0.4), which every reader knows.
//!
//! The library writes OpenMetrics, whose samples are the same; the lines about a metric name it without the suffix of its
//! samples there.

use std::fmt::{self, Write as _};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{gauge::Gauge, info::Info},
    registry::Registry,
};

use super::{
    ConnectionMetrics, DeliveryMetrics, Gauges, RateMetrics, RequestMetrics, StoreMetrics, TriggerMetrics,
};

/// The content type of an exposition.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics of the service that responds to requests. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct ServiceMetrics {
    /// Those of requests.
    pub requests: RequestMetrics,
    /// Those of connections.
    pub connections: ConnectionMetrics,
    /// Those of request rates.
    pub rates: RateMetrics,
}

/// The connections to a SQL database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SqlConnections {
    /// Those that a request uses.
    pub in_use: usize,
    /// Those that are open and free.
    pub idle: usize,
    /// The requests that wait for one.
    pub waiting: usize,
}

/// What is not counted but looked at, at the time of a scrape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The connections to the database, if it is a SQL server.
    pub sql: Option<SqlConnections>,
    /// The mails and SMS that wait in the outbox, unless the store does not respond.
    pub outbox: Option<[usize; 2]>,
    /// The computations with passwords that wait for a core.
    pub passwords_waiting: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MediumLabel {
    medium: &'static str,
}

/// The registry of all metrics.
#[derive(Debug)]
pub struct Exposition {
    registry: Registry,
    sql: Gauges<StateLabel>,
    outbox: Gauges<MediumLabel>,
    passwords_waiting: Gauge,
}

impl Exposition {
    /// Returns the exposition of these metrics, for a build of this version.
    pub fn new(
        version: &'static str,
        service: &ServiceMetrics,
        store: &StoreMetrics,
        triggers: &TriggerMetrics,
        deliveries: &DeliveryMetrics,
    ) -> Self {
        let mut registry = Registry::with_prefix("lido");
        let (sql, outbox, passwords_waiting) = (Gauges::default(), Gauges::default(), Gauge::default());
        registry.register("build", "The version of this server", Info::new([("version", version)]));
        let ServiceMetrics { requests, connections, rates } = service.clone();
        registry.register("requests", "Finished requests by operation and outcome", requests.finished);
        registry.register(
            "request_duration_seconds",
            "The time from the head of a request to its response",
            requests.durations,
        );
        registry.register("requests_in_flight", "Requests that are not finished", requests.in_flight);
        registry.register("connections_open", "Open connections", connections.open);
        registry.register(
            "connections_closed_early",
            "Connections that the server closed for their number, or for a handshake that failed",
            connections.closed_early,
        );
        registry.register("requests_over_quota", "Requests over the quota of a category", rates.refused);
        registry.register(
            "store_trip_duration_seconds",
            "Trips to the store by kind and outcome, of which a conflict is tried again",
            store.clone().trips,
        );
        registry.register("sql_connections", "Connections to the SQL server by state", sql.clone());
        registry.register("outbox_messages", "Messages that wait, counted up to 1000", outbox.clone());
        registry.register(
            "delivery_duration_seconds",
            "Attempts to send a message by medium and outcome",
            deliveries.clone().attempts,
        );
        registry.register(
            "trigger_duration_seconds",
            "Lambda triggers by outcome, with all attempts",
            triggers.clone().calls,
        );
        registry.register(
            "password_computations_waiting",
            "Computations with passwords that wait for a core",
            passwords_waiting.clone(),
        );
        Self { registry, sql, outbox, passwords_waiting }
    }

    /// Returns the text of all metrics.
    ///
    /// # Errors
    /// A metric cannot be written, which none of these does.
    pub fn write(&self, snapshot: &Snapshot) -> Result<String, fmt::Error> {
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(SqlConnections { in_use, idle, waiting }) = snapshot.sql {
            for (state, count) in [("in_use", in_use), ("idle", idle), ("waiting", waiting)] {
                self.sql.get_or_create(&StateLabel { state }).set(gauge(count));
            }
        }
        if let Some([mail, sms]) = snapshot.outbox {
            for (medium, count) in [("mail", mail), ("sms", sms)] {
                self.outbox.get_or_create(&MediumLabel { medium }).set(gauge(count));
            }
        }
        self.passwords_waiting.set(gauge(snapshot.passwords_waiting));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        prometheus_text(&text)
    }
}

/// Turns the text of OpenMetrics into that of Prometheus.
fn prometheus_text(open_metrics: &str) -> Result<String, fmt::Error> {
    let (mut text, mut help) = (String::with_capacity(open_metrics.len()), "");
    for line in open_metrics.lines() {
        if let Some(described) = line.strip_prefix("# HELP ") {
            // It comes before the type, which decides the name.
            help = described;
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|line| line.split_once(' '))
        {
            let (suffix, kind) = match kind {
                "counter" => ("_total", kind),
                "info" => ("_info", "gauge"),
                _ => ("", kind),
            };
            let help = help.strip_prefix(name).unwrap_or_default().trim();
            writeln!(text, "# HELP {name}{suffix} {help}\n# TYPE {name}{suffix} {kind}")?;
        } else if !line.starts_with('#') {
            writeln!(text, "{line}")?;
        }
    }
    Ok(text)
}
