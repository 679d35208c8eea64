//! One violated constraint: where, by which value, of which rule. How it is told to a client is a
//! matter of [`crate::Style`].

use std::{cmp::Ordering, sync::Arc};

use crate::{Bound, Rules};

/// A value that violates a constraint of the model.
#[derive(Debug, Clone)]
pub struct Violation {
    pub(crate) path: Path,
    /// The value as the service would echo it; `None` where it may not be shown or there is none.
    pub(crate) shown: Option<String>,
    pub(crate) broken: Broken,
    /// The list or map that the value is a direct part of.
    pub(crate) within: Option<Container>,
}

impl Violation {
    pub(crate) fn conceal(&mut self) {
        self.shown = None;
        if let Some(container) = &mut self.within {
            container.json = None;
        }
    }
}

/// The rule that is broken, with what a message about it needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Broken {
    /// The member is absent, or a list or map holds a `null`.
    Required,
    /// Code points, bytes, elements or entries.
    Length { actual: u64, min: Option<u64>, max: Option<u64> },
    /// The pattern as the service prints it.
    Pattern(&'static str),
    /// Below the least or above the greatest.
    Range { below: bool, min: Option<Bound>, max: Option<Bound> },
    /// None of these, in model order.
    Enum(&'static [&'static str]),
    /// Two equal elements.
    UniqueItems,
}

/// One step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A member, and which of its structure's members it is.
    Member { index: u16, name: &'static str },
    /// An element of a list, from 0.
    Index(usize),
    /// A part of the entry that came at `order` in its map.
    Entry { order: usize, key: Arc<str>, part: Part },
}

/// What of a list or map a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Element,
    Key,
    Value,
}

impl Segment {
    /// Parts of one value come in model order, elements and entries as they were sent.
    fn order(&self) -> (usize, Option<Part>) {
        match self {
            Self::Member { index, .. } => (usize::from(*index), None),
            Self::Index(index) => (*index, None),
            Self::Entry { order, part, .. } => (*order, Some(*part)),
        }
    }
}

/// The way from the input to a value. It is put together from the inside out, since a good value
/// needs none: so the innermost segment comes first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Path(Vec<Segment>);

impl Path {
    pub(crate) fn push(&mut self, outer: Segment) {
        self.0.push(outer);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn outermost(&self) -> Option<&Segment> {
        self.0.last()
    }

    /// The part of a map that this is the path of, if it leads no further.
    pub(crate) fn only_entry(&self) -> Option<Part> {
        match self.0.as_slice() {
            [Segment::Entry { part, .. }] => Some(*part),
            _ => None,
        }
    }

    /// From the outermost segment inwards.
    pub(crate) fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
        self.0.iter().rev()
    }

    /// A value comes before its parts, and parts come in their order.
    pub(crate) fn cmp(&self, other: &Self) -> Ordering {
        self.segments().map(Segment::order).cmp(other.segments().map(Segment::order))
    }
}

/// A list or map of which a direct part is violated.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(crate) part: Part,
    /// The rules of its elements, keys or values.
    pub(crate) rules: Option<&'static Rules>,
    /// Its JSON text, where all of its parts may be shown.
    pub(crate) json: Option<Arc<str>>,
}

impl Container {
    pub(crate) fn new(json: Option<&str>, part: Part, rules: Option<&'static Rules>) -> Self {
        Self { part, rules, json: json.map(Into::into) }
    }
}
