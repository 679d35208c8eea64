//! What a server needs beside its handlers, from the smithy-rs server runtime: plugins, serving, health checks, request ids,
//! AWS Lambda. Each module is a view of [`server`](crate::server), so that a program depends on this crate alone.

/// Plugins and scopes, as in smithy-rs.
///
/// A generated crate has a macro `scope!` that knows the operations of its service. [`crate::scope`] is the one that wants
/// all of them listed.
pub mod plugin {
    pub use aws_smithy_http_server::plugin::*;
}

/// Logs of requests and responses without their secrets; see [`Config::instrument`](crate::Config::instrument).
pub mod instrumentation {
    pub use aws_smithy_http_server::instrumentation::*;
}

/// Bodies of requests and responses.
pub mod body {
    pub use aws_smithy_http_server::body::*;

    /// The body of a response.
    pub type Body = BoxBody;

    /// Returns the bytes of a body, such as that of a response in a test.
    ///
    /// # Errors
    /// Returns the error of the body.
    pub async fn to_bytes<B: HttpBody>(body: B) -> Result<bytes::Bytes, B::Error> {
        Ok(http_body_util::BodyExt::collect(body).await?.to_bytes())
    }
}

/// Serves a tower service over HTTP: [`serve`](serve::serve()), with graceful shutdown and limits.
///
/// # Examples
///
/// ```no_run
/// use lido_runtime::serve::serve;
/// # async fn example<S>(service: S) -> std::io::Result<()>
/// # where
/// #     S: lido_runtime::tower::Service<
/// #             lido_runtime::http::Request<lido_runtime::serve::Incoming>,
/// #             Response = lido_runtime::http::Response<lido_runtime::body::Body>,
/// #             Error = std::convert::Infallible,
/// #         > + Clone + Send + 'static,
/// #     S::Future: Send,
/// # {
/// use lido_runtime::MakeServiceExt as _;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
/// serve(listener, service.into_make_service())
///     .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
///     .await
/// # }
/// ```
pub mod serve {
    pub use aws_smithy_http_server::body::HttpBody;
    pub use aws_smithy_http_server::serve::*;
    pub use hyper::body::Incoming;
}

/// Layers: health checks of an AWS Application Load Balancer, and values that handlers take as
/// [`Extension`](crate::Extension).
pub mod layer {
    pub use aws_smithy_http_server::AddExtensionLayer;
    pub use aws_smithy_http_server::layer::alb_health_check::{AlbHealthCheckLayer, AlbHealthCheckService};
}

/// What a handler can take beside its input, and what is taken from the head of a request.
pub mod request {
    pub use aws_smithy_http_server::request::connect_info::ConnectInfo;
    pub use aws_smithy_http_server::request::{FromParts, extension::Extension};
}

/// Ids of requests: the layer that makes them, and the parameter of a handler.
#[cfg(feature = "request-id")]
pub mod request_id {
    pub use aws_smithy_http_server::request::request_id::{ServerRequestId, ServerRequestIdProviderLayer};
}

/// Serves events of AWS Lambda, with `lambda_http`.
#[cfg(feature = "aws-lambda")]
pub mod lambda {
    pub use aws_smithy_http_server::routing::LambdaHandler;
}
