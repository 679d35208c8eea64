//! The syntax tree of a pattern.
//!
//! Everything that matches one character is a [`Class`], including literals. Flags are applied when the tree is built, so
//! that the tree does not depend on the dialect's syntax.

use super::class::Class;

/// A part of a pattern, with the position of its text.
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
    /// A capturing group. Other groups are not represented.
    Capture(u32, Box<Node>),
    Assert(Assertion),
    LookAround(LookAround),
    BackReference(Reference),
}

#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// Whether fewer repetitions are tried first. That affects whether a string matches only if there are
    /// back-references.
    pub(super) lazy: bool,
    pub(super) node: Box<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// The start of the string.
    Start,
    /// The end of the string.
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
pub(super) struct LookAround {
    pub(super) behind: bool,
    pub(super) negative: bool,
    pub(super) node: Box<Node>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    pub(super) group: u32,
    /// Whether the group may not have matched, in which case the reference matches the empty string.
    pub(super) may_be_unset: bool,
}

impl Node {
    pub(super) fn new(at: usize, kind: Kind) -> Self {
        Self { at, kind }
    }

    /// Returns the direct parts.
    pub(super) fn children(&self) -> &[Node] {
        match &self.kind {
            Kind::Empty | Kind::Class(_) | Kind::Assert(_) | Kind::BackReference(_) => &[],
            Kind::Concat(nodes) | Kind::Alternate(nodes) => nodes,
            Kind::Repeat(repeat) => std::slice::from_ref(&*repeat.node),
            Kind::Capture(_, node) => std::slice::from_ref(&**node),
            Kind::LookAround(look) => std::slice::from_ref(&*look.node),
        }
    }

    /// Returns the first part, in text order, that satisfies `predicate`.
    pub(super) fn find(&self, predicate: &dyn Fn(&Kind) -> bool) -> Option<&Node> {
        if predicate(&self.kind) {
            return Some(self);
        }
        self.children().iter().find_map(|child| child.find(predicate))
    }

    pub(super) fn contains(&self, predicate: &dyn Fn(&Kind) -> bool) -> bool {
        self.find(predicate).is_some()
    }

    /// Returns whether the node is a sequence that starts with this assertion.
    pub(super) fn starts_with(&self, assertion: Assertion) -> bool {
        matches!(&self.kind, Kind::Concat(nodes) if nodes.first().is_some_and(|node| node.asserts(assertion)))
    }

    /// Returns whether the node is a sequence that ends with this assertion.
    pub(super) fn ends_with(&self, assertion: Assertion) -> bool {
        matches!(&self.kind, Kind::Concat(nodes) if nodes.last().is_some_and(|node| node.asserts(assertion)))
    }

    fn asserts(&self, assertion: Assertion) -> bool {
        matches!(self.kind, Kind::Assert(own) if own == assertion)
    }

    /// Returns whether the node matches the empty string at a position where the assertions for which `holds` is true
    /// hold.
    pub(super) fn matches_empty(&self, holds: &dyn Fn(Assertion) -> bool) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Class(_) | Kind::LookAround(_) | Kind::BackReference(_) => false,
            Kind::Assert(assertion) => holds(*assertion),
            Kind::Concat(nodes) => nodes.iter().all(|node| node.matches_empty(holds)),
            Kind::Alternate(nodes) => nodes.iter().any(|node| node.matches_empty(holds)),
            Kind::Repeat(repeat) => repeat.min == 0 || repeat.node.matches_empty(holds),
            Kind::Capture(_, node) => node.matches_empty(holds),
        }
    }
}
