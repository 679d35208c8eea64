//! The error of a body that is not JSON of the expected types, in both wordings: that of the live service, and one that
//! names the member.
//!
//! The first such error ends reading. Violated constraints do not end it: they are collected as `Violation`s.

use std::borrow::Cow;

use crate::{Style, style::smithy, violation::Segment};

/// The first JSON or type error of a body, which is answered with `SerializationException`.
///
/// In the style [`Coral`](Style::Coral) its messages are *Observed* on the live service or on another AWS service with the
/// same front end. In the style [`Smithy`](Style::Smithy) they are *Chosen*: the specification has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerializationError {
    message: Option<Cow<'static, str>>,
    /// What the style `Smithy` says more; `None` if the body is not JSON.
    detail: Option<Box<Detail>>,
}

/// What is wrong with a value, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Detail {
    /// What follows the words "Value at '/path' ".
    text: Cow<'static, str>,
    /// The path to the value, from its end.
    path: Vec<Segment>,
}

impl SerializationError {
    /// The body is not JSON, or of a form that is not supported. The response has no message (*Observed*).
    pub(crate) const MALFORMED: Self = Self { message: None, detail: None };

    /// Returns an error with the message of the live service, if there is one, and what is wrong with the value.
    pub(crate) fn new(message: Option<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { message, detail: Some(Box::new(Detail { text: text.into(), path: Vec::new() })) }
    }

    /// Returns the error for a value of JSON type `found` where the model has a value of type `expected`.
    #[cold]
    pub(crate) fn mismatch(found: JsonType, expected: ExpectedType) -> Self {
        let message: Cow<'static, str> = match (found, expected) {
            (JsonType::List, _) => "Start of list found where not expected".into(),
            (JsonType::Object, _) => "Start of structure or map found where not expected.".into(),
            (_, ExpectedType::Map) => "Expected map or null".into(),
            (_, ExpectedType::List) => "Expected list or null".into(),
            (_, ExpectedType::Structure) => "Expected null".into(),
            (found, ExpectedType::Scalar(scalar)) => {
                format!("{} can not be converted to {scalar}", found.token()).into()
            }
        };
        Self::new(Some(message), expected.fault(found))
    }

    /// Adds a step to the path, from the value that contains the wrong one.
    #[cold]
    pub(crate) fn within(mut self, segment: impl FnOnce() -> Segment) -> Self {
        if let Some(detail) = &mut self.detail {
            detail.path.push(segment());
        }
        self
    }

    /// Returns the message of the live services for the client, or `None` if the response has none.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the message for the client in this style, or `None` if the response has none.
    pub fn message_in(&self, style: Style) -> Option<Cow<'_, str>> {
        match (style, &self.detail) {
            (Style::Coral, _) => self.message().map(Cow::Borrowed),
            (Style::Smithy, None) => Some("The body is not valid JSON".into()),
            (Style::Smithy, Some(detail)) if detail.path.is_empty() => {
                Some(format!("The body {}", detail.text).into())
            }
            (Style::Smithy, Some(detail)) => {
                let path = smithy::pointer(detail.path.iter().rev());
                Some(format!("Value at '{path}' {}", detail.text).into())
            }
        }
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

    /// Returns the name of the type with its article.
    fn name(self) -> &'static str {
        match self {
            Self::List => "a list",
            Self::Object => "an object",
            Self::Text => "a string",
            Self::Number => "a number",
            Self::True | Self::False => "a boolean",
            Self::Null => "null",
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

impl ExpectedType {
    /// Returns what is wrong with a value of type `found`, in the words of the style `Smithy`.
    fn fault(self, found: JsonType) -> Cow<'static, str> {
        let expected = match self {
            Self::Structure | Self::Map => "an object",
            Self::List => "a list",
            Self::Scalar("a Byte") => "an integer of 8 bits",
            Self::Scalar("a Short") => "an integer of 16 bits",
            Self::Scalar("an Integer") => "an integer of 32 bits",
            Self::Scalar("a Long") => "an integer of 64 bits",
            Self::Scalar("a BigInteger") => "an integer",
            Self::Scalar("a Float" | "a Double" | "a BigDecimal") => "a number",
            Self::Scalar("a Boolean") => "a boolean",
            Self::Scalar("a Date") => "a timestamp",
            Self::Scalar("a ByteBuffer") => "a blob in base64",
            Self::Scalar(_) => "a string",
        };
        let is_of_type = match found {
            JsonType::Number => {
                expected.contains("integer") || expected == "a number" || expected == "a timestamp"
            }
            JsonType::Text => matches!(expected, "a timestamp" | "a blob in base64"),
            _ => false,
        };
        // A fraction, a value out of the range of its type, or a text of another form.
        match is_of_type {
            true => format!("must be {expected}").into(),
            false => format!("must be {expected}, but is {}", found.name()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpectedType, JsonType, SerializationError};
    use crate::{Style, violation::Segment};

    #[test]
    fn error_is_told_with_its_path_in_the_style_of_smithy() {
        let error = SerializationError::mismatch(JsonType::Text, ExpectedType::Scalar("an Integer"))
            .within(|| Segment::Index(2))
            .within(|| Segment::Member { index: 0, name: "a/b" });
        assert_eq!(
            error.message_in(Style::Smithy).as_deref(),
            Some("Value at '/a~1b/2' must be an integer of 32 bits, but is a string")
        );
        assert_eq!(
            error.message_in(Style::Coral).as_deref(),
            Some("STRING_VALUE can not be converted to an Integer")
        );
        assert_eq!(SerializationError::MALFORMED.message_in(Style::Coral), None);
    }
}
