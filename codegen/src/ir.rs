//! What the emitters print: every name chosen, every type decided, everything in its final order.
//!
//! `lower` makes it, `emit` reads it; there is nothing left to decide here.

mod protocol_test;

use lido_model::ShapeId;

pub use protocol_test::{Expected, ProtocolTest, TestAnswer, TestBody, TestRequest};

/// A service and every type that its operations reach.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its shape id.
    pub id: ShapeId,
    /// Its name in Rust.
    pub name: String,
    /// The model's version.
    pub version: Option<String>,
    /// What the model says of it.
    pub docs: Option<String>,
    /// The protocol it speaks.
    pub protocol: Protocol,
    /// How it words violations.
    pub style: Style,
    /// The error that carries violations.
    pub validation: Validation,
    /// The greatest request body, in bytes.
    pub body_limit: usize,
    /// Whether errors carry the code that clients of the query protocol know.
    pub query_compatible: bool,
    /// In the order of their names.
    pub operations: Vec<Operation>,
    /// In the order of their names.
    pub types: Vec<TypeDef>,
    /// The tests that the model carries, where they are asked for.
    pub protocol_tests: Vec<ProtocolTest>,
}

/// A protocol that can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `aws.protocols#awsJson1_0`
    AwsJson1_0,
    /// `aws.protocols#awsJson1_1`
    AwsJson1_1,
}

/// A wording of violations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// That of the live AWS services.
    Coral,
    /// That of the Smithy specification's tests.
    Smithy,
}

/// The error that carries violations.
#[derive(Debug, Clone)]
pub struct Validation {
    /// Its absolute id.
    pub id: String,
    /// The member for the whole message.
    pub message: String,
    /// The list of violations: its member, and those of its elements for path and message.
    pub field_list: Option<(String, String, Option<String>)>,
    /// Members with a default: name and JSON.
    pub defaults: Vec<(String, String)>,
}

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its shape id.
    pub id: ShapeId,
    /// Its marker, and its variant of the enum of operations.
    pub name: String,
    /// Its method on the builder; also the name of its file.
    pub method: String,
    /// What the model says of it.
    pub docs: Option<String>,
    /// Its input, always a type of its own.
    pub input: Structure,
    /// Whether the model gives it no input.
    pub no_input: bool,
    /// Its output, always a type of its own.
    pub output: Structure,
    /// Whether the model gives it no output.
    pub no_output: bool,
    /// Its error: an enum of its own, or nothing that can go wrong.
    pub error: Option<OperationError>,
    /// Whether callers sign their requests.
    pub signed: bool,
    /// Whether clients may compress their requests.
    pub gzip: bool,
}

/// The enum of an operation's errors.
#[derive(Debug, Clone)]
pub struct OperationError {
    /// Its name.
    pub name: String,
    /// The names of the error types, which its variants share; in order.
    pub variants: Vec<String>,
}

/// A type of its own in the generated crate.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// The shape, or the member that brought constraints of its own, for messages.
    pub origin: String,
    /// Its name.
    pub name: String,
    /// What the model says of it.
    pub docs: Option<String>,
    /// Whether no log and no message may show its values.
    pub sensitive: bool,
    /// Whether an operation's input reaches it.
    pub reads: bool,
    /// Whether it is written as JSON.
    pub writes: bool,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of types.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Named members.
    Structure(Structure),
    /// Named members that tell what went wrong.
    Error(Structure, ErrorInfo),
    /// One of several members.
    Union(Vec<Variant>),
    /// One of several strings.
    Enum(Vec<EnumValue<String>>),
    /// One of several numbers.
    IntEnum(Vec<EnumValue<i32>>),
    /// A constrained string, number or blob.
    Scalar(Scalar, Rules),
    /// A constrained list.
    List(Box<Type>, Rules),
    /// A constrained map of keys to values.
    Map(Box<Type>, Box<Type>, Rules),
}

/// The members of a structure.
#[derive(Debug, Clone)]
pub struct Structure {
    /// The name of the type.
    pub name: String,
    /// What the model says of it.
    pub docs: Option<String>,
    /// Whether `Debug` hides it.
    pub sensitive: bool,
    /// In model order.
    pub members: Vec<Member>,
}

/// A member of a structure.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name on the wire.
    pub wire: String,
    /// Its field.
    pub field: String,
    /// What the model says of it.
    pub docs: Option<String>,
    /// The type of its value.
    pub ty: Type,
    /// Whether there is always a value.
    pub presence: Presence,
}

/// Whether a member has a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Presence {
    /// It must be sent.
    Required,
    /// It may be absent.
    Optional,
    /// Where it is absent, this value stands for it.
    Default(serde_json::Value),
}

/// A member of a union.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name on the wire.
    pub wire: String,
    /// Its variant.
    pub name: String,
    /// What the model says of it.
    pub docs: Option<String>,
    /// The type of its value; none for `smithy.api#Unit`.
    pub ty: Option<Type>,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue<T> {
    /// Its variant.
    pub name: String,
    /// What it is on the wire.
    pub value: T,
    /// What the model says of it.
    pub docs: Option<String>,
    /// Whether it is accepted, but not told to clients.
    pub internal: bool,
}

/// What the model says of an error.
#[derive(Debug, Clone)]
pub struct ErrorInfo {
    /// Its absolute id.
    pub id: String,
    /// Whether the client is to blame.
    pub client: bool,
    /// The field that holds the message, and whether it is optional.
    pub message: Option<(String, bool)>,
    /// The code for clients of the query protocol.
    pub query_code: Option<String>,
}

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A value without parts.
    Scalar(Scalar),
    /// A type of the generated crate.
    Named(String),
    /// A value that nobody may see.
    Sensitive(Box<Type>),
    /// A list; sparse where elements may be `null`.
    List {
        /// What its elements are.
        element: Box<Type>,
        /// Whether they may be `null`.
        sparse: bool,
    },
    /// A map; sparse where values may be `null`.
    Map {
        /// What its keys are.
        key: Box<Type>,
        /// What its values are.
        value: Box<Type>,
        /// Whether they may be `null`.
        sparse: bool,
    },
    /// A value that would contain itself.
    Boxed(Box<Type>),
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// True or false.
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
    /// A whole number of any size.
    BigInteger,
    /// A decimal number of any size.
    BigDecimal,
    /// Bytes.
    Blob,
    /// Any JSON.
    Document,
    /// An instant in one of its formats.
    Timestamp(TimestampFormat),
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Seconds since 1970, a number.
    EpochSeconds,
    /// RFC 3339.
    DateTime,
    /// RFC 9110's fixed form.
    HttpDate,
}

/// The constraints of a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// The least length.
    pub min_length: Option<u64>,
    /// The greatest length.
    pub max_length: Option<u64>,
    /// The least number.
    pub min: Option<serde_json::Number>,
    /// The greatest number.
    pub max: Option<serde_json::Number>,
    /// The pattern as modelled, and as it is printed.
    pub pattern: Option<(String, String)>,
    /// No two elements are equal.
    pub unique: bool,
    /// Values have no agreed form in which a message could show them.
    pub unshowable: bool,
}

impl Service {
    /// The type of this name.
    pub fn find_type(&self, name: &str) -> Option<&TypeDef> {
        self.types
            .binary_search_by(|def| def.name.as_str().cmp(name))
            .ok()
            .and_then(|index| self.types.get(index))
    }
}
