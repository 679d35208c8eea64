//! The error of a body that is not JSON of the expected types, with the messages of the live service.
//!
//! The first such error ends reading. BrokenRules constraints do not end it: they are collected as
//! [`Violation`](crate::Violation)s.

use std::borrow::Cow;

/// The first JSON or type error of a body, which is answered with `SerializationException`.
///
/// Its messages are *Observed* on the live service or on another AWS service with the same front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerializationError {
    pub(crate) message: Option<Cow<'static, str>>,
}

impl SerializationError {
    /// The body is not JSON, or of a form that is not supported. The response has no message (*Observed*).
    pub(crate) const MALFORMED: Self = Self { message: None };

    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()) }
    }

    /// Returns the error for a value of JSON type `found` where the model has a value of type `expected`.
    #[cold]
    pub(crate) fn mismatch(found: JsonType, expected: ExpectedType) -> Self {
        match (found, expected) {
            (JsonType::List, _) => Self::new("Start of list found where not expected"),
            (JsonType::Object, _) => Self::new("Start of structure or map found where not expected."),
            (_, ExpectedType::Map) => Self::new("Expected map or null"),
            (_, ExpectedType::List) => Self::new("Expected list or null"),
            (_, ExpectedType::Structure) => Self::new("Expected null"),
            (found, ExpectedType::Scalar(scalar)) => {
                Self::new(format!("{} can not be converted to {scalar}", found.token()))
            }
        }
    }

    /// Returns the message for the client, or `None` if the response has none.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonType {
    List,
    Object,
    Text,
    Number,
    True,
    False,
    Null,
}

impl JsonType {
    /// Returns the token name that the live service prints.
    fn token(self) -> &'static str {
        match self {
            Self::List => "START_ARRAY",
            Self::Object => "START_OBJECT",
            Self::Text => "STRING_VALUE",
            Self::Number => "NUMBER_VALUE",
            Self::True => "TRUE_VALUE",
            Self::False => "FALSE_VALUE",
            Self::Null => "NULL_VALUE",
        }
    }
}

/// The type that the model expects. A scalar is named with its article, as the message prints it: `a String`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ExpectedType {
    Structure,
    List,
    Map,
    Scalar(&'static str),
}
