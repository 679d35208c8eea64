//! Putting a service together: handlers, plugins and layers.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aws_smithy_http_server::{
    body::BoxBody,
    operation::{self as server, IntoService, OperationShape, OperationShapeExt as _},
    plugin::{
        HttpMarker, HttpPlugins, IdentityPlugin, LayerPlugin, ModelMarker, ModelPlugins, Plugin, PluginStack,
    },
};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use tower::{
    Layer, Service,
    layer::util::{Identity, Stack},
};

use crate::{Operation, Rejection, Route, Router, answer, request::BodyBytes, upgrade::Upgrade};

/// The plugins and layers of a service, as in smithy-rs.
#[derive(Debug)]
pub struct Config<L = Identity, H = IdentityPlugin, M = IdentityPlugin> {
    layer: L,
    http: HttpPlugins<H>,
    model: ModelPlugins<M>,
}

impl Config {
    /// Neither plugins nor layers.
    pub fn new() -> Self {
        Self { layer: Identity::new(), http: HttpPlugins::new(), model: ModelPlugins::new() }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl<L, H, M> Config<L, H, M> {
    /// Wraps the whole router, operations that are not served included. The layer that was added
    /// last sees a request first.
    pub fn layer<New>(self, layer: New) -> Config<Stack<L, New>, H, M> {
        Config { layer: Stack::new(self.layer, layer), http: self.http, model: self.model }
    }

    /// Wraps each handler where it takes HTTP requests.
    pub fn http_plugin<New: HttpMarker>(self, plugin: New) -> Config<L, PluginStack<New, H>, M> {
        Config { layer: self.layer, http: self.http.push(plugin), model: self.model }
    }

    /// Wraps each handler where it takes HTTP requests by a tower layer.
    pub fn http_layer<New>(self, layer: New) -> Config<L, PluginStack<LayerPlugin<New>, H>, M> {
        self.http_plugin(LayerPlugin(layer))
    }

    /// Wraps each handler where it takes its input.
    pub fn model_plugin<New: ModelMarker>(self, plugin: New) -> Config<L, H, PluginStack<New, M>> {
        Config { layer: self.layer, http: self.http, model: self.model.push(plugin) }
    }
}

/// Makes a route of a handler by way of a configuration's plugins.
///
/// Nobody implements it: it is one name for the long list of what a handler, its plugins and its
/// extensions must be to each other.
pub trait Mount<Ser, Op, Exts, B, Handler> {
    /// The route to `handler`.
    fn mount(&self, handler: Handler) -> Route<B>;
}

impl<Ser, Op, Exts, B, Handler, L, H, M> Mount<Ser, Op, Exts, B, Handler> for Config<L, H, M>
where
    B: Send + 'static,
    Op: OperationShape,
    Handler: server::Handler<Op, Exts>,
    M: Plugin<Ser, Op, IntoService<Op, Handler>>,
    H: Plugin<Ser, Op, Upgrade<Ser, Op, Exts, M::Output>>,
    H::Output:
        Service<Request<B>, Response = Response<BoxBody>, Error = Infallible> + Clone + Send + Sync + 'static,
    <H::Output as Service<Request<B>>>::Future: Send + 'static,
{
    fn mount(&self, handler: Handler) -> Route<B> {
        let handler = Plugin::<Ser, Op, _>::apply(&self.model, Op::from_handler(handler));
        Route::new(Plugin::<Ser, Op, _>::apply(&self.http, Upgrade::new(handler)))
    }
}

/// The routes that are set so far: what every generated builder is made of.
#[derive(Debug)]
pub struct Routes<O, B, L, H, M> {
    config: Config<L, H, M>,
    routes: Vec<Option<Route<B>>>,
    unserved: Option<fn(O) -> Response<BoxBody>>,
}

impl<O: Operation, B, L, H, M> Routes<O, B, L, H, M> {
    /// No route yet.
    pub fn new(config: Config<L, H, M>) -> Self {
        Self { config, routes: O::ALL.iter().map(|_| None).collect(), unserved: None }
    }

    /// Sets the route of `operation`.
    pub fn set<Ser, Op, Exts, Handler>(&mut self, operation: O, handler: Handler)
    where
        Config<L, H, M>: Mount<Ser, Op, Exts, B, Handler>,
    {
        let route = Mount::<Ser, Op, Exts, B, Handler>::mount(&self.config, handler);
        if let Some(place) = self.routes.get_mut(operation.index()) {
            *place = Some(route);
        }
    }

    /// Answers with `fallback` where an operation has no handler, after its input was checked.
    pub fn set_unserved(&mut self, fallback: fn(O) -> Response<BoxBody>) {
        self.unserved = Some(fallback);
    }

    /// The service.
    ///
    /// # Errors
    /// Operations without a handler, and no answer for them.
    pub fn build(self) -> Result<L::Service, MissingOperations>
    where
        L: Layer<Router<O, B>>,
        B: Body<Data = Bytes> + Send + Unpin + 'static,
    {
        let mut missing = Vec::new();
        let mut routes = Vec::new();
        for (operation, route) in O::ALL.iter().zip(self.routes) {
            match (route, self.unserved) {
                (Some(route), _) => routes.push(route),
                (None, Some(answer)) => routes.push(Route::new(Unserved { operation: *operation, answer })),
                (None, None) => missing.push(operation.name()),
            }
        }
        if missing.is_empty() {
            Ok(self.config.layer.layer(Router::new(routes)))
        } else {
            Err(MissingOperations(missing))
        }
    }
}

/// Operations that have no handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingOperations(Vec<&'static str>);

impl MissingOperations {
    /// Their names, in the order of the model.
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

impl fmt::Display for MissingOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} operations have no handler: {}", self.0.len(), self.0.join(", "))?;
        f.write_str("; set them on the builder, or say with `unserved` how to answer for them")
    }
}

impl std::error::Error for MissingOperations {}

/// The usual answer for an operation without a handler: 501 `NotImplementedException`.
pub fn not_implemented<O: Operation>(operation: O) -> Response<BoxBody> {
    answer::front_end_error(
        O::settings(),
        StatusCode::NOT_IMPLEMENTED,
        "NotImplementedException",
        Some(&format!("{} is not served", operation.name())),
    )
}

/// An operation without a handler: its input is checked all the same.
#[derive(Debug, Clone)]
struct Unserved<O> {
    operation: O,
    answer: fn(O) -> Response<BoxBody>,
}

impl<O: Operation, B: Body<Data = Bytes> + Send + Unpin + 'static> Service<Request<B>> for Unserved<O> {
    type Response = Response<BoxBody>;
    type Error = Infallible;
    type Future = UnservedFuture<O, B>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let body = BodyBytes::new(body);
        UnservedFuture { operation: self.operation, answer: self.answer, headers: parts.headers, body }
    }
}

#[derive(Debug)]
struct UnservedFuture<O, B> {
    operation: O,
    answer: fn(O) -> Response<BoxBody>,
    headers: HeaderMap,
    body: BodyBytes<B>,
}

impl<O: Operation, B: Body<Data = Bytes> + Unpin> Future for UnservedFuture<O, B> {
    type Output = Result<Response<BoxBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let settings = O::settings();
        let checked = match ready!(self.body.poll(cx, settings.body_limit)) {
            Ok(body) => self.operation.check(&self.headers, &body),
            Err(why) => Err(Rejection { settings, why }),
        };
        Poll::Ready(Ok(match checked {
            Ok(()) => (self.answer)(self.operation),
            Err(rejection) => rejection.into_answer(),
        }))
    }
}
