//! From bytes on a socket to an operation and back: what happens with every request, in order.
//!
//! 1. `connection` accepts, within limits, and waits only so long (`timeout_stream`).
//! 2. A request id is made; it stands in the answer and beside every line that is logged meanwhile (`access_log`).
//! 3. Whoever comes from a refused address is told so (`source`).
//! 4. A browser's preflight is answered (`cors`).
//! 5. The body is read once, within its limits (`body`).
//! 6. `/_lido/…` goes to the [`crate::console`], a link of a mail to the page that confirms, and the documents of a
//!    pool are told (`discovery`).
//! 7. Everything else is an operation: its signature is verified over the bytes received and its signer's policies are
//!    asked (`signature`), it is counted (`rates`), and then the generated service reads, checks and hands it to a
//!    handler.
//!
//! What was configured about 3 and 7 is one [`Gate`]. Whatever panics on the way is caught and answered (`panics`).
//! Nothing here knows what an operation does.

mod access_log;
mod asked;
mod body;
mod connection;
mod cors;
mod discovery;
mod gate;
mod panics;
mod rates;
mod signature;
mod source;
mod timeout_stream;

#[cfg(test)]
mod tests;

use std::{convert::Infallible, sync::Arc};

use http::{
    HeaderName, HeaderValue, Method, Request, Response, StatusCode, header::CONNECTION, request::Parts,
};
use http_body_util::Full;
use hyper::body::Incoming;
use lido_runtime::{
    Bytes, MissingOperations, Operation as _, Router, answer::front_end_error, server::body::BoxBody,
};
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;

use crate::{
    app::App,
    confirmation_page,
    console::Console,
    operations::{self, Operation, Peer},
};

use self::{access_log::AccessLog, body::Budget, discovery::Discovery, signature::Received, source::Source};
pub use self::{
    connection::{Limits, listen, serve},
    gate::Gate,
    rates::{Quotas, Rates},
    timeout_stream::Deadlines,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer of any kind.
pub type Answer = Response<BoxBody>;

/// The generated service with its handlers.
pub type Operations = Router<Operation, Full<Bytes>>;

/// Whatever takes requests for operations: [`Operations`], or in tests something worse.
pub trait Serves:
    Service<Request<Full<Bytes>>, Response = Answer, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Serves for S where
    S: Service<Request<Full<Bytes>>, Response = Answer, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Takes every request. Share it in an [`Arc`].
#[derive(Debug)]
pub struct Front<S = Operations> {
    app: Arc<App>,
    gate: Gate,
    console: Console,
    operations: S,
    budget: Budget,
}

impl Front {
    /// The front of a server: its operations behind a gate, and a console as the app allows. Credentials alone are a
    /// gate, too.
    ///
    /// # Errors
    /// Operations have neither a handler nor an answer.
    pub fn new(app: Arc<App>, gate: impl Into<Gate>) -> Result<Self, MissingOperations> {
        let operations = operations::service(Arc::clone(&app))?;
        Ok(Self::with_operations(app, gate, operations))
    }
}

impl<S: Serves> Front<S> {
    fn with_operations(app: Arc<App>, gate: impl Into<Gate>, operations: S) -> Self {
        let console = Console::new(Arc::clone(&app));
        Self { app, gate: gate.into(), console, operations, budget: Budget::default() }
    }

    /// Answers a request, whatever happens.
    async fn answer(&self, request: Request<Incoming>, peer: Peer) -> Answer {
        let id = self.app.entropy.uuid().unwrap_or_else(|_| uuid::Uuid::nil().to_string());
        let span = tracing::error_span!("request", %id);
        let work = async {
            let mut log = AccessLog::begin();
            let is_cross_origin = cors::is_cross_origin(&request);
            let answered = panics::catch(self.respond(request, peer, &mut log)).await;
            let mut answer = answered.unwrap_or_else(|panics::Panicked| internal_error());
            answer.headers_mut().extend(HeaderValue::try_from(id.as_str()).map(|id| (REQUEST_ID, id)));
            if is_cross_origin && log.may_be_read_by_any_page() {
                cors::allow(answer.headers_mut());
            }
            log.end(answer.status());
            answer
        };
        work.instrument(span).await
    }

    async fn respond(&self, request: Request<Incoming>, peer: Peer, log: &mut AccessLog) -> Answer {
        let target = Operation::of(&request);
        let (mut head, body) = request.into_parts();
        let is_console = head.uri.path().starts_with("/_lido/");
        let is_link = target.is_none() && head.uri.path() == confirmation_page::PATH;
        let discovery = target.is_none().then(|| Discovery::of(head.uri.path())).flatten();
        if is_console {
            log.is_for_console();
        } else if discovery.is_some() {
            log.is_for_discovery();
        } else if is_link {
            log.is_for_confirmation_page();
        } else if let Some(operation) = target {
            log.is_for(operation.name());
        }
        let source = self.gate.sources.source(peer, &head.headers);
        if self.gate.sources.refuse(source) {
            return source::refusal();
        }
        head.extensions.insert(source.peer);
        if !is_console
            && head.method == Method::OPTIONS
            && let Some(answer) = cors::preflight(&head.headers)
        {
            log.is_preflight();
            return answer;
        }
        let body = match body::read(&head.headers, body, &self.budget, body::DEADLINE).await {
            Ok(body) => body,
            Err(fault) => return fault.into_answer(),
        };
        if is_console {
            return self.console.answer(&head, &body.bytes).await;
        }
        if let Some(discovery) = discovery {
            return discovery.answer(&self.app, &head).await;
        }
        if is_link {
            // It costs what the operation costs.
            return match self.has_room_for(Operation::ConfirmSignUp) {
                true => confirmation_page::answer(&self.app, &head).await,
                false => confirmation_page::busy(),
            };
        }
        if let Some(operation) = target
            && let Err(refusal) = self.admit(operation, &head, &body.bytes, source).await
        {
            return refusal;
        }
        let request = Request::from_parts(head, Full::new(body.bytes.clone()));
        match self.operations.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    /// Whether whoever asks may do it, and now.
    async fn admit(
        &self,
        operation: Operation,
        head: &Parts,
        body: &[u8],
        source: Source,
    ) -> Result<(), Answer> {
        let received = Received { operation, head, body, source };
        received.check(&self.app, &self.gate.credentials).await.map_err(signature::Refused::into_answer)?;
        if self.has_room_for(operation) { Ok(()) } else { Err(rates::refusal()) }
    }

    /// Whether the operation may be asked for once more now.
    fn has_room_for(&self, operation: Operation) -> bool {
        self.gate.rates.as_ref().is_none_or(|rates| rates.take(operation))
    }
}

/// What a client reads of anything unforeseen (*Documented*: common to all operations); the log has the rest.
fn internal_error() -> Answer {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    front_end_error(Operation::settings(), status, "InternalErrorException", Some("Internal server error"))
}

/// Marks an answer as the last one of its connection.
fn closing(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}
