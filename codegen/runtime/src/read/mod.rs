//! JSON in, typed values out: one pass that stops at the first JSON or type error and collects every
//! violated constraint on its way.
//!
//! [`Reader`] knows JSON, [`ReadJson`] knows how a type is read, [`Slot`] and [`Members`] read the
//! members of a structure. What is violated is described in `violation.rs`.

mod collection;
mod reader;
mod scalar;
mod structure;
mod timestamp;
mod union;

pub use collection::{ReadKey, list, map, sparse_list, sparse_map, unique};
pub use reader::{MAX_DEPTH, Reader};
pub use scalar::{enumeration, int_enumeration};
pub use structure::{Members, Slot};
pub use timestamp::{date_time, epoch_seconds, http_date};
pub use union::{Variant, unit, variant};

use crate::{Rules, Stop, Violation};

/// What reading a value gives: the value; `None` where it violates a constraint, which the reader
/// has noted; or the error that ends the reading.
pub type Read<T> = Result<Option<T>, Stop>;

/// A type that is read from JSON.
pub trait ReadJson: Sized {
    /// The constraints of the shape itself, which the list or map around it quotes. Of a shape without
    /// them no message shows a value, so that one whose values may be seen has at least
    /// [`Rules::NONE`].
    fn rules() -> Option<&'static Rules> {
        None
    }

    /// Reads the value that comes next, which is not `null`.
    ///
    /// # Errors
    /// The first JSON or type error.
    fn read_json(reader: &mut Reader<'_>) -> Read<Self>;
}

/// Why a body gives no input.
#[derive(Debug, Clone)]
pub enum Refused {
    /// A JSON or type error.
    Unreadable(Stop),
    /// Every violated constraint, in model order.
    Invalid(Vec<Violation>),
}

/// Reads a whole body as one value, with nothing but blanks around it.
///
/// # Errors
/// The first JSON or type error, or else every violated constraint.
pub fn from_json<T: ReadJson>(body: &[u8]) -> Result<T, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::Unreadable(Stop::MALFORMED))?;
    let mut reader = Reader::new(text);
    let value = read_whole(&mut reader).map_err(Refused::Unreadable)?;
    match value {
        Some(value) if reader.violations.is_empty() => Ok(value),
        _ => Err(Refused::Invalid(reader.into_violations())),
    }
}

fn read_whole<T: ReadJson>(reader: &mut Reader<'_>) -> Read<T> {
    reader.check_top()?;
    let value = T::read_json(reader)?;
    reader.check_end()?;
    Ok(value)
}

impl<T: ReadJson> ReadJson for Box<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules()
    }

    fn read_json(reader: &mut Reader<'_>) -> Read<Self> {
        Ok(T::read_json(reader)?.map(Box::new))
    }
}
