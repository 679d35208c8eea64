//! The router of a generated service: one table of routes that all connections share.
//!
//! The router of the smithy-rs server runtime owns its table by value and is cloned for every request under hyper 1,
//! which costs a boxed clone of each operation's handler. This one is cloned by reference count.

use std::{
    convert::Infallible,
    fmt,
    future::{Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use aws_smithy_http_server::{body::BoxBody, routing::IntoMakeService};
use http::{Method, Request, Response, StatusCode};
use tower::{Service, ServiceExt as _};

use crate::{Operation, response};

type RouteResult = Result<Response<BoxBody>, Infallible>;
type BoxFuture = Pin<Box<dyn Future<Output = RouteResult> + Send>>;

/// A service for one operation, with its type erased.
pub struct Route<B>(Box<dyn Endpoint<B>>);

impl<B> Route<B> {
    /// Returns a route to `service`.
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

/// A service that several requests may call at once. Each call uses a clone.
trait Endpoint<B>: Send + Sync {
    fn respond(&self, request: Request<B>) -> BoxFuture;
}

impl<B, S> Endpoint<B> for S
where
    B: Send + 'static,
    S: Service<Request<B>, Response = Response<BoxBody>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    fn respond(&self, request: Request<B>) -> BoxFuture {
        let mut service = self.clone();
        // A service is nearly always ready at once. Otherwise the request waits for it.
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Box::pin(service.call(request)),
            _ => Box::pin(service.oneshot(request)),
        }
    }
}

/// The tower service of a generated service: routes a request to an operation of `O` by its `X-Amz-Target`.
///
/// A request whose target is not an operation is answered with `UnknownOperationException`. The router never returns
/// an error, is always ready, and is cheap to clone.
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
    /// Returns a router over `routes`, which are in the order of `O::ALL`.
    pub(crate) fn new(routes: Vec<Route<B>>) -> Self {
        Self { routes: routes.into(), operations: std::marker::PhantomData }
    }

    /// Returns a service that gives each connection a clone of this one, as [`serve`](crate::serve::serve()) takes it.
    pub fn into_make_service(self) -> IntoMakeService<Self> {
        IntoMakeService::new(self)
    }

    fn find_route(&self, request: &Request<B>) -> Option<&Route<B>> {
        self.routes.get(O::of(request)?.index())
    }
}

/// Returns the value of `X-Amz-Target` if the request is a `POST` to `/`.
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
            Some(route) => Ok(route.0.respond(request)),
            None => Err(ready(Ok(response::front_end_error(
                O::settings(),
                StatusCode::BAD_REQUEST,
                "UnknownOperationException",
                None,
            )))),
        })
    }
}

/// The future of a [`Router`]'s response.
pub struct RouterFuture(Result<BoxFuture, Ready<RouteResult>>);

impl Future for RouterFuture {
    type Output = RouteResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<RouteResult> {
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
