//! Assembles a service from its handlers, plugins and layers.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use aws_smithy_http_server::{
    body::BoxBody,
    instrumentation::InstrumentPlugin,
    operation::{
        self as server, IntoService, Normalize, OperationService, OperationShape, OperationShapeExt as _,
    },
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

use crate::{Operation, Rejection, Route, Router, request_body::BodyBytes, response, upgrade::Upgrade};

/// The layers and plugins of a service, as in smithy-rs.
///
/// The generated builder takes it: `Service::builder(config)`.
///
/// # Examples
///
/// ```
/// use lido_runtime::Config;
/// use tower::layer::util::Identity;
///
/// // No layer and no plugin.
/// let plain = Config::new();
///
/// // Every request passes this layer before it is routed. `Identity` is a placeholder for a layer of yours.
/// let layered = Config::new().layer(Identity::new());
/// # drop((plain, layered));
/// ```
#[derive(Debug)]
pub struct Config<L = Identity, H = IdentityPlugin, M = IdentityPlugin> {
    layer: L,
    http: HttpPlugins<H>,
    model: ModelPlugins<M>,
}

impl Config {
    /// Returns a configuration without layers and plugins.
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
    /// Adds a tower layer around the whole router, including operations without a handler.
    ///
    /// The layer added last sees a request first.
    pub fn layer<New>(self, layer: New) -> Config<Stack<L, New>, H, M> {
        Config { layer: Stack::new(self.layer, layer), http: self.http, model: self.model }
    }

    /// Adds a plugin around each handler, at the point where it takes an HTTP request.
    pub fn http_plugin<New: HttpMarker>(self, plugin: New) -> Config<L, PluginStack<New, H>, M> {
        Config { layer: self.layer, http: self.http.push(plugin), model: self.model }
    }

    /// Adds a tower layer around each handler, at the point where it takes an HTTP request.
    pub fn http_layer<New>(self, layer: New) -> Config<L, PluginStack<LayerPlugin<New>, H>, M> {
        self.http_plugin(LayerPlugin(layer))
    }

    /// Logs each request and response at the level `debug` of `tracing`: a span with the operation, the URI and the headers,
    /// and an event with the status. Credentials are not shown: `Authorization`, cookies and the API keys of the model.
    pub fn instrument(self) -> Config<L, PluginStack<InstrumentPlugin, H>, M> {
        self.http_plugin(InstrumentPlugin)
    }

    /// Adds a plugin around each handler, at the point where it takes the operation's input.
    pub fn model_plugin<New: ModelMarker>(self, plugin: New) -> Config<L, H, PluginStack<New, M>> {
        Config { layer: self.layer, http: self.http, model: self.model.push(plugin) }
    }
}

/// A configuration that can make a route from a handler.
///
/// Implemented for [`Config`] only. It gives one name to the bounds that a handler, its extensions and the
/// configured plugins have to meet; the setters of a generated builder require it.
pub trait Mount<Ser, Op, Exts, B, Handler> {
    /// Returns the route to `handler`, wrapped in the configured plugins.
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

/// A configuration that can make a route from a tower service, which takes the operation's input.
///
/// Implemented for [`Config`] only. It gives one name to the bounds that a service, its extensions and the configured
/// plugins have to meet; the setters for services of a generated builder require it.
pub trait MountService<Ser, Op, Exts, B, S> {
    /// Returns the route to `service`, wrapped in the configured plugins.
    fn mount_service(&self, service: S) -> Route<B>;
}

impl<Ser, Op, Exts, B, S, L, H, M> MountService<Ser, Op, Exts, B, S> for Config<L, H, M>
where
    B: Send + 'static,
    Op: OperationShape,
    S: OperationService<Op, Exts>,
    M: Plugin<Ser, Op, Normalize<Op, S>>,
    H: Plugin<Ser, Op, Upgrade<Ser, Op, Exts, M::Output>>,
    H::Output:
        Service<Request<B>, Response = Response<BoxBody>, Error = Infallible> + Clone + Send + Sync + 'static,
    <H::Output as Service<Request<B>>>::Future: Send + 'static,
{
    fn mount_service(&self, service: S) -> Route<B> {
        let service = Plugin::<Ser, Op, _>::apply(&self.model, Op::from_service(service));
        Route::new(Plugin::<Ser, Op, _>::apply(&self.http, Upgrade::new(service)))
    }
}

/// The routes that a generated builder has collected so far.
#[derive(Debug)]
pub struct Routes<O, B, L, H, M> {
    config: Config<L, H, M>,
    routes: Vec<Option<Route<B>>>,
    unserved: Option<fn(O) -> Response<BoxBody>>,
}

impl<O: Operation, B, L, H, M> Routes<O, B, L, H, M> {
    /// Returns a collection without routes.
    pub fn new(config: Config<L, H, M>) -> Self {
        Self { config, routes: O::ALL.iter().map(|_| None).collect(), unserved: None }
    }

    /// Sets the handler of `operation`.
    pub fn set<Ser, Op, Exts, Handler>(&mut self, operation: O, handler: Handler)
    where
        Config<L, H, M>: Mount<Ser, Op, Exts, B, Handler>,
    {
        self.put(operation, Mount::<Ser, Op, Exts, B, Handler>::mount(&self.config, handler));
    }

    /// Sets the tower service that handles `operation`.
    pub fn set_service<Ser, Op, Exts, S>(&mut self, operation: O, service: S)
    where
        Config<L, H, M>: MountService<Ser, Op, Exts, B, S>,
    {
        self.put(operation, MountService::<Ser, Op, Exts, B, S>::mount_service(&self.config, service));
    }

    fn put(&mut self, operation: O, route: Route<B>) {
        if let Some(place) = self.routes.get_mut(operation.index()) {
            *place = Some(route);
        }
    }

    /// Sets the response of operations without a handler. Their input is read and checked first.
    pub fn set_unserved(&mut self, fallback: fn(O) -> Response<BoxBody>) {
        self.unserved = Some(fallback);
    }

    /// Returns the service.
    ///
    /// # Errors
    /// Returns the operations that have no handler, unless [`Routes::set_unserved`] was called.
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
                (None, Some(fallback)) => {
                    routes.push(Route::new(Unserved { operation: *operation, fallback }))
                }
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

/// The error of building a service in which operations have no handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingOperations(Vec<&'static str>);

impl MissingOperations {
    /// Returns the names of these operations, in the order of the generated enum of operations.
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

impl fmt::Display for MissingOperations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} operations have no handler: {}", self.0.len(), self.0.join(", "))?;
        f.write_str("; set a handler for each on the builder, or call `unserved` with a fallback response")
    }
}

impl std::error::Error for MissingOperations {}

/// Returns the usual response for an operation without a handler: status 501 and `NotImplementedException`.
pub fn not_implemented<O: Operation>(operation: O) -> Response<BoxBody> {
    response::front_end_error(
        O::settings(),
        StatusCode::NOT_IMPLEMENTED,
        "NotImplementedException",
        Some(&format!("{} is not served", operation.name())),
    )
}

/// The route of an operation without a handler: checks the input, then answers with the fallback.
#[derive(Debug, Clone)]
struct Unserved<O> {
    operation: O,
    fallback: fn(O) -> Response<BoxBody>,
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
        UnservedFuture { operation: self.operation, fallback: self.fallback, headers: parts.headers, body }
    }
}

#[derive(Debug)]
struct UnservedFuture<O, B> {
    operation: O,
    fallback: fn(O) -> Response<BoxBody>,
    headers: HeaderMap,
    body: BodyBytes<B>,
}

impl<O: Operation, B: Body<Data = Bytes> + Unpin> Future for UnservedFuture<O, B> {
    type Output = Result<Response<BoxBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let settings = O::settings();
        let checked = match ready!(self.body.poll(cx, settings.body_limit)) {
            Ok(body) => self.operation.check(&self.headers, &body),
            Err(reason) => Err(Rejection { settings, reason }),
        };
        Poll::Ready(Ok(match checked {
            Ok(()) => (self.fallback)(self.operation),
            Err(rejection) => rejection.into_response(),
        }))
    }
}
