//! Translates Java's possessive quantifiers, which do not backtrack, where that has no effect.
//!
//! A repetition of characters may be read as greedy if what follows cannot begin with one of these characters: giving one
//! back would not help. Elsewhere a possessive quantifier is refused, because ECMA-262 has none.

use super::{Parser, Result};
use crate::pattern::{
    ast::{Assertion, Kind, Node},
    class::Class,
};

impl Parser<'_> {
    /// Checks the possessive quantifier at `offset`, on the node that `rest` follows in its sequence.
    pub(super) fn check_possessive(&self, node: &Node, rest: &[Node], offset: usize) -> Result<()> {
        let is_harmless = match &node.kind {
            Kind::Repeat(repeat) => match &repeat.node.kind {
                Kind::Class(_) if repeat.max == Some(repeat.min) => true,
                Kind::Class(class) => match beginning(rest) {
                    Some(next) if !next.may_be_empty => class.is_disjoint(&next.class),
                    // At the end of the whole pattern the rest matches wherever the repetition ends.
                    Some(_) => self.depth == 1,
                    None => false,
                },
                _ => false,
            },
            _ => false,
        };
        if is_harmless {
            return Ok(());
        }
        let mut error = self.refuse(
            "a quantifier is possessive, and what follows may begin with the same characters",
            "remove the second plus sign",
        );
        error.offset = offset;
        Err(error)
    }
}

/// What a part of a pattern may begin with.
struct Beginning {
    class: Class,
    /// Whether the part may match no character, at any position.
    may_be_empty: bool,
}

/// Returns what the sequence may begin with, or `None` if that depends on more than the next character.
fn beginning(nodes: &[Node]) -> Option<Beginning> {
    let mut class = Class::empty();
    for node in nodes {
        let next = match &node.kind {
            Kind::Empty => continue,
            Kind::Class(own) => Beginning { class: own.clone(), may_be_empty: false },
            // No character follows, so that the repetition has taken all of them.
            Kind::Assert(Assertion::End) => Beginning { class: Class::empty(), may_be_empty: false },
            Kind::Assert(_) | Kind::LookAround(_) | Kind::BackReference(_) => return None,
            Kind::Concat(inner) => beginning(inner)?,
            Kind::Alternate(branches) => {
                let mut any = Beginning { class: Class::empty(), may_be_empty: false };
                for branch in branches {
                    let own = beginning(std::slice::from_ref(branch))?;
                    any.class = any.class.union(&own.class);
                    any.may_be_empty |= own.may_be_empty;
                }
                any
            }
            Kind::Repeat(repeat) => {
                let inner = beginning(std::slice::from_ref(&*repeat.node))?;
                Beginning { may_be_empty: inner.may_be_empty || repeat.min == 0, ..inner }
            }
            Kind::Capture(_, inner) => beginning(std::slice::from_ref(&**inner))?,
        };
        class = class.union(&next.class);
        if !next.may_be_empty {
            return Some(Beginning { class, may_be_empty: false });
        }
    }
    Some(Beginning { class, may_be_empty: true })
}
