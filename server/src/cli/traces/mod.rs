//! Sends the traces of the server to a collector, by OTLP: protobuf over HTTP.
//!
//! The library makes the spans (`lido::traces`). Here they are sampled, collected in a bounded queue, and sent in batches by a
//! thread of the SDK, so that no request waits for a collector; what does not fit into the queue is dropped. [`client`] sends,
//! and says in the log if the collector does not take them.

mod client;

use std::time::Duration;

use anyhow::Context as _;
use lido::{entropy::Entropy, traces::TARGET};
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    resource::{EnvResourceDetector, SdkProvidedResourceDetector, TelemetryResourceDetector},
    trace::{Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use self::client::CollectorClient;
use crate::config::{Sampling, TraceSettings};

/// The time that the spans that wait have at shutdown. The others are lost.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// The traces that are sent to a collector.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts to send what [`Traces::layer`] records. `runtime` must run until [`Traces::flush`] returns.
    ///
    /// # Errors
    /// The client of the collector cannot be built.
    pub(super) fn start(settings: &TraceSettings, runtime: &Handle) -> anyhow::Result<Self> {
        let client = CollectorClient::new(settings, runtime.clone())
            .context("the client of OTEL_EXPORTER_OTLP_ENDPOINT cannot be built")?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(&settings.endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(settings.timeout)
            .build()
            .context("the exporter of OTEL_EXPORTER_OTLP_ENDPOINT cannot be built")?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource(settings)?)
            .with_sampler(sampler(settings.sampling))
            .with_batch_exporter(exporter)
            .build();
        Ok(Self(provider))
    }

    /// Returns the layer of `tracing` that records the spans.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("lido"))
            .with_context_activation(false)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // Events are those of the log.
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends the spans that wait, for a limited time.
    pub(super) fn flush(&self) {
        if let Err(fault) = self.0.shutdown_with_timeout(FLUSH_TIMEOUT) {
            tracing::warn!(%fault, "the last traces could not be sent");
        }
    }
}

fn sampler(Sampling { share, follows_parent }: Sampling) -> Sampler {
    let sampler = Sampler::TraceIdRatioBased(share);
    if follows_parent { Sampler::ParentBased(Box::new(sampler)) } else { sampler }
}

/// Returns what the collector knows of this server: the attributes of the variables, and what they leave out.
fn resource(settings: &TraceSettings) -> anyhow::Result<Resource> {
    // Of two values the later one holds: the variables come last.
    let builder = Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", Entropy::system().uuid()?),
        ])
        .with_detectors(&[
            Box::new(TelemetryResourceDetector),
            Box::new(EnvResourceDetector::new()),
            Box::new(SdkProvidedResourceDetector),
        ]);
    let builder = if settings.has_service_name { builder } else { builder.with_service_name("lido") };
    Ok(builder.build())
}
