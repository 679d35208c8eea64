//! Reads typed values from JSON in one pass, which ends at the first JSON or type error and collects every violated
//! constraint.
//!
//! [`Reader`] parses JSON, [`ReadJson`] reads a type, [`Slot`] and [`Members`] read the members of a structure.
//! A violation is described in `violation.rs`.

mod collection;
mod reader;
mod scalar;
mod structure;
mod timestamp;
mod union;
mod violation_log;

pub use collection::{ReadKey, list, map, sparse_list, sparse_map, unique};
pub use reader::{MAX_DEPTH, MAX_DOCUMENT_VALUES, Reader};
pub(crate) use scalar::truncated;
pub use scalar::{enumeration, int_enumeration};
pub use structure::{Members, Slot};
pub use timestamp::{date_time, epoch_seconds, http_date};
pub use union::{Variant, unit, variant};

use crate::{SerializationError, Shape, Style, Violations};

/// The result of reading a value: the value, or `None` if it violates a constraint, which the reader has recorded, or
/// the error that ends reading.
pub type ReadResult<T> = Result<Option<T>, SerializationError>;

/// A type that can be read from JSON.
pub trait ReadJson: Shape + Sized {
    /// Reads the next value, which is not `null`.
    ///
    /// # Errors
    /// Returns the first JSON or type error.
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self>;
}

/// Why a body could not be read.
#[derive(Debug, Clone)]
pub enum ReadError {
    /// A JSON or type error.
    Serialization(SerializationError),
    /// The violated constraints.
    Constraints(Violations),
}

/// Reads a body that consists of one value and white space around it. `style` words the message about violations.
///
/// # Errors
/// Returns the first JSON or type error, or else the violated constraints.
pub fn from_json<T: ReadJson>(body: &[u8], style: Style) -> Result<T, ReadError> {
    let malformed = || ReadError::Serialization(SerializationError::MALFORMED);
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let mut reader = Reader::new(text, style);
    let value = read_whole(&mut reader).map_err(ReadError::Serialization)?;
    match (value, reader.finish()) {
        (_, Some(violations)) => Err(ReadError::Constraints(violations)),
        (Some(value), None) => Ok(value),
        // A value that could not be made has a violation.
        (None, None) => Err(malformed()),
    }
}

/// Reads one value of any type from a text, and returns what is wrong with it otherwise.
///
/// # Errors
/// Returns the message about the first JSON or type error, or about the violated constraints.
#[cfg(feature = "serde")]
pub(crate) fn value_from_json<T: ReadJson>(text: &str, style: Style) -> Result<T, String> {
    let mut reader = Reader::new(text, style);
    let worded = |error: SerializationError| error.message_in(style).unwrap_or_default().into_owned();
    let is_null = reader.take_null().map_err(worded)?;
    let value = if is_null { None } else { T::read_json(&mut reader).map_err(worded)? };
    match (value, reader.finish()) {
        (_, Some(violations)) => Err(violations.message().to_owned()),
        (Some(value), None) => Ok(value),
        (None, None) => Err("the value is null".to_owned()),
    }
}

fn read_whole<T: ReadJson>(reader: &mut Reader<'_>) -> ReadResult<T> {
    reader.check_top()?;
    let value = T::read_json(reader)?;
    reader.check_end()?;
    Ok(value)
}

impl<T: ReadJson> ReadJson for Box<T> {
    fn read_json(reader: &mut Reader<'_>) -> ReadResult<Self> {
        Ok(T::read_json(reader)?.map(Box::new))
    }
}
