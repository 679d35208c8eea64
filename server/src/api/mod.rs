//! The API: the operations of Amazon Cognito user pools, as `POST /` with `X-Amz-Target`.
//!
//! A request for an operation passes three steps: the signature over the received bytes and the signer's policies
//! (`admission`, `iam_request`), the request rate ([`crate::rates`]), and the generated service, which reads and checks
//! the input and calls a handler of [`crate::operations`]. *Chosen*: the rate is checked after the signature, so that
//! requests with a wrong signature do not use up the quota. Every request that no other surface responds to comes here
//! as an unknown operation; `other_services` refuses those for other services of AWS, `unknown_path` those of no operation.

mod admission;
mod fault;
mod iam_request;
mod other_services;
mod unknown_path;

use std::{convert::Infallible, sync::Arc};

use http::{Request, StatusCode, request::Parts};
use http_body_util::Full;
use lido_runtime::{Bytes, Operation as _, Router, response::front_end_error};
use tower::{Service, ServiceExt as _};

use self::admission::{AdmissionError, ReceivedRequest};
use crate::{
    app::App,
    credentials::Credentials,
    operations::{CallerRegion, Operation},
    rates::Rates,
    surface::{HttpResponse, RequestSource},
};

/// The generated service with its handlers.
pub type Operations = Router<Operation, Full<Bytes>>;

/// A service that responds to requests for operations: [`Operations`], or a fake in tests.
pub trait OperationService:
    Service<Request<Full<Bytes>>, Response = HttpResponse, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> OperationService for S where
    S: Service<Request<Full<Bytes>>, Response = HttpResponse, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// The surface of the operations.
#[derive(Debug)]
pub(crate) struct Api<S> {
    app: Arc<App>,
    credentials: Credentials,
    rates: Option<Arc<Rates>>,
    operations: S,
}

impl<S: OperationService> Api<S> {
    /// Returns the API of `operations`, for callers with these credentials and within these rates.
    pub(crate) fn new(
        app: Arc<App>,
        credentials: Credentials,
        rates: Option<Arc<Rates>>,
        operations: S,
    ) -> Self {
        Self { app, credentials, rates, operations }
    }

    /// Responds to a request for an operation, or to one for an unknown operation.
    pub(crate) async fn respond(
        &self,
        operation: Option<Operation>,
        mut head: Parts,
        body: &Bytes,
        source: RequestSource,
    ) -> HttpResponse {
        if let Some(operation) = operation {
            let received = ReceivedRequest { operation, head: &head, body, source };
            match self.admit(received).await {
                Ok(Some(region)) => drop(head.extensions.insert(region)),
                Ok(None) => {}
                Err(refused) => return refused.into_response(),
            }
            if let Some(faults) = &self.app.faults
                && let Some(failed) = fault::inject(faults, &self.app.entropy, operation, &mut head).await
            {
                return failed;
            }
        }
        if operation.is_none()
            && let Some(response) =
                other_services::refusal(&head, body).or_else(|| unknown_path::refusal(&head))
        {
            return response;
        }
        let request = Request::from_parts(head, Full::new(body.clone()));
        match self.operations.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Checks that the caller may call the operation, and that the request rate allows it now. Returns the Region that the
    /// caller is limited to.
    async fn admit(&self, received: ReceivedRequest<'_>) -> Result<Option<CallerRegion>, AdmissionError> {
        let region = received.check(&self.app, &self.credentials).await?;
        let address = received.source.peer.0;
        match &self.rates {
            Some(rates) if !rates.take(received.operation, address).await => Err(AdmissionError::Rate),
            _ => Ok(region),
        }
    }
}

/// Returns the response for any internal error (*Documented*: common to all operations). The details are in the log.
pub(crate) fn internal_error() -> HttpResponse {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    front_end_error(Operation::settings(), status, "InternalErrorException", Some("Internal server error"))
}
