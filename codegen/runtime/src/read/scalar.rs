//! Reading what is neither list nor object, and documents, which may be either.

use std::{borrow::Cow, collections::HashMap, str::FromStr};

use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document, Number};

use super::{Read, ReadJson, Reader};
use crate::{
    Rules, Stop,
    stop::{Found, Wanted},
};

impl ReadJson for String {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        reader.string().map(|text| Some(text.into_owned()))
    }
}

impl ReadJson for bool {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        reader.boolean().map(Some)
    }
}

impl ReadJson for Blob {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        let text = reader.string()?;
        let bytes = aws_smithy_types::base64::decode(&*text)
            .map_err(|_| Stop::new("STRING_VALUE can not be converted to a ByteBuffer"))?;
        Ok(Some(Self::new(bytes)))
    }
}

impl ReadJson for DateTime {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        super::epoch_seconds(reader)
    }
}

/// A whole number: a fraction is cut off (*Observed* on a sibling service), an exponent is followed.
fn whole<T: FromStr + TryFrom<i128>>(reader: &mut Reader<'_>, wanted: &'static str) -> Read<T> {
    let text = reader.number(wanted)?;
    let value = match text.parse() {
        Ok(value) => Some(value),
        Err(_) => truncated(text).and_then(|value| T::try_from(value).ok()),
    };
    value.map(Some).ok_or_else(|| Stop::mismatch(Found::Number, Wanted::Scalar(wanted)))
}

/// The whole part of a number written with a fraction or an exponent.
#[cold]
fn truncated(text: &str) -> Option<i128> {
    let value = text.parse::<f64>().ok()?.trunc();
    // Beyond 2^63 no type that is read here has room, so that the cast below is exact.
    #[expect(clippy::cast_possible_truncation, reason = "the bound is checked in the line before")]
    (text.contains(['.', 'e', 'E']) && value.abs() <= 2f64.powi(63)).then_some(value as i128)
}

macro_rules! whole {
    ($($type:ty: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn rules() -> Option<&'static Rules> {
                Some(&Rules::NONE)
            }

            fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
                whole(reader, $wanted)
            }
        }
    )*};
}
whole!(i8: "a Byte", i16: "a Short", i32: "an Integer", i64: "a Long");

macro_rules! float {
    ($($type:ident: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn rules() -> Option<&'static Rules> {
                Some(&Rules::NONE)
            }

            fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
                let mismatch = |found| Stop::mismatch(found, Wanted::Scalar($wanted));
                if reader.peek()? == Found::Text {
                    return match &*reader.string()? {
                        "NaN" => Ok(Some($type::NAN)),
                        "Infinity" => Ok(Some($type::INFINITY)),
                        "-Infinity" => Ok(Some($type::NEG_INFINITY)),
                        _ => Err(mismatch(Found::Text)),
                    };
                }
                let value = reader.number($wanted)?.parse::<$type>().ok().filter(|value| value.is_finite());
                value.map(Some).ok_or_else(|| mismatch(Found::Number))
            }
        }
    )*};
}
float!(f32: "a Float", f64: "a Double");

macro_rules! big {
    ($($type:ty: $wanted:literal),*) => {$(
        impl ReadJson for $type {
            fn rules() -> Option<&'static Rules> {
                Some(&Rules::NONE)
            }

            fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
                let value = reader.number($wanted)?.parse();
                value.map(Some).map_err(|_| Stop::mismatch(Found::Number, Wanted::Scalar($wanted)))
            }
        }
    )*};
}
big!(BigInteger: "a BigInteger", BigDecimal: "a BigDecimal");

/// Reads a string that must be one of the values that `find` knows.
///
/// # Errors
/// What comes next is no string.
pub fn enumeration<T>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    find: impl FnOnce(&str) -> Option<T>,
) -> Read<T> {
    let start = reader.position();
    let value = find(&reader.string()?);
    if value.is_none() {
        reader.admit(start, rules, rules.not_a_value());
    }
    Ok(value)
}

/// Reads a number that must be one of the values that `find` knows.
///
/// # Errors
/// What comes next is no whole number.
pub fn int_enumeration<T>(
    reader: &mut Reader<'_>,
    rules: &Rules,
    find: impl FnOnce(i32) -> Option<T>,
) -> Read<T> {
    let start = reader.position();
    let value = i32::read_json(reader)?.and_then(find);
    if value.is_none() {
        reader.admit(start, rules, rules.not_a_value());
    }
    Ok(value)
}

impl ReadJson for Document {
    fn rules() -> Option<&'static Rules> {
        Some(&Rules::NONE)
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        document(reader).map(Some)
    }
}

fn document(reader: &mut Reader<'_>) -> Result<Document, Stop> {
    Ok(match reader.peek()? {
        Found::Null => {
            reader.take_null()?;
            Document::Null
        }
        Found::True | Found::False => Document::Bool(reader.boolean()?),
        Found::Text => Document::String(reader.string()?.into_owned()),
        Found::Number => Document::Number(document_number(reader.number("")?)?),
        Found::List => {
            reader.open(Found::List, Wanted::List)?;
            let mut items = Vec::new();
            while reader.next_element(items.is_empty())? {
                items.push(document(reader)?);
            }
            Document::Array(items)
        }
        Found::Object => {
            reader.open(Found::Object, Wanted::Map)?;
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

fn document_number(text: &str) -> Result<Number, Stop> {
    if let Ok(value) = text.parse() {
        return Ok(Number::PosInt(value));
    }
    if let Ok(value) = text.parse() {
        return Ok(Number::NegInt(value));
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    value.map(Number::Float).ok_or(Stop::MALFORMED)
}
