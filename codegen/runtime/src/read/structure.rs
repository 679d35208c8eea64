//! Reads the members of a structure: [`Members`] iterates over the object and fills one [`Slot`] for each member.

use std::borrow::Cow;

use super::{ReadJson, ReadResult, Reader};
use crate::{
    SerializationError,
    serialization_error::{ExpectedType, JsonType},
    violation::Segment,
};

impl<'a> Reader<'a> {
    /// Starts to read a structure.
    ///
    /// # Errors
    /// Returns an error if the next value is not an object.
    pub fn structure(&mut self) -> Result<Members<'_, 'a>, SerializationError> {
        self.open(JsonType::Object, ExpectedType::Structure)?;
        Ok(Members { base: self.mark(), reader: self, first: true })
    }
}

/// Iterates over the members of one object.
#[derive(Debug)]
pub struct Members<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    /// The number of violations recorded before this object.
    base: usize,
    first: bool,
}

impl<'a> Members<'_, 'a> {
    /// Returns the name of the next member, or `None` at the end. Its value must be read or skipped before the next call.
    ///
    /// # Errors
    /// Returns an error if the text is malformed.
    pub fn next_name(&mut self) -> Result<Option<Cow<'a, str>>, SerializationError> {
        let name = self.reader.next_name(self.first)?;
        self.first = false;
        Ok(name)
    }

    /// Skips the value of a member that is not in the model.
    ///
    /// # Errors
    /// Returns an error if the value is not JSON.
    pub fn skip(&mut self) -> Result<(), SerializationError> {
        self.reader.skip()
    }
}

/// The value of one member while its structure is read. It is absent until it is read, and if it is `null`.
#[derive(Debug)]
pub struct Slot<T> {
    index: u16,
    name: &'static str,
    state: State<T>,
}

#[derive(Debug)]
enum State<T> {
    Absent,
    /// It violates a constraint, which the reader has recorded.
    Invalid,
    Valid(T),
}

impl<T> Slot<T> {
    /// Returns the slot of the member at position `index` of its structure, with its name in messages.
    #[inline]
    pub const fn new(index: u16, name: &'static str) -> Self {
        Self { index, name, state: State::Absent }
    }

    fn segment(&self) -> Segment {
        Segment::Member { index: self.index, name: self.name }
    }

    /// Reads the member's value.
    ///
    /// # Errors
    /// Returns the first JSON or type error.
    #[inline]
    pub fn read(&mut self, members: &mut Members<'_, '_>) -> Result<(), SerializationError>
    where
        T: ReadJson,
    {
        self.read_with(members, T::read_json)
    }

    /// Reads the member's value with the function `read`, for types that do not determine their JSON form.
    ///
    /// # Errors
    /// Returns the first JSON or type error.
    #[inline]
    pub fn read_with(
        &mut self,
        members: &mut Members<'_, '_>,
        read: impl FnOnce(&mut Reader<'_>) -> ReadResult<T>,
    ) -> Result<(), SerializationError> {
        let reader = &mut *members.reader;
        if matches!(self.state, State::Invalid) {
            reader.log.forget(members.base, |segment| *segment == self.segment());
        }
        let mark = reader.mark();
        self.state = if reader.take_null()? {
            State::Absent
        } else {
            let value = read(reader).map_err(|error| error.within(|| self.segment()))?;
            value.map_or(State::Invalid, State::Valid)
        };
        reader.locate(mark, || self.segment());
        Ok(())
    }

    /// Returns the value of a required member. Its absence is recorded as a violation.
    #[inline]
    pub fn required(self, members: &mut Members<'_, '_>) -> Option<T> {
        match self.state {
            State::Valid(value) => Some(value),
            State::Invalid => None,
            State::Absent => {
                let mark = members.reader.mark();
                members.reader.record_required();
                members.reader.locate(mark, || self.segment());
                None
            }
        }
    }

    /// Returns the value of an optional member.
    #[inline]
    pub fn optional(self) -> Option<T> {
        match self.state {
            State::Valid(value) => Some(value),
            State::Invalid | State::Absent => None,
        }
    }
}
