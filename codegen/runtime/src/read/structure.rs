//! The members of a structure: one [`Slot`] each, filled while [`Members`] walks the object.

use std::borrow::Cow;

use super::{Read, ReadJson, Reader};
use crate::{
    Stop,
    stop::{Found, Wanted},
    violation::Segment,
};

impl<'a> Reader<'a> {
    /// Enters the object that a structure is read from.
    ///
    /// # Errors
    /// The next value is no object.
    pub fn structure(&mut self) -> Result<Members<'_, 'a>, Stop> {
        self.open(Found::Object, Wanted::Structure)?;
        Ok(Members { base: self.mark(), reader: self, first: true })
    }
}

/// A walk over the members of one object.
#[derive(Debug)]
pub struct Members<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    /// How many violations there were before this object.
    base: usize,
    first: bool,
}

impl<'a> Members<'_, 'a> {
    /// The name of the next member, whose value must be read or skipped before the next call.
    ///
    /// # Errors
    /// What stands there is no member.
    pub fn next_name(&mut self) -> Result<Option<Cow<'a, str>>, Stop> {
        let name = self.reader.next_name(self.first)?;
        self.first = false;
        Ok(name)
    }

    /// Passes over the value of a member that the model does not know.
    ///
    /// # Errors
    /// The value is no JSON.
    pub fn skip(&mut self) -> Result<(), Stop> {
        self.reader.skip()
    }
}

/// A member while its structure is read: absent until it is read, and absent when it is `null`.
#[derive(Debug)]
pub struct Slot<T> {
    index: u16,
    name: &'static str,
    state: State<T>,
}

#[derive(Debug)]
enum State<T> {
    Absent,
    /// It was there, and what it violates is noted.
    Invalid,
    Valid(T),
}

impl<T> Slot<T> {
    /// The slot of the member at `index` of its structure, `name` on the wire.
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
    /// The first JSON or type error.
    #[inline]
    pub fn read(&mut self, members: &mut Members<'_, '_>) -> Result<(), Stop>
    where
        T: ReadJson,
    {
        self.read_with(members, T::read_json)
    }

    /// Reads the member's value with `read`, for what its type alone does not tell.
    ///
    /// # Errors
    /// The first JSON or type error.
    #[inline]
    pub fn read_with(
        &mut self,
        members: &mut Members<'_, '_>,
        read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
    ) -> Result<(), Stop> {
        let reader = &mut *members.reader;
        if !matches!(self.state, State::Absent) {
            reader.forget(members.base, &self.segment());
        }
        let mark = reader.mark();
        self.state = if reader.take_null()? {
            State::Absent
        } else {
            read(reader)?.map_or(State::Invalid, State::Valid)
        };
        reader.locate(mark, || self.segment());
        Ok(())
    }

    /// The value of a member that must be there; its absence is noted as a violation.
    #[inline]
    pub fn required(self, members: &mut Members<'_, '_>) -> Option<T> {
        match self.state {
            State::Valid(value) => Some(value),
            State::Invalid => None,
            State::Absent => {
                let mark = members.reader.mark();
                members.reader.violate_required();
                members.reader.locate(mark, || self.segment());
                None
            }
        }
    }

    /// The value of a member that may be absent.
    #[inline]
    pub fn optional(self) -> Option<T> {
        match self.state {
            State::Valid(value) => Some(value),
            State::Invalid | State::Absent => None,
        }
    }
}
