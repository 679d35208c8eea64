//! What a generated service is told once: its protocol, its wording and the error that carries
//! violations.

use crate::Style;

/// The settings of a generated service.
#[derive(Debug)]
pub struct Settings {
    /// The protocol's version.
    pub version: Version,
    /// The wording of violations.
    pub style: Style,
    /// The error that tells a client of violations.
    pub validation: ValidationError,
    /// The greatest body that is read, in bytes.
    pub body_limit: usize,
    /// Whether errors carry the code that clients of the query protocol know.
    pub query_compatible: bool,
}

/// A version of the awsJson protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// awsJson 1.0: errors are named by their absolute id.
    AwsJson1_0,
    /// awsJson 1.1: errors are named without their namespace.
    AwsJson1_1,
}

impl Version {
    /// The media type of requests and answers.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::AwsJson1_0 => "application/x-amz-json-1.0",
            Self::AwsJson1_1 => "application/x-amz-json-1.1",
        }
    }

    /// The value of `__type` for the error with this absolute id.
    pub fn type_name(self, id: &'static str) -> &'static str {
        match self {
            Self::AwsJson1_0 => id,
            Self::AwsJson1_1 => id.rsplit('#').next().unwrap_or(id),
        }
    }
}

/// The error shape that carries violations, and which of its members say what.
#[derive(Debug)]
pub struct ValidationError {
    /// Its absolute shape id.
    pub id: &'static str,
    /// The member for the whole message.
    pub message: &'static str,
    /// The member that lists the violations one by one, if it has one.
    pub field_list: Option<FieldList>,
    /// Members that have a default: name and JSON text.
    pub defaults: &'static [(&'static str, &'static str)],
}

/// A list of violations in an error.
#[derive(Debug)]
pub struct FieldList {
    /// The member that is the list.
    pub name: &'static str,
    /// The element's member for the path to the value.
    pub path: &'static str,
    /// The element's member for what is wrong, if it has one.
    pub message: Option<&'static str>,
}
