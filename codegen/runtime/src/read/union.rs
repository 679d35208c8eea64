//! A union: an object with exactly one member that is not `null`.

use std::borrow::Cow;

use super::{Read, Reader};
use crate::{
    Stop,
    stop::{Found, Wanted},
    violation::Segment,
};

/// The one member of a union while it is read.
#[derive(Debug)]
pub struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl Variant<'_, '_> {
    /// Reads the value of the member at `index`, `name` on the wire, and makes the union of it.
    ///
    /// # Errors
    /// The first JSON or type error.
    pub fn read<T, U>(
        self,
        index: u16,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
        make: impl FnOnce(T) -> U,
    ) -> Read<U> {
        let mark = self.reader.mark();
        let value = read(self.reader)?;
        self.reader.locate(mark, || Segment::Member { index, name });
        Ok(value.map(make))
    }

    /// The answer to a member that the model does not know.
    ///
    /// # Errors
    /// Always: a union with an unknown member cannot be told from one of a newer model.
    pub fn unknown<T>(self) -> Read<T> {
        Err(Stop::MALFORMED)
    }
}

/// Reads a union: `read` is given the name of the member that is set. `null` members and `__type`
/// do not count.
///
/// # Errors
/// None or several members are set, or the first JSON or type error.
pub fn variant<'a, T>(
    reader: &mut Reader<'a>,
    read: impl Fn(Cow<'a, str>, Variant<'_, 'a>) -> Read<T>,
) -> Read<T> {
    reader.open(Found::Object, Wanted::Structure)?;
    let mut found = None;
    let mut first = true;
    while let Some(name) = reader.next_name(first)? {
        first = false;
        if name == "__type" {
            reader.skip()?;
        } else if !reader.take_null()? {
            if found.is_some() {
                return Err(Stop::MALFORMED);
            }
            found = Some(read(name, Variant { reader })?);
        }
    }
    found.ok_or(Stop::MALFORMED)
}

/// Reads a value that has no members: what it holds does not count.
///
/// # Errors
/// What comes next is no object.
pub fn unit(reader: &mut Reader<'_>) -> Read<()> {
    let mut members = reader.structure()?;
    while members.next_name()?.is_some() {
        members.skip()?;
    }
    Ok(Some(()))
}
