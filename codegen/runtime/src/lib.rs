//! The runtime library of services that `lido-codegen` generates.
//!
//! It reads and writes awsJson bodies, checks the constraints of the model, and routes a request to the handler of
//! its operation. It builds on the smithy-rs server runtime ([`server`]), so that tower layers and smithy-rs plugins
//! work with a generated service.
//!
//! An application uses a few items directly:
//!
//! * [`Config`] holds the layers and plugins of a service; the generated builder takes it.
//! * [`Router`] is the service that the builder returns; [`MissingOperations`] is why it may not.
//! * [`BrokenRules`] is the error of making a constrained value from one that breaks its constraints.
//! * [`ApiError`] and [`FromApiError`] turn an error kind and a message into the error of an operation.
//! * [`Sensitive`] hides a value from `Debug`.
//!
//! * [`serve`], [`plugin`], [`layer`], [`request`] and [`body`] have what a server needs beside its handlers.
//!
//! Everything else is called by generated code. It is public because that code lives in another crate.

mod builder;
mod decimal;
mod ecosystem;
pub mod error;
mod form;
mod gzip;
mod make_service;
mod operation;
mod pattern;
pub mod read;
mod request_body;
pub mod response;
mod router;
mod rules;
mod sensitivity;
#[doc(hidden)]
pub mod serde_support;
mod serialization_error;
mod settings;
mod shapes;
mod style;
mod upgrade;
mod violation;
mod write;

pub use aws_smithy_http_server as server;
pub use aws_smithy_http_server::{Extension, scope};
pub use aws_smithy_types as types;
pub use bytes::Bytes;
pub use http;
pub use tower;

pub use builder::{Config, MissingOperations, Mount, MountService, Routes, not_implemented};
#[cfg(feature = "aws-lambda")]
pub use ecosystem::lambda;
#[cfg(feature = "request-id")]
pub use ecosystem::request_id;
pub use ecosystem::{body, instrumentation, layer, plugin, request, serve};
pub use error::{
    ApiError, ErrorInfo, ErrorKind, Fault, FromApiError, FromMessage, ModeledError, WriteMembers,
};
pub use form::{Form, FormMember, Shape, StructureForm};
pub use make_service::MakeServiceExt;
pub use operation::{ApiKeyLocation, AuthScheme, Operation};
pub use pattern::{Pattern, Run};
pub use read::{ReadJson, Reader, Slot};
pub use request_body::{OperationInput, Rejection, check_input};
pub use router::{Route, Router, RouterFuture};
pub use rules::{Bound, BrokenRules, CheckRules, Rules};
pub use sensitivity::{LoggedRequest, LoggedResponse, logged_request, logged_response};
pub use serialization_error::SerializationError;
pub use settings::{FieldList, Settings, ValidationError, Version};
pub use shapes::{REDACTED, Sensitive, is_unique};
pub use style::Style;
pub use upgrade::{Upgrade, UpgradeFuture};
pub use violation::{MAX_TOLD, Violations};
pub use write::{Object, WriteJson, Writer, to_json};

/// Includes a service that a build script has generated with `lido_codegen::Builder::include`, by the name of its file.
///
/// It belongs into a module of its own.
///
/// # Examples
///
/// ```ignore
/// mod weather {
///     lido_runtime::include_service!("weather");
/// }
/// ```
#[macro_export]
macro_rules! include_service {
    ($name:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".rs"));
    };
}
