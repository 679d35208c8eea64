//! Turns a handler, which takes an operation's input, into a service, which takes HTTP requests.
//!
//! It replaces the upgrade of the smithy-rs server runtime for inputs that come from the body alone: no futures are
//! joined, and an input is moved once on its way to the handler.

use std::{
    convert::Infallible,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aws_smithy_http_server::{
    body::BoxBody, operation::OperationShape, request::FromParts, response::IntoResponse,
    service::ServiceShape,
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower::Service;

use crate::{
    OperationInput,
    request_body::{BodyBytes, Rejection},
};

/// The service that answers HTTP requests for the operation `Op` of the service `Ser` by calling `inner`.
pub struct Upgrade<Ser, Op, Exts, S> {
    inner: S,
    shapes: Shapes<(Ser, Op, Exts)>,
}

/// A marker for type parameters without values, which does not affect `Send` and `Sync`.
type Shapes<T> = PhantomData<fn() -> T>;

impl<Ser, Op, Exts, S> Upgrade<Ser, Op, Exts, S> {
    /// Returns the service over `inner`, which takes the input and the parameters extracted from the request head.
    pub const fn new(inner: S) -> Self {
        Self { inner, shapes: PhantomData }
    }
}

impl<Ser, Op, Exts, S: Clone> Clone for Upgrade<Ser, Op, Exts, S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone())
    }
}

impl<Ser, Op, Exts, S> fmt::Debug for Upgrade<Ser, Op, Exts, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").finish_non_exhaustive()
    }
}

impl<Ser, Op, Exts, S, B> Service<Request<B>> for Upgrade<Ser, Op, Exts, S>
where
    Ser: ServiceShape,
    Op: OperationShape<Input: OperationInput>,
    Exts: FromParts<Ser::Protocol, Rejection: fmt::Display>,
    S: Service<(Op::Input, Exts), Response: IntoResponse<Ser::Protocol>, Error: IntoResponse<Ser::Protocol>>
        + Clone,
    B: Body<Data = Bytes> + Unpin,
{
    type Response = Response<BoxBody>;
    type Error = Infallible;
    type Future = UpgradeFuture<Ser, Op, Exts, S, B>;

    /// Always ready: the handler is polled for readiness when its input has been read.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let state = match Exts::from_parts(&mut parts) {
            Ok(extracted) => State::Reading {
                service: self.inner.clone(),
                headers: parts.headers,
                body: BodyBytes::new(body),
                extracted: Some(extracted),
            },
            Err(rejection) => {
                // Usually the layer that adds the extension is missing.
                tracing::error!(operation = Op::ID.absolute(), error = %rejection, "a handler's parameter is missing");
                State::Rejected { response: Some(rejection.into_response()) }
            }
        };
        UpgradeFuture { state, shapes: PhantomData }
    }
}

pin_project! {
    /// The future of an [`Upgrade`]'s response.
    pub struct UpgradeFuture<Ser, Op, Exts, S, B>
    where
        Op: OperationShape,
        S: Service<(Op::Input, Exts)>,
    {
        #[pin]
        state: State<Exts, S, S::Future, B>,
        shapes: Shapes<(Ser, Op)>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Exts, S, F, B> {
        Reading { service: S, headers: HeaderMap, body: BodyBytes<B>, extracted: Option<Exts> },
        Handling { #[pin] handler: F },
        Rejected { response: Option<Response<BoxBody>> },
    }
}

impl<Ser, Op, Exts, S, B> Future for UpgradeFuture<Ser, Op, Exts, S, B>
where
    Ser: ServiceShape,
    Op: OperationShape<Input: OperationInput>,
    S: Service<(Op::Input, Exts), Response: IntoResponse<Ser::Protocol>, Error: IntoResponse<Ser::Protocol>>,
    B: Body<Data = Bytes> + Unpin,
{
    type Output = Result<Response<BoxBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let next = match self.as_mut().project().state.project() {
                StateProjection::Handling { handler } => {
                    return Poll::Ready(Ok(match ready!(handler.poll(cx)) {
                        Ok(output) => output.into_response(),
                        Err(error) => error.into_response(),
                    }));
                }
                StateProjection::Rejected { response } => {
                    return match response.take() {
                        Some(response) => Poll::Ready(Ok(response)),
                        None => Poll::Pending,
                    };
                }
                StateProjection::Reading { service, headers, body, extracted } => {
                    if let Err(error) = ready!(service.poll_ready(cx)) {
                        return Poll::Ready(Ok(error.into_response()));
                    }
                    let settings = Op::Input::settings();
                    let read = match ready!(body.poll(cx, settings.body_limit)) {
                        Ok(body) => Op::Input::from_body(headers, &body),
                        Err(reason) => Err(Rejection { settings, reason }),
                    };
                    match (read, extracted.take()) {
                        (Ok(input), Some(extracted)) => {
                            State::Handling { handler: service.call((input, extracted)) }
                        }
                        (Ok(_), None) => return Poll::Pending,
                        (Err(rejection), _) => {
                            tracing::debug!(operation = Op::ID.absolute(), %rejection, "no input in the body");
                            State::Rejected { response: Some(rejection.into_response()) }
                        }
                    }
                }
            };
            self.as_mut().project().state.set(next);
        }
    }
}
