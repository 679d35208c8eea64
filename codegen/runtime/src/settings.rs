//! The settings of a generated service: its protocol, the wording of messages, and the error for violated constraints.

use crate::Style;

/// The settings of a generated service.
#[derive(Debug)]
pub struct Settings {
    /// The protocol's version.
    pub version: Version,
    /// The wording of messages about violated constraints.
    pub style: Style,
    /// The error with which violated constraints are answered.
    pub validation: ValidationError,
    /// The maximum size of a request body, in bytes.
    pub body_limit: usize,
    /// Whether error responses carry the header `x-amzn-query-error` for clients of the query protocol.
    pub query_compatible: bool,
}

/// A version of the awsJson protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// awsJson 1.0: `__type` of an error is its absolute shape id.
    AwsJson1_0,
    /// awsJson 1.1: `__type` of an error is its shape name without the namespace.
    AwsJson1_1,
}

impl Version {
    /// Returns the media type of requests and responses.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::AwsJson1_0 => "application/x-amz-json-1.0",
            Self::AwsJson1_1 => "application/x-amz-json-1.1",
        }
    }

    /// Returns the value of `__type` for the error with this absolute shape id.
    pub fn type_name(self, id: &'static str) -> &'static str {
        match self {
            Self::AwsJson1_0 => id,
            Self::AwsJson1_1 => id.rsplit('#').next().unwrap_or(id),
        }
    }
}

/// The error shape with which violated constraints are answered, and the members that describe them.
#[derive(Debug)]
pub struct ValidationError {
    /// The absolute shape id.
    pub id: &'static str,
    /// The name of the member that holds the whole message.
    pub message: &'static str,
    /// The member that lists the violations, if the shape has one.
    pub field_list: Option<FieldList>,
    /// The members with a default value, each as its name and JSON text.
    pub defaults: &'static [(&'static str, &'static str)],
}

/// The member of a validation error that lists the violations.
#[derive(Debug)]
pub struct FieldList {
    /// The name of the list member.
    pub name: &'static str,
    /// The name of the element's member that holds the path to the value.
    pub path: &'static str,
    /// The name of the element's member that holds the message, if it has one.
    pub message: Option<&'static str>,
}
