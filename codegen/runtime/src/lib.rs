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
//! Everything else is called by generated code. It is public because that code lives in another crate.

mod builder;
mod decimal;
pub mod error;
mod form;
mod gzip;
mod operation;
mod pattern;
pub mod read;
mod request;
pub mod response;
mod router;
mod rules;
mod serialization_error;
mod settings;
mod shapes;
mod style;
mod upgrade;
mod violation;
mod write;

pub use aws_smithy_http_server as server;
pub use aws_smithy_types as types;
pub use bytes::Bytes;
pub use http;

pub use builder::{Config, MissingOperations, Mount, Routes, not_implemented};
pub use error::{
    ApiError, ErrorInfo, ErrorKind, Fault, FromApiError, FromMessage, ModeledError, WriteMembers,
};
pub use form::{Form, FormMember, Shape, StructureForm};
pub use operation::{ApiKeyLocation, AuthScheme, Operation};
pub use pattern::{Pattern, Run};
pub use read::{ReadJson, Reader, Slot};
pub use request::{OperationInput, Rejection, check_input};
pub use router::{Route, Router, RouterFuture};
pub use rules::{Bound, BrokenRules, CheckRules, Rules};
pub use serialization_error::SerializationError;
pub use settings::{FieldList, Settings, ValidationError, Version};
pub use shapes::{REDACTED, Sensitive, is_unique};
pub use style::Style;
pub use upgrade::{Upgrade, UpgradeFuture};
pub use violation::{MAX_TOLD, Violations};
pub use write::{Object, WriteJson, Writer, to_json};
