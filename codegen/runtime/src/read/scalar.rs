//! Reads scalars, enums and documents.

use std::{borrow::Cow, collections::HashMap, str::FromStr};

use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, Number};

use super::{ReadJson, ReadResult, Reader};
use crate::{
    Form, Rules, SerializationError, Style,
    serialization_error::{ExpectedType, JsonType},
};

impl ReadJson for String {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        reader.string().map(|text| Some(text.into_owned()))
    }
}

impl ReadJson for bool {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        reader.boolean().map(Some)
    }
}

impl ReadJson for Blob {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        let text = reader.string()?;
        let bytes = aws_smithy_types::base64::decode(&*text).map_err(|_| {
            SerializationError::mismatch(JsonType::Text, ExpectedType::Scalar("a ByteBuffer"))
        })?;
        Ok(Some(Self::new(bytes)))
    }
}

impl ReadJson for DateTime {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        super::epoch_seconds(reader)
    }
}

/// Reads an integer; an exponent is applied. A fraction is cut off in the style of the live services (*Observed* on another
/// AWS service with the same front end), and refused in that of Smithy.
fn whole<T: FromStr + TryFrom<i128>>(reader: &mut Reader<'_>, expected: &'static str) -> ReadResult<T> {
    let text = reader.number(expected)?;
    let value = match text.parse() {
        Ok(value) => Some(value),
        Err(_) if reader.style() == Style::Smithy && has_fraction(text) => None,
        Err(_) => truncated(text).and_then(|value| T::try_from(value).ok()),
    };
    value
        .map(Some)
        .ok_or_else(|| SerializationError::mismatch(JsonType::Number, ExpectedType::Scalar(expected)))
}

/// Returns the integer part of a number that is written with a fraction or an exponent.
#[cold]
pub(crate) fn truncated(text: &str) -> Option<i128> {
    let value = text.parse::<f64>().ok()?.trunc();
    // No integer type that is read here exceeds 2^63, and up to there the cast is exact.
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked in the line before")]
    (text.contains(['.', 'e', 'E']) && value.abs() <= 2f64.powi(63)).then_some(value as i128)
}

#[cold]
fn has_fraction(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|value| value.fract() != 0.0)
}

macro_rules! whole {
    ($($type:ty: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
                whole(reader, $wanted)
            }
        }
    )*};
}
whole!(i8: "a Byte", i16: "a Short", i32: "an Integer", i64: "a Long");

macro_rules! float {
    ($($type:ident: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
                let mismatch = |found| SerializationError::mismatch(found, ExpectedType::Scalar($wanted));
                if reader.peek()? == JsonType::Text {
                    return match &*reader.string()? {
                        "NaN" => Ok(Some($type::NAN)),
                        "Infinity" => Ok(Some($type::INFINITY)),
                        "-Infinity" => Ok(Some($type::NEG_INFINITY)),
                        _ => Err(mismatch(JsonType::Text)),
                    };
                }
                let value = reader.number($wanted)?.parse::<$type>().ok().filter(|value| value.is_finite());
                value.map(Some).ok_or_else(|| mismatch(JsonType::Number))
            }
        }
    )*};
}
float!(f32: "a Float", f64: "a Double");

macro_rules! big {
    ($($type:ty: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
                let value = reader.number($wanted)?.parse();
                value.map(Some).map_err(|_| SerializationError::mismatch(JsonType::Number, ExpectedType::Scalar($wanted)))
            }
        }
    )*};
}
big!(BigInteger: "a BigInteger", BigDecimal: "a BigDecimal");

/// Reads a string that must be one of the values for which `find` returns a variant.
///
/// # Errors
/// Returns an error if the next value is not a string.
pub fn enumeration<T>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    find: impl FnOnce(&str) -> Option<T>,
) -> ReadResult<T> {
    let start = reader.position();
    let value = find(&reader.string()?);
    if value.is_none() {
        reader.admit(start, rules, Form::Json, rules.not_a_value());
    }
    Ok(value)
}

/// Reads a number that must be one of the values for which `find` returns a variant.
///
/// # Errors
/// Returns an error if the next value is not a number, or does not fit an `i32`.
pub fn int_enumeration<T>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    find: impl FnOnce(i32) -> Option<T>,
) -> ReadResult<T> {
    let start = reader.position();
    let value = i32::read_json(reader)?.and_then(find);
    if value.is_none() {
        reader.admit(start, rules, Form::Integer, rules.not_a_value());
    }
    Ok(value)
}

impl ReadJson for Document {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        document(reader).map(Some)
    }
}

fn document(reader: &mut Reader<'_>) -> Result<Document, SerializationError> {
    reader.count_document_value()?;
    Ok(match reader.peek()? {
        JsonType::Null => {
            reader.take_null()?;
            Document::Null
        }
        JsonType::True | JsonType::False => Document::Bool(reader.boolean()?),
        JsonType::Text => Document::String(reader.string()?.into_owned()),
        JsonType::Number => Document::Number(document_number(reader.number("")?)?),
        JsonType::List => {
            reader.open(JsonType::List, ExpectedType::List)?;
            let mut items = Vec::new();
            while reader.next_element(items.is_empty())? {
                items.push(document(reader)?);
            }
            // The first push has allocated space for four.
            items.shrink_to_fit();
            Document::Array(items)
        }
        JsonType::Object => {
            reader.open(JsonType::Object, ExpectedType::Map)?;
            let mut entries = HashMap::new();
            let mut first = true;
            while let Some(name) = reader.next_name(first)?.map(Cow::into_owned) {
                entries.insert(name, document(reader)?);
                first = false;
            }
            Document::Object(entries)
        }
    })
}

fn document_number(text: &str) -> Result<Number, SerializationError> {
    if let Ok(value) = text.parse() {
        return Ok(Number::PosInt(value));
    }
    if let Ok(value) = text.parse() {
        return Ok(Number::NegInt(value));
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    value.map(Number::Float).ok_or(SerializationError::MALFORMED)
}
