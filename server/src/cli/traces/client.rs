//! The HTTP client that sends traces to the collector.
//!
//! The thread that sends is none of the async runtime, on which the client works; so each request is a task of the runtime.

use std::{
    error::Error,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::{Client, redirect};
use tokio::runtime::Handle;

use crate::config::TraceSettings;

/// The least time between two lines of the log about a collector that does not take traces.
const REPORT_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// The most bytes of a response, of which the exporter reads a count of refused spans.
const MAX_BYTES: usize = 64 * 1024;

/// A client of one collector.
#[derive(Debug)]
pub(super) struct CollectorClient {
    http: Client,
    runtime: Handle,
    collector: String,
    /// When a failure was logged, if the collector has taken nothing since.
    failing_since_report: Mutex<Option<Instant>>,
}

impl CollectorClient {
    /// Returns a client that sends on this runtime.
    ///
    /// # Errors
    /// The certificates of the system cannot be loaded.
    pub(super) fn new(settings: &TraceSettings, runtime: Handle) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            // No redirection: traces, and the keys in their headers, are for the configured collector only.
            .redirect(redirect::Policy::none())
            .timeout(settings.timeout)
            .user_agent(concat!("lido/", env!("CARGO_PKG_VERSION")));
        // Without TLS no certificates are loaded, because a small container may have none.
        let http = if settings.endpoint.starts_with("http://") { http.tls_certs_only([]) } else { http };
        let collector = settings.collector.clone();
        Ok(Self { http: http.build()?, runtime, collector, failing_since_report: Mutex::default() })
    }

    /// Logs a failure, unless one was logged a short while ago, and the first success after one.
    fn report(&self, outcome: Result<(), String>) {
        let mut reported = self.failing_since_report.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => {
                if reported.take().is_some() {
                    tracing::info!(collector = self.collector, "traces are sent again");
                }
            }
            Err(_) if reported.is_some_and(|at| at.elapsed() < REPORT_INTERVAL) => {}
            Err(fault) => {
                *reported = Some(Instant::now());
                tracing::warn!(
                    collector = self.collector,
                    fault,
                    "traces cannot be sent and are dropped, while requests are served; this line comes every five \
                     minutes at most"
                );
            }
        }
    }
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // They may have keys of the collector.
        request.headers_mut().values_mut().for_each(|value| value.set_sensitive(true));
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move { send(&http, request).await });
        // Ended early only by the end of the runtime.
        let sent = sent.await.unwrap_or_else(|_| Err("the server stops".to_owned()));
        self.report(match &sent {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!("status {}", response.status().as_u16())),
            Err(fault) => Err(fault.clone()),
        });
        Ok(sent?)
    }
}

async fn send(http: &Client, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let request = request.try_into().map_err(|fault: reqwest::Error| root_cause(&fault))?;
    let mut received = http.execute(request).await.map_err(|fault| root_cause(&fault))?;
    let mut body = Vec::new();
    while let Some(chunk) = received.chunk().await.map_err(|fault| root_cause(&fault))? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err("the response of the collector is too long".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = received.status();
    *response.headers_mut() = received.headers().clone();
    Ok(response)
}

/// Returns the root cause of an error, without the URL.
fn root_cause(fault: &reqwest::Error) -> String {
    if fault.is_timeout() {
        return "timeout".to_owned();
    }
    let mut cause: &dyn Error = fault;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
