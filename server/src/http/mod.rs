//! HTTP: connections, limits, request ids, addresses and shutdown. A surface ([`crate::surface`]) makes the response.
//!
//! The steps of every request, in order:
//!
//! 1. `connection` accepts it, within limits (`connections`) and timeouts (`timeout_stream`).
//! 2. It gets a request id, which is in the response and in every log line of the request; `access_log` writes one line
//!    for the request itself.
//! 3. The surface is found: the API by `X-Amz-Target`, any other one by the routing table. A request that no surface
//!    responds to goes to the API, as an unknown operation.
//! 4. A request from a refused address is refused (`source`).
//! 5. A browser's preflight gets the response that the surface allows (`surface::cors`).
//! 6. The body is read, within its limits (`body`).
//! 7. The surface responds. From here on the request is served to its end, even if the client hangs up. A panic is caught and becomes an internal error (`panics`).
//!
//! Nothing here knows what an operation does.

mod access_log;
mod body;
mod connection;
mod connections;
mod framing;
mod gate;
mod metrics_page;
mod panics;
mod plain_text;
mod redirect;
mod shared_stream;
mod source;
mod spawn_on_drop;
mod timeout_stream;

#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod routing_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, Request, header::CONNECTION};
use hyper::body::Incoming;
use ipnet::IpNet;
use lido_runtime::{MissingOperations, Operation as _};
use tracing::Instrument as _;

use self::{
    access_log::AccessLog,
    body::{BodyBudget, BodyError},
    connection::Respond,
    connections::Waiting,
    source::SourceFilter,
};
pub use self::{
    connection::{Limits, Listener, listen, serve},
    gate::Gate,
    metrics_page::{MetricsPage, serve_metrics},
    redirect::{Redirect, serve_redirect},
    timeout_stream::Deadlines,
};
use crate::{
    api::{self, Api, OperationService, Operations},
    app::App,
    console::Console,
    metrics::{ConnectionMetrics, ServiceMetrics},
    oauth::{BackChannel, BrowserEndpoints, Discovery},
    operations::{self, Operation, ReceivedOverTls},
    pages::{BrandingImages, ConfirmationPage, ManagedLogin},
    rates::Rates,
    surface::{CrossOrigin, HttpResponse, RequestSource, RoutingError, RoutingTable, cors},
    traces::RequestSpan,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The service that responds to every request. Share it in an [`Arc`].
#[derive(Debug)]
pub struct HttpService<S = Operations> {
    app: Arc<App>,
    sources: SourceFilter,
    budget: BodyBudget,
    api: Api<S>,
    table: RoutingTable,
    metrics: ServiceMetrics,
}

/// The reason why an [`HttpService`] cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Operations have neither a handler nor a fallback.
    #[error(transparent)]
    Operations(#[from] MissingOperations),
    /// The routes of the surfaces conflict.
    #[error(transparent)]
    Routes(#[from] RoutingError),
}

impl HttpService {
    /// Builds the service of a server. Credentials alone are a [`Gate`] too.
    ///
    /// # Errors
    /// An operation has neither a handler nor a fallback, or the routes of the surfaces conflict.
    pub fn new(app: Arc<App>, gate: impl Into<Gate>) -> Result<Self, BuildError> {
        let operations = operations::service(Arc::clone(&app))?;
        Ok(Self::with_operations(app, gate, operations)?)
    }
}

/// Builds the table of all surfaces but the API.
fn routing_table(app: &Arc<App>, rates: Option<&Arc<Rates>>) -> Result<RoutingTable, RoutingError> {
    RoutingTable::new(vec![
        Box::new(Console::new(Arc::clone(app))),
        Box::new(Discovery::new(Arc::clone(app))),
        Box::new(BackChannel::new(Arc::clone(app), rates.cloned())),
        Box::new(BrowserEndpoints::new(Arc::clone(app), rates.cloned())),
        Box::new(ConfirmationPage::new(Arc::clone(app), rates.cloned())),
        Box::new(BrandingImages::new(Arc::clone(app), rates.cloned())),
        Box::new(ManagedLogin::new(Arc::clone(app), rates.cloned())),
    ])
}

impl<S: OperationService> HttpService<S> {
    fn with_operations(app: Arc<App>, gate: impl Into<Gate>, operations: S) -> Result<Self, RoutingError> {
        let Gate { credentials, sources, rates } = gate.into();
        let rates = rates.map(Arc::new);
        let table = routing_table(&app, rates.as_ref())?;
        let mut metrics = ServiceMetrics::default();
        if let Some(rates) = &rates {
            metrics.rates = rates.metrics().clone();
        }
        let api = Api::new(Arc::clone(&app), credentials, rates, operations);
        Ok(Self { app, sources, budget: BodyBudget::default(), api, table, metrics })
    }

    /// Returns the metrics of requests, connections and rates.
    pub fn metrics(&self) -> &ServiceMetrics {
        &self.metrics
    }

    /// Responds to a request, also if a handler panics.
    async fn respond_and_log(
        &self,
        request: Request<Incoming>,
        connection: RequestSource,
        waiting: &Waiting,
    ) -> HttpResponse {
        let id = self.app.entropy.public_uuid().unwrap_or_else(|_| uuid::Uuid::nil().to_string());
        let span = tracing::error_span!("request", %id);
        let trace = RequestSpan::begin(&request, &id);
        let trace_span = trace.span();
        let work = async {
            let mut log = AccessLog::begin(&self.metrics.requests, trace);
            let mut cross_origin = CrossOrigin::default();
            let is_cross_origin = cors::is_cross_origin(request.headers());
            let is_last = framing::is_last(request.headers());
            let routed =
                panics::catch(self.route(request, connection, waiting, &mut log, &mut cross_origin)).await;
            let response = routed.unwrap_or_else(|panics::HandlerPanic| api::internal_error());
            // Clients open their next connection elsewhere.
            let is_last = is_last || self.app.drain.has_begun();
            let response = if is_last { closing(response) } else { response };
            let mut response = self.budget.hold(response);
            response.headers_mut().extend(HeaderValue::try_from(id.as_str()).map(|id| (REQUEST_ID, id)));
            if is_cross_origin {
                cross_origin.permit(response.headers_mut());
            }
            log.end(&response);
            response
        };
        work.instrument(trace_span).instrument(span).await
    }

    /// Finds the surface of a request and lets it respond. `log` and `cross_origin` are set as soon as it is found.
    async fn route(
        &self,
        mut request: Request<Incoming>,
        connection: RequestSource,
        waiting: &Waiting,
        log: &mut AccessLog,
        cross_origin: &mut CrossOrigin,
    ) -> HttpResponse {
        let source = self.sources.source(connection, request.headers());
        request.extensions_mut().insert(source.peer);
        if source.is_secure {
            request.extensions_mut().insert(ReceivedOverTls);
        }
        let operation = Operation::of(&request);
        let (head, body) = request.into_parts();
        // Nearly all requests are for the API and need no look-up in the table.
        let found = if operation.is_some() { None } else { self.table.find(&head) };
        match (&found, operation) {
            (Some(found), _) => {
                log.set_route(found.operation(), &head.method, found.route());
                *cross_origin = found.cross_origin();
            }
            (None, Some(operation)) => log.set_operation(operation.name()),
            (None, None) => {}
        }
        if self.sources.is_refused(source) {
            return source::refusal();
        }
        if let Err(fault) = framing::check(&head) {
            return fault.into_response();
        }
        if head.method == Method::OPTIONS
            && let Some(response) = cross_origin.preflight(&head.headers)
        {
            log.set_preflight();
            return response;
        }
        let body = match body::read(&head.headers, body, &self.budget, body::DEADLINE).await {
            Ok(body) => body,
            Err(error) => {
                let refused = match &found {
                    Some(found) => found.refuse_body(error.status(), source).await,
                    None => None,
                };
                return refused.map_or_else(|| error.into_response(), closing);
            }
        };
        if !waiting.end() {
            return BodyError::Broken.into_response();
        }
        match found {
            Some(found) => found.respond(&body.bytes, source).await,
            None => self.api.respond(operation, head, &body.bytes, source).await,
        }
    }
}

impl<S: OperationService> Respond for HttpService<S> {
    fn trusted_proxies(&self) -> &[IpNet] {
        &self.sources.proxies
    }

    fn connection_metrics(&self) -> ConnectionMetrics {
        self.metrics.connections.clone()
    }

    fn respond(
        &self,
        request: Request<Incoming>,
        connection: RequestSource,
        waiting: &Waiting,
    ) -> impl Future<Output = HttpResponse> + Send {
        self.respond_and_log(request, connection, waiting)
    }
}

/// Marks a response as the last one of its connection.
fn closing(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
