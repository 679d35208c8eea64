//! The syntax tree of a pattern.
//!
//! Everything that takes one character is a [`Class`], a literal included, with flags already applied:
//! whoever reads the tree needs to know nothing of the dialect's spelling.

use super::class::Class;

/// One part of a pattern and where its text starts.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Byte offset into the pattern's text.
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Empty,
    Class(Class),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat(Repeat),
    /// A capturing group; groups that capture nothing leave no trace.
    Capture(u32, Box<Node>),
    Assert(Assertion),
    Look(Look),
    BackReference(Reference),
}

#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// Whether the fewest are tried first. It never changes whether a string matches, except through
    /// what a back-reference saw.
    pub(super) lazy: bool,
    pub(super) node: Box<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// The very start of the string.
    Start,
    /// The very end of the string.
    End,
    WordBoundary,
    NotWordBoundary,
}

impl Assertion {
    pub(super) fn is_word_boundary(self) -> bool {
        matches!(self, Self::WordBoundary | Self::NotWordBoundary)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) behind: bool,
    pub(super) negative: bool,
    pub(super) node: Box<Node>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    pub(super) group: u32,
    /// Whether the group may have taken no part, in which case the reference matches the empty string.
    pub(super) may_be_unset: bool,
}

impl Node {
    pub(super) fn new(at: usize, kind: Kind) -> Self {
        Self { at, kind }
    }

    /// The parts directly below this one.
    pub(super) fn children(&self) -> &[Node] {
        match &self.kind {
            Kind::Empty | Kind::Class(_) | Kind::Assert(_) | Kind::BackReference(_) => &[],
            Kind::Concat(nodes) | Kind::Alternate(nodes) => nodes,
            Kind::Repeat(repeat) => std::slice::from_ref(&*repeat.node),
            Kind::Capture(_, node) => std::slice::from_ref(&**node),
            Kind::Look(look) => std::slice::from_ref(&*look.node),
        }
    }

    /// The first part, in text order, that satisfies `wanted`.
    pub(super) fn find(&self, wanted: &dyn Fn(&Kind) -> bool) -> Option<&Node> {
        if wanted(&self.kind) {
            return Some(self);
        }
        self.children().iter().find_map(|child| child.find(wanted))
    }

    pub(super) fn contains(&self, wanted: &dyn Fn(&Kind) -> bool) -> bool {
        self.find(wanted).is_some()
    }

    /// Whether the first of a sequence is this assertion.
    pub(super) fn starts_with(&self, assertion: Assertion) -> bool {
        matches!(&self.kind, Kind::Concat(nodes) if nodes.first().is_some_and(|node| node.asserts(assertion)))
    }

    /// Whether the last of a sequence is this assertion.
    pub(super) fn ends_with(&self, assertion: Assertion) -> bool {
        matches!(&self.kind, Kind::Concat(nodes) if nodes.last().is_some_and(|node| node.asserts(assertion)))
    }

    fn asserts(&self, wanted: Assertion) -> bool {
        matches!(self.kind, Kind::Assert(assertion) if assertion == wanted)
    }

    /// Whether the part matches the empty string wherever `holds` of every assertion on the way.
    pub(super) fn matches_empty(&self, holds: &dyn Fn(Assertion) -> bool) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Class(_) | Kind::Look(_) | Kind::BackReference(_) => false,
            Kind::Assert(assertion) => holds(*assertion),
            Kind::Concat(nodes) => nodes.iter().all(|node| node.matches_empty(holds)),
            Kind::Alternate(nodes) => nodes.iter().any(|node| node.matches_empty(holds)),
            Kind::Repeat(repeat) => repeat.min == 0 || repeat.node.matches_empty(holds),
            Kind::Capture(_, node) => node.matches_empty(holds),
        }
    }
}
