//! The router of a generated service: one table, shared by every connection and never copied.
//!
//! The stock router of the runtime owns its table by value and is cloned for every request under
//! hyper 1, which costs a boxed clone of each operation's handler.

use std::{
    convert::Infallible,
    fmt,
    future::{Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use aws_smithy_http_server::body::BoxBody;
use http::{Method, Request, Response, StatusCode};
use tower::{Service, ServiceExt as _};

use crate::{Operation, answer};

type Answer = Result<Response<BoxBody>, Infallible>;
type BoxFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A service for one operation, of any type.
pub struct Route<B>(Box<dyn Endpoint<B>>);

impl<B> Route<B> {
    /// A route to `service`.
    pub fn new<S>(service: S) -> Self
    where
        B: Send + 'static,
        S: Service<Request<B>, Response = Response<BoxBody>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Self(Box::new(service))
    }
}

impl<B> fmt::Debug for Route<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").finish_non_exhaustive()
    }
}

/// A service that many requests use at once: each call works on a clone.
trait Endpoint<B>: Send + Sync {
    fn answer(&self, request: Request<B>) -> BoxFuture;
}

impl<B, S> Endpoint<B> for S
where
    B: Send + 'static,
    S: Service<Request<B>, Response = Response<BoxBody>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    fn answer(&self, request: Request<B>) -> BoxFuture {
        let mut service = self.clone();
        // Nearly always it is ready, and the request need not be kept until it is.
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Box::pin(service.call(request)),
            _ => Box::pin(service.oneshot(request)),
        }
    }
}

/// Routes a request by its `X-Amz-Target` to one of the operations `O`.
#[derive(Debug)]
pub struct Router<O, B> {
    routes: Arc<[Route<B>]>,
    operations: std::marker::PhantomData<fn() -> O>,
}

impl<O, B> Clone for Router<O, B> {
    fn clone(&self) -> Self {
        Self { routes: Arc::clone(&self.routes), operations: self.operations }
    }
}

impl<O: Operation, B> Router<O, B> {
    /// `routes` are in the order of the operations.
    pub(crate) fn new(routes: Vec<Route<B>>) -> Self {
        Self { routes: routes.into(), operations: std::marker::PhantomData }
    }

    fn find_route(&self, request: &Request<B>) -> Option<&Route<B>> {
        self.routes.get(O::of(request)?.index())
    }
}

/// The operation that a request asks for: a `POST` to `/` with the target's header.
pub(crate) fn target<B>(request: &Request<B>) -> Option<&str> {
    if request.method() != Method::POST || request.uri().path() != "/" {
        return None;
    }
    request.headers().get("x-amz-target")?.to_str().ok()
}

impl<O: Operation, B> Service<Request<B>> for Router<O, B> {
    type Response = Response<BoxBody>;
    type Error = Infallible;
    type Future = RouterFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> RouterFuture {
        RouterFuture(match self.find_route(&request) {
            Some(route) => Ok(route.0.answer(request)),
            None => Err(ready(Ok(answer::front_end_error(
                O::settings(),
                StatusCode::BAD_REQUEST,
                "UnknownOperationException",
                None,
            )))),
        })
    }
}

/// The answer of a [`Router`].
pub struct RouterFuture(Result<BoxFuture, Ready<Answer>>);

impl Future for RouterFuture {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        match &mut self.0 {
            Ok(route) => route.as_mut().poll(cx),
            Err(unknown) => Pin::new(unknown).poll(cx),
        }
    }
}

impl fmt::Debug for RouterFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouterFuture").finish_non_exhaustive()
    }
}
