//! A violated constraint: the path to the value, the value, and the rule that it breaks.
//!
//! The reader collects violations; [`crate::Style`] words the message about them.

use std::{cmp::Ordering, sync::Arc};

use crate::{Bound, Rules};

/// A constraint of the model that a value in a request violates.
#[derive(Debug, Clone)]
pub struct Violation {
    pub(crate) path: Path,
    /// The value as the message shows it, or `None` if it is absent or must not be shown.
    pub(crate) shown: Option<String>,
    pub(crate) broken: BrokenRule,
    /// The list or map of which the value is an element, a key or a value.
    pub(crate) container: Option<Container>,
}

impl Violation {
    pub(crate) fn conceal(&mut self) {
        self.shown = None;
        if let Some(container) = &mut self.container {
            container.json = None;
        }
    }
}

/// A broken rule, with the details that a message about it shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BrokenRule {
    /// A required member is absent, or a list or map that is not sparse contains `null`.
    Required,
    /// The length is out of bounds: code points, bytes, elements or entries.
    Length { actual: u64, min: Option<u64>, max: Option<u64> },
    /// The value does not match this pattern, given as messages print it.
    Pattern(&'static str),
    /// The number is below the minimum or above the maximum.
    Range { below: bool, min: Option<Bound>, max: Option<Bound> },
    /// The value is not one of these, which are in model order.
    Enum(&'static [&'static str]),
    /// Two elements of the list are equal.
    UniqueItems,
}

/// One step of a path, from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A member, with its position in the structure.
    Member { index: u16, name: &'static str },
    /// An element of a list, counted from 0.
    Index(usize),
    /// The key or the value of an entry, with the entry's position in the map as sent.
    Entry { order: usize, key: Arc<str>, part: Part },
}

/// Which part of a list or map a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Element,
    Key,
    Value,
}

impl Segment {
    /// Returns the sort key: members in model order, elements and entries in the order in which they were sent.
    fn order(&self) -> (usize, Option<Part>) {
        match self {
            Self::Member { index, .. } => (usize::from(*index), None),
            Self::Index(index) => (*index, None),
            Self::Entry { order, part, .. } => (*order, Some(*part)),
        }
    }
}

/// The path from the input to a value.
///
/// It is built only for a violation, while reading leaves the enclosing structures. So the innermost segment comes first.
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

    /// Returns the part of a map if the path consists of that one segment.
    pub(crate) fn only_entry(&self) -> Option<Part> {
        match self.0.as_slice() {
            [Segment::Entry { part, .. }] => Some(*part),
            _ => None,
        }
    }

    /// Iterates over the segments from the outermost to the innermost.
    pub(crate) fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
        self.0.iter().rev()
    }

    /// Compares by position in the input: a value precedes its parts.
    pub(crate) fn cmp(&self, other: &Self) -> Ordering {
        self.segments().map(Segment::order).cmp(other.segments().map(Segment::order))
    }
}

/// A list or map with an element, key or value that violates a constraint.
#[derive(Debug, Clone)]
pub(crate) struct Container {
    pub(crate) part: Part,
    /// The rules of its elements, keys or values, whichever `part` says.
    pub(crate) rules: Option<&'static Rules>,
    /// Its JSON text, or `None` if a part of it must not be shown.
    pub(crate) json: Option<Arc<str>>,
}

impl Container {
    pub(crate) fn new(json: Option<&str>, part: Part, rules: Option<&'static Rules>) -> Self {
        Self { part, rules, json: json.map(Into::into) }
    }
}
