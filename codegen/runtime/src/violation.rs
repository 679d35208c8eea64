//! A violated constraint: the path to the value, the value, and the rule that it breaks.
//!
//! The reader collects violations (`read/violation_log.rs`), and [`Style`](crate::Style) words the message about them.

use std::{cmp::Ordering, sync::Arc};

use crate::{Bound, Form, Rules};

/// Maximum number of violations that one answer tells. *Chosen*: the recordings of the live service have two at most;
/// a request with a wrong value in each member of the largest input has fewer.
pub const MAX_TOLD: usize = 100;

/// The violated constraints of a request, and the message about them.
#[derive(Debug, Clone)]
pub struct Violations {
    /// The violations that the message tells, in model order.
    pub(crate) told: Vec<Violation>,
    pub(crate) message: String,
    /// How long a list of the violations beside the message may be, in bytes of JSON.
    pub(crate) room: usize,
    pub(crate) steps: usize,
}

impl Violations {
    /// Returns the message about the violations.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the number of violations that the message tells, at least one and at most [`MAX_TOLD`].
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        self.told.len()
    }

    /// Returns the work that the violations cost beyond reading the body once: how often one was visited, and the bytes
    /// that were read again and written for the message. Tests check that it is linear in the length of the body.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

/// A constraint of the model that a value in a request violates.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) path: Path,
    /// The value that the message shows, or `None` if it is absent or must not be shown.
    pub(crate) value: Option<Excerpt>,
    pub(crate) broken: BrokenRule,
    /// Rules that other parts of the same list or map break, if the message tells of them together.
    pub(crate) others: OtherRules,
    /// The list or map of which the value is an element, a key or a value.
    pub(crate) container: Option<Container>,
}

impl Violation {
    pub(crate) fn new(value: Option<Excerpt>, broken: BrokenRule) -> Self {
        Self { path: Path::default(), value, broken, others: OtherRules::default(), container: None }
    }

    pub(crate) fn conceal(&mut self) {
        self.value = None;
        if let Some(container) = &mut self.container {
            container.value = None;
        }
    }

    /// Adds the rule that `other`, about another part of the same list or map, has broken.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.others.null |= other.broken == BrokenRule::Required;
        self.others.duplicates |= other.broken == BrokenRule::UniqueItems;
        // The message lists all other rules whichever is broken, but these two only where they are.
        if matches!(self.broken, BrokenRule::Required | BrokenRule::UniqueItems) {
            let broken = std::mem::replace(&mut self.broken, other.broken.clone());
            self.others.null |= broken == BrokenRule::Required;
            self.others.duplicates |= broken == BrokenRule::UniqueItems;
        }
    }
}

/// A value in the text of the request, and the form in which messages show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Excerpt {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) form: Form,
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
    /// The value is not one of these, which are in the order in which messages print them.
    Enum(&'static [&'static str]),
    /// Two elements of the list are equal.
    UniqueItems,
}

/// The rules that a message about a list or map lists only if one of its parts breaks them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OtherRules {
    /// A part is `null`.
    pub(crate) null: bool,
    /// A part is a list with equal elements.
    pub(crate) duplicates: bool,
}

/// One step of a path, from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// A member, with its position in the structure and the name that messages show.
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

    /// Returns which direct part of a list or map the path leads to, or `None` if it leads further.
    pub(crate) fn only_part(&self) -> Option<Part> {
        match self.0.as_slice() {
            [Segment::Entry { part, .. }] => Some(*part),
            [Segment::Index(_)] => Some(Part::Element),
            _ => None,
        }
    }

    /// Iterates over the segments from the outermost to the innermost.
    pub(crate) fn segments(&self) -> impl DoubleEndedIterator<Item = &Segment> + ExactSizeIterator {
        self.0.iter().rev()
    }

    /// Returns the number of bytes of the names and keys on the path. Only keys have a length that the caller decides.
    pub(crate) fn bytes(&self) -> usize {
        let segment = |segment: &Segment| match segment {
            Segment::Member { name, .. } => name.len(),
            Segment::Index(_) => usize::MAX.ilog10() as usize,
            Segment::Entry { key, .. } => key.len(),
        };
        self.0.iter().map(segment).sum()
    }

    /// Compares by position in the input: a value precedes its parts.
    pub(crate) fn cmp(&self, other: &Self) -> Ordering {
        self.segments().map(Segment::order).cmp(other.segments().map(Segment::order))
    }
}

/// A list or map with an element, key or value that violates a constraint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container {
    pub(crate) part: Part,
    /// The rules of its elements, keys or values, whichever `part` says.
    pub(crate) rules: Option<&'static Rules>,
    /// The whole list or map, or `None` if a part of it must not be shown.
    pub(crate) value: Option<Excerpt>,
}
