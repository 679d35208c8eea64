//! The intermediate representation of a service: all Rust names and types are decided, and everything is in its final
//! order.
//!
//! `lower` builds it from a model, and `emit` prints it.

mod protocol_test;

use aws_smithy_types::{DateTime, date_time::Format};
use lido_model::ShapeId;
use serde_json::Value;

pub use crate::protocol::Protocol;
pub use protocol_test::{Expected, ProtocolTest, TestBody, TestRequest, TestResponse};

/// A service, with every type that its operations use.
#[derive(Debug, Clone)]
pub struct Service {
    /// The shape id.
    pub id: ShapeId,
    /// The Rust name.
    pub name: String,
    /// The version in the model.
    pub version: Option<String>,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The wording of messages about violated constraints.
    pub style: Style,
    /// The error with which violated constraints are answered.
    pub validation: Validation,
    /// The maximum size of a request body, in bytes.
    pub body_limit: usize,
    /// Whether error responses carry the code for clients of the query protocol.
    pub query_compatible: bool,
    /// The operations, sorted by name.
    pub operations: Vec<Operation>,
    /// The operations of the model that are left out, in model order.
    pub left_out: Vec<LeftOut>,
    /// The types, sorted by name.
    pub types: Vec<TypeDef>,
    /// The protocol tests of the model, if the configuration enables them.
    pub protocol_tests: Vec<ProtocolTest>,
}

/// An operation of the model that is left out, since it uses what is not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The shape id.
    pub id: ShapeId,
    /// What is not supported.
    pub reason: String,
}

/// A wording of messages about violated constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The wording of the live AWS services.
    Coral,
    /// The wording of the Smithy specification's tests.
    Smithy,
}

/// The error with which violated constraints are answered.
#[derive(Debug, Clone)]
pub struct Validation {
    /// The absolute shape id.
    pub id: String,
    /// The name of the member that holds the whole message.
    pub message: String,
    /// The names of the member that lists the violations, and of its elements' members for the path and the message.
    pub field_list: Option<(String, String, Option<String>)>,
    /// The members with a default value, each as its name and JSON text.
    pub defaults: Vec<(String, String)>,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The shape id.
    pub id: ShapeId,
    /// The name of its marker type, and of its variant in the enum of operations.
    pub name: String,
    /// The name of its setter on the builder, and of its file.
    pub method: String,
    /// The name of the builder's setter for a tower service.
    pub service_method: String,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// The input, which is a type of this operation alone.
    pub input: Structure,
    /// Whether the model declares no input.
    pub no_input: bool,
    /// The output, which is a type of this operation alone.
    pub output: Structure,
    /// Whether the model declares no output.
    pub no_output: bool,
    /// The enum of its errors, or `None` if it declares none.
    pub error: Option<OperationError>,
    /// The schemes by which callers are authenticated, the preferred one first; never empty.
    pub auth: Vec<AuthScheme>,
    /// Whether clients may compress requests with gzip.
    pub gzip: bool,
}

/// A scheme by which callers are authenticated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthScheme {
    /// None: callers may be anonymous.
    NoAuth,
    /// `aws.auth#sigv4`
    SigV4,
    /// `aws.auth#sigv4a`
    SigV4a,
    /// `smithy.api#httpBearerAuth`
    HttpBearer,
    /// `smithy.api#httpBasicAuth`
    HttpBasic,
    /// `smithy.api#httpDigestAuth`
    HttpDigest,
    /// `smithy.api#httpApiKeyAuth`
    HttpApiKey {
        /// The name of the header or of the query parameter.
        name: String,
        /// Whether the key is in the query, and not in a header.
        in_query: bool,
        /// The word that precedes the key in the header `Authorization`.
        scheme: Option<String>,
    },
    /// A scheme that the model defines: its shape id.
    Custom(String),
}

/// The enum of an operation's errors.
#[derive(Debug, Clone)]
pub struct OperationError {
    /// The Rust name.
    pub name: String,
    /// The names of its variants, which are those of the error types, sorted.
    pub variants: Vec<String>,
}

/// A type that the generated crate defines.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// The id of the shape, or of the member that has constraints of its own.
    pub origin: String,
    /// The Rust name.
    pub name: String,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// Whether logs and messages must not show its values.
    pub sensitive: bool,
    /// Whether an operation's input uses it, so that it is read from JSON.
    pub reads: bool,
    /// Whether it is written as JSON.
    pub writes: bool,
    /// The name by which messages show a structure or union, or `None` if they must not show it.
    pub class: Option<String>,
    /// The kind of type.
    pub kind: Kind,
}

/// The kinds of types.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A structure.
    Structure(Structure),
    /// An error.
    Error(Structure, ErrorInfo),
    /// A union.
    Union(Vec<Variant>),
    /// A closed set of strings.
    Enum(Vec<EnumValue<String>>),
    /// A closed set of integers.
    IntEnum(Vec<EnumValue<i32>>),
    /// A constrained string, number or blob.
    Scalar(Scalar, Rules),
    /// A constrained list.
    List(Box<Type>, Rules),
    /// A constrained map: the type of its keys, the type of the whole map (a [`Type::Map`]), and its rules.
    Map(Box<Type>, Box<Type>, Rules),
}

/// The members of a structure.
#[derive(Debug, Clone)]
pub struct Structure {
    /// The Rust name.
    pub name: String,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// Whether `Debug` hides its members.
    pub sensitive: bool,
    /// The members, in model order.
    pub members: Vec<Member>,
}

/// A member of a structure.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name in JSON.
    pub wire: String,
    /// The name in messages about violated constraints.
    pub printed: String,
    /// The name of the field.
    pub field: String,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// The type of the value.
    pub ty: Type,
    /// Whether it is required, optional, or has a default value.
    pub presence: Presence,
}

/// Whether a member is required, optional, or has a default value.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// The member must be present.
    Required,
    /// The member may be absent.
    Optional,
    /// The member has this value if it is absent.
    Default(Value),
}

/// A member of a union.
#[derive(Debug, Clone)]
pub struct Variant {
    /// The name in JSON.
    pub wire: String,
    /// The name in messages about violated constraints.
    pub printed: String,
    /// The name of the variant.
    pub name: String,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// The type of the value, or `None` for `smithy.api#Unit`.
    pub ty: Option<Type>,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue<T> {
    /// The name of the variant.
    pub name: String,
    /// The value in JSON.
    pub value: T,
    /// The documentation in the model.
    pub docs: Option<String>,
    /// Its place among the values that messages list, or `None` if it is accepted but not listed.
    pub listed: Option<usize>,
}

/// What the model declares about an error.
#[derive(Debug, Clone)]
pub struct ErrorInfo {
    /// The absolute shape id.
    pub id: String,
    /// Whether it is a client error; otherwise it is a server error.
    pub client: bool,
    /// The status of the trait `smithy.api#httpError`.
    pub http_error: Option<u16>,
    /// The field that holds the message, and whether it is optional.
    pub message: Option<(String, bool)>,
    /// The error code for clients of the query protocol.
    pub query_code: Option<String>,
}

impl ErrorInfo {
    /// Returns the modelled status, unless it is that of the fault: 400 or 500.
    pub fn other_status(&self) -> Option<u16> {
        let of_fault = if self.client { 400 } else { 500 };
        self.http_error.filter(|status| *status != of_fault)
    }
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A scalar.
    Scalar(Scalar),
    /// A type that the generated crate defines.
    Named(String),
    /// A sensitive value, which logs and messages must not show.
    Sensitive(Box<Type>),
    /// A list.
    List {
        /// The type of its elements.
        element: Box<Type>,
        /// Whether elements may be `null`.
        sparse: bool,
    },
    /// A map.
    Map {
        /// The type of its keys.
        key: Box<Type>,
        /// The type of its values.
        value: Box<Type>,
        /// Whether values may be `null`.
        sparse: bool,
    },
    /// A boxed value, since the type would otherwise contain itself.
    Boxed(Box<Type>),
}

/// A scalar type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `String`
    String,
    /// `bool`
    Boolean,
    /// `i8`
    Byte,
    /// `i16`
    Short,
    /// `i32`
    Integer,
    /// `i64`
    Long,
    /// `f32`
    Float,
    /// `f64`
    Double,
    /// An integer of any size.
    BigInteger,
    /// A decimal number of any size.
    BigDecimal,
    /// A sequence of bytes.
    Blob,
    /// Any JSON value.
    Document,
    /// A timestamp in this format.
    Timestamp(TimestampFormat),
}

/// The format of a timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// A number of seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// RFC 3339.
    DateTime,
    /// An HTTP date (IMF-fixdate, RFC 9110).
    HttpDate,
}

/// The constraints of a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// The minimum length.
    pub min_length: Option<u64>,
    /// The maximum length.
    pub max_length: Option<u64>,
    /// The minimum of a number.
    pub min: Option<serde_json::Number>,
    /// The maximum of a number.
    pub max: Option<serde_json::Number>,
    /// The pattern in the model, and the text that messages print.
    pub pattern: Option<(String, String)>,
    /// Whether elements must be unique.
    pub unique: bool,
    /// Whether messages do not show values, because they contain sensitive ones.
    pub unshowable: bool,
}

impl Service {
    /// Returns the number of errors whose modelled status is another than that of their fault: 400 or 500.
    pub fn other_statuses(&self) -> usize {
        let infos = self.types.iter().filter_map(|def| match &def.kind {
            Kind::Error(_, info) => Some(info),
            _ => None,
        });
        infos.filter(|info| info.other_status().is_some()).count()
    }

    /// Returns the type of this Rust name, or `None` if there is none.
    pub fn find_type(&self, name: &str) -> Option<&TypeDef> {
        self.types
            .binary_search_by(|def| def.name.as_str().cmp(name))
            .ok()
            .and_then(|index| self.types.get(index))
    }
}

/// Returns the instant that a timestamp's default names: a number of seconds since 1970, or RFC 3339.
pub(crate) fn instant(value: &Value) -> Option<DateTime> {
    match value {
        Value::String(text) => DateTime::from_str(text, Format::DateTimeWithOffset).ok(),
        value => value.as_f64().filter(|seconds| seconds.abs() < 1e15).map(DateTime::from_secs_f64),
    }
}
