//! The layer that decides by the model who may call an operation. It stands before the router.

use std::{
    convert::Infallible,
    future::ready,
    pin::Pin,
    task::{Context, Poll},
};

use lido_runtime::{
    AuthScheme, Operation as _,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode, header::AUTHORIZATION},
    response::front_end_error,
    tower::{Layer, Service},
};

use crate::tickets::Operation;

/// The caller of a request, whom the layer has authenticated. Handlers take it as `Extension<Caller>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(pub String);

/// Authenticates the callers of every operation whose model says so.
#[derive(Debug, Clone, Copy)]
pub struct AuthLayer;

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;

    fn layer(&self, inner: S) -> Auth<S> {
        Auth { inner }
    }
}

/// The service that the layer returns.
#[derive(Debug, Clone)]
pub struct Auth<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for Auth<S>
where
    S: Service<Request<B>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The router refuses an operation that does not exist.
        let schemes = Operation::of(&request).map_or(&[AuthScheme::NoAuth] as &[_], Operation::auth);
        let caller = schemes.iter().find_map(|scheme| match scheme {
            AuthScheme::HttpBearer => caller_of(request.headers()),
            _ => None,
        });
        match caller {
            Some(caller) => drop(request.extensions_mut().insert(caller)),
            None if schemes.contains(&AuthScheme::NoAuth) => {}
            None => return Box::pin(ready(Ok(refusal()))),
        }
        Box::pin(self.inner.call(request))
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

fn refusal() -> Response<Body> {
    let settings = <Operation as lido_runtime::Operation>::settings();
    let text = "The operation needs a bearer token.";
    front_end_error(settings, StatusCode::UNAUTHORIZED, "UnauthorizedException", Some(text))
}

/// Returns the caller whom the bearer token names. A real shop verifies a signed token here, such as one of Lido.
fn caller_of(headers: &HeaderMap) -> Option<Caller> {
    let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let name = token.strip_prefix("token-of-").filter(|name| !name.is_empty())?;
    Some(Caller(name.to_owned()))
}
