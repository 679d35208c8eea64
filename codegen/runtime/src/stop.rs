//! Why a body cannot be read as JSON of the expected types, in the words of the live service.
//!
//! The first such error ends the reading. Violations of constraints are another matter: they are
//! collected (see [`crate::Violation`]).

use std::borrow::Cow;

/// The first JSON or type error of a body; the client reads it as `SerializationException`.
///
/// The wordings are *Observed* on the live service or on a sibling with the same front end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub(crate) message: Option<Cow<'static, str>>,
}

impl Stop {
    /// The body is no JSON, or not of a form that can be read: no message at all (*Observed*).
    pub(crate) const MALFORMED: Self = Self { message: None };

    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: Some(message.into()) }
    }

    /// A value of JSON type `found` where `wanted` is expected.
    #[cold]
    pub(crate) fn mismatch(found: Found, wanted: Wanted) -> Self {
        match (found, wanted) {
            (Found::List, _) => Self::new("Start of list found where not expected"),
            (Found::Object, _) => Self::new("Start of structure or map found where not expected."),
            (_, Wanted::Map) => Self::new("Expected map or null"),
            (_, Wanted::List) => Self::new("Expected list or null"),
            (_, Wanted::Structure) => Self::new("Expected null"),
            (found, Wanted::Scalar(scalar)) => {
                Self::new(format!("{} can not be converted to {scalar}", found.token()))
            }
        }
    }

    /// What the client reads, if anything.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// The JSON type of the value that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    List,
    Object,
    Text,
    Number,
    True,
    False,
    Null,
}

impl Found {
    /// The token's name as the service prints it.
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

/// What the model expects there; a scalar with its article, as the message wants it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    Structure,
    List,
    Map,
    Scalar(&'static str),
}
