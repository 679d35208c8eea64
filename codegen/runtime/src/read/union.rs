//! Reads unions: objects with exactly one member that is not `null`.

use std::borrow::Cow;

use super::{ReadResult, Reader};
use crate::{
    SerializationError,
    serialization_error::{ExpectedType, JsonType},
    violation::Segment,
};

/// The member of a union that is set, while it is read.
#[derive(Debug)]
pub struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl Variant<'_, '_> {
    /// Reads the value of the member at position `index`, whose name in messages is `name`, and converts it with `make`.
    ///
    /// # Errors
    /// Returns the first JSON or type error.
    pub fn read<T, U>(
        self,
        index: u16,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> ReadResult<T>,
        make: impl FnOnce(T) -> U,
    ) -> ReadResult<U> {
        let mark = self.reader.mark();
        let segment = || Segment::Member { index, name };
        let value = read(self.reader).map_err(|error| error.within(segment))?;
        self.reader.locate(mark, segment);
        Ok(value.map(make))
    }

    /// Refuses a member that is not in the model.
    ///
    /// # Errors
    /// Always returns an error: the value may be a variant of a newer model, for which there is no type.
    pub fn unknown<T>(self) -> ReadResult<T> {
        Err(SerializationError::new(None, "must have a member of the union, but has an unknown one"))
    }
}

/// Reads a union by calling `read` with the name of the member that is set. Ignores `null` members and `__type`.
///
/// # Errors
/// Returns an error if no member or more than one is set, and the first JSON or type error.
pub fn variant<'a, T>(
    reader: &mut Reader<'a>,
    read: impl Fn(Cow<'a, str>, Variant<'_, 'a>) -> ReadResult<T>,
) -> ReadResult<T> {
    reader.open(JsonType::Object, ExpectedType::Structure)?;
    let mut found = None;
    let mut first = true;
    while let Some(name) = reader.next_name(first)? {
        first = false;
        if name == "__type" {
            reader.skip()?;
        } else if !reader.take_null()? {
            if found.is_some() {
                return Err(SerializationError::new(None, "must have one member, but has several"));
            }
            found = Some(read(name, Variant { reader })?);
        }
    }
    found.ok_or_else(|| SerializationError::new(None, "must have one member, but has none"))
}

/// Reads a structure without members, and ignores any that are sent.
///
/// # Errors
/// Returns an error if the next value is not an object.
pub fn unit(reader: &mut Reader<'_>) -> ReadResult<()> {
    let mut members = reader.structure()?;
    while members.next_name()?.is_some() {
        members.skip()?;
    }
    Ok(Some(()))
}
