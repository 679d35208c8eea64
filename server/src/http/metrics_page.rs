//! The listener of `--metrics`: the metrics of this process, for Prometheus, at `/metrics`.
//!
//! It is a listener of its own, because its readers are others than those of the server: who can read how often sign-ins fail
//! need not be everybody.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
};
use hyper::body::Incoming;
use ipnet::IpNet;
use lido_runtime::{Bytes, server::body::from_bytes};
use tokio::time::timeout;

use super::{
    Limits,
    connection::{Listener, Respond, serve_with},
    connections::Waiting,
};
use crate::{
    app::App,
    metrics::{self, Exposition, ServiceMetrics, Snapshot},
    surface::{HttpResponse, RequestSource},
};

/// The most waiting messages of a medium that are counted, so that a scrape costs the store little.
const MAX_MESSAGES: usize = 1_000;

/// The longest wait for the store. The metrics of the outbox then keep their last values.
const TIMEOUT: Duration = Duration::from_secs(2);

/// What responds to Prometheus.
#[derive(Debug)]
pub struct MetricsPage {
    app: Arc<App>,
    exposition: Exposition,
}

impl MetricsPage {
    /// Returns the page of an app and the service in front of it.
    pub fn new(version: &'static str, app: Arc<App>, service: &ServiceMetrics) -> Self {
        let exposition = Exposition::new(
            version,
            service,
            app.store.metrics(),
            app.triggers.metrics(),
            app.outbox.metrics(),
        );
        Self { app, exposition }
    }

    async fn snapshot(&self) -> Snapshot {
        // Before the scrape itself waits for a connection and uses it.
        let sql = self.app.store.sql_connections();
        let outbox = timeout(TIMEOUT, self.app.outbox.lengths(MAX_MESSAGES)).await;
        Snapshot {
            sql,
            outbox: outbox.ok().and_then(Result::ok),
            passwords_waiting: self.app.passwords.waiting(),
        }
    }

    async fn respond_to(&self, method: &Method, path: &str) -> HttpResponse {
        if path != "/metrics" {
            return text(StatusCode::NOT_FOUND, "The metrics are at /metrics.\n".to_owned());
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Ask by GET.\n".to_owned());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match self.exposition.write(&self.snapshot().await) {
            Ok(written) => {
                let mut response = text(StatusCode::OK, written);
                let kind = HeaderValue::from_static(metrics::CONTENT_TYPE);
                response.headers_mut().insert(CONTENT_TYPE, kind);
                response
            }
            Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "The metrics cannot be written.\n".to_owned()),
        }
    }
}

fn text(status: StatusCode, text: String) -> HttpResponse {
    let mut response = Response::new(from_bytes(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

impl Respond for MetricsPage {
    fn trusted_proxies(&self) -> &[IpNet] {
        &[]
    }

    async fn respond(&self, request: Request<Incoming>, _: RequestSource, _: &Waiting) -> HttpResponse {
        self.respond_to(request.method(), request.uri().path()).await
    }
}

/// Serves the metrics until `stop` completes.
pub async fn serve_metrics(
    listener: impl Into<Listener>,
    page: MetricsPage,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    serve_with(listener.into(), Arc::new(page), limits, stop).await
}
