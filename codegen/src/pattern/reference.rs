//! The reference matcher: computes the positions at which a part of the pattern can end from those at which it can start.
//!
//! It walks the syntax tree (`ast.rs`) with sets of positions. So it is independent of the engines that generated crates
//! use, and its cost is bounded. A back-reference depends on the text of its group too: `Pattern` matches such patterns
//! with an engine instead.

use super::ast::{Assertion, Kind, LookAround, Node, Repeat};
use super::class::Class;

/// A set of positions: for each position, from before the first character to after the last, whether it is in the set.
type Positions = Vec<bool>;

/// Returns whether the pattern matches anywhere in `value`.
pub(super) fn is_match(node: &Node, value: &str) -> bool {
    let chars: Vec<char> = value.chars().collect();
    let matcher = Matcher { chars: &chars };
    contains_any(&matcher.ends(node, &vec![true; chars.len() + 1]))
}

struct Matcher<'a> {
    chars: &'a [char],
}

fn contains_any(positions: &Positions) -> bool {
    positions.contains(&true)
}

impl Matcher<'_> {
    fn ends(&self, node: &Node, starts: &Positions) -> Positions {
        if !contains_any(starts) {
            return starts.clone();
        }
        match &node.kind {
            Kind::Empty => starts.clone(),
            Kind::Class(class) => self.counted(class, 1, Some(1), starts),
            Kind::Concat(nodes) => nodes.iter().fold(starts.clone(), |starts, node| self.ends(node, &starts)),
            Kind::Alternate(nodes) => {
                let mut ends = vec![false; starts.len()];
                for node in nodes {
                    add(&mut ends, &self.ends(node, starts));
                }
                ends
            }
            Kind::Repeat(repeat) => match &repeat.node.kind {
                Kind::Class(class) => self.counted(class, repeat.min, repeat.max, starts),
                _ => self.repeated(repeat, starts),
            },
            Kind::Capture(_, node) => self.ends(node, starts),
            Kind::Assert(assertion) => self.filtered(starts, |at| self.holds(*assertion, at)),
            Kind::LookAround(look) => self.looked(look, starts),
            Kind::BackReference(_) => vec![false; starts.len()],
        }
    }

    /// Returns the ends of a repeated class: those with a start at an allowed distance and only characters of the class in
    /// between. `reach` counts the starts up to each position, so that one pass suffices.
    fn counted(&self, class: &Class, min: u32, max: Option<u32>, starts: &Positions) -> Positions {
        let min = usize::try_from(min).unwrap_or(usize::MAX);
        let max = max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
        let mut reach = vec![0_usize];
        reach.extend(starts.iter().scan(0, |count, &start| {
            *count += usize::from(start);
            Some(*count)
        }));
        let starts_before = |position: usize| reach.get(position).copied().unwrap_or_default();
        let mut unbroken_from = 0;
        (0..starts.len())
            .map(|end| {
                if end > 0 && !self.char_at(end - 1).is_some_and(|c| class.contains(c)) {
                    unbroken_from = end;
                }
                let first = unbroken_from.max(end.saturating_sub(max));
                end.checked_sub(min)
                    .is_some_and(|last| last >= first && starts_before(last + 1) > starts_before(first))
            })
            .collect()
    }

    fn repeated(&self, repeat: &Repeat, starts: &Positions) -> Positions {
        let mut ends = starts.clone();
        for _ in 0..repeat.min {
            let next = self.ends(&repeat.node, &ends);
            if next == ends {
                break;
            }
            ends = next;
        }
        let mut fresh = ends.clone();
        let mut left = repeat.max.map(|max| max - repeat.min);
        while left != Some(0) && contains_any(&fresh) {
            fresh = self.ends(&repeat.node, &fresh);
            for (fresh, known) in fresh.iter_mut().zip(&ends) {
                *fresh &= !known;
            }
            add(&mut ends, &fresh);
            left = left.map(|left| left - 1);
        }
        ends
    }

    fn looked(&self, look: &LookAround, starts: &Positions) -> Positions {
        if look.behind {
            let ends = self.ends(&look.node, &vec![true; starts.len()]);
            return self.filtered(starts, |at| ends.get(at) == Some(&!look.negative));
        }
        self.filtered(starts, |at| {
            let here = (0..starts.len()).map(|position| position == at).collect();
            contains_any(&self.ends(&look.node, &here)) != look.negative
        })
    }

    fn filtered(&self, starts: &Positions, holds: impl Fn(usize) -> bool) -> Positions {
        starts.iter().enumerate().map(|(at, &start)| start && holds(at)).collect()
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_boundary = || {
            is_word(at.checked_sub(1).and_then(|before| self.char_at(before))) != is_word(self.char_at(at))
        };
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == self.chars.len(),
            Assertion::WordBoundary => is_boundary(),
            Assertion::NotWordBoundary => !is_boundary(),
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }
}

fn add(positions: &mut Positions, more: &Positions) {
    for (position, more) in positions.iter_mut().zip(more) {
        *position |= more;
    }
}
