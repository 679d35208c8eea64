//! Makes strings that match: distributes a length over the parts, then chooses characters.
//!
//! Look-around is ignored here. The caller requests several different strings and takes the first that matches.

use super::ast::{Assertion, Kind, Node, Repeat};
use super::class::Class;
use super::lengths::{Lengths, MAX_REPETITIONS};
use super::letters::Choice;

/// A node with the lengths that its matches can have.
pub(super) struct SizedNode<'a> {
    node: &'a Node,
    lengths: Lengths,
    parts: Vec<SizedNode<'a>>,
}

impl<'a> SizedNode<'a> {
    /// Computes the lengths of every part, up to `limit`.
    pub(super) fn new(node: &'a Node, limit: usize) -> Self {
        Self::within(node, limit, &mut Vec::new())
    }

    /// `captured` holds the lengths of the groups so far, which are also those of references to them.
    fn within(node: &'a Node, limit: usize, captured: &mut Vec<(u32, Lengths)>) -> Self {
        let parts: Vec<Self> = match &node.kind {
            // Look-around has length zero.
            Kind::LookAround(_) => Vec::new(),
            _ => node.children().iter().map(|child| Self::within(child, limit, captured)).collect(),
        };
        let lengths = match &node.kind {
            Kind::Empty | Kind::Assert(_) | Kind::LookAround(_) => Lengths::exactly(0),
            Kind::BackReference(reference) => {
                let known = captured.iter().find(|(group, _)| *group == reference.group);
                let unset = Lengths::between(0, if reference.may_be_unset { 0 } else { limit });
                known.map_or(unset.clone(), |(_, lengths)| match reference.may_be_unset {
                    true => lengths.union(&unset),
                    false => lengths.clone(),
                })
            }
            Kind::Class(class) if class.ranges().next().is_none() => Lengths::none(),
            Kind::Class(_) => Lengths::between(1, limit.min(1)),
            Kind::Concat(_) => sum(&parts, limit),
            Kind::Alternate(_) => parts.iter().fold(Lengths::none(), |all, part| all.union(&part.lengths)),
            Kind::Capture(group, _) => {
                let lengths = sum(&parts, limit);
                captured.push((*group, lengths.clone()));
                lengths
            }
            Kind::Repeat(repeat) => {
                let (min, max) = bounds(repeat);
                match (&repeat.node.kind, parts.first()) {
                    (Kind::Class(class), _) if class.ranges().next().is_some() => {
                        Lengths::between(min, max.min(limit))
                    }
                    (_, Some(part)) => part.lengths.repeated(min, max, limit),
                    (_, None) => Lengths::none(),
                }
            }
        };
        Self { node, lengths, parts }
    }

    pub(super) fn lengths(&self) -> &Lengths {
        &self.lengths
    }

    /// Appends a string of `length` characters. Returns false if this attempt finds none.
    pub(super) fn write(&self, length: usize, choice: &mut Choice, text: &mut String) -> bool {
        match &self.node.kind {
            Kind::Empty | Kind::Assert(_) | Kind::LookAround(_) => length == 0,
            Kind::BackReference(reference) => choice.write_again(reference.group, length, text),
            Kind::Class(class) => length == 1 && choice.write(class, 1, text),
            Kind::Concat(_) => write_all(&self.parts.iter().collect::<Vec<_>>(), length, choice, text),
            Kind::Capture(group, _) => {
                let start = text.len();
                let is_written = self.parts.iter().all(|part| part.write(length, choice, text));
                choice.remember(*group, text.get(start..).unwrap_or_default());
                is_written
            }
            Kind::Alternate(_) => {
                let fitting: Vec<&Self> =
                    self.parts.iter().filter(|part| part.lengths.contains(length)).collect();
                let number = choice.number() % fitting.len().max(1);
                fitting.get(number).is_some_and(|part| part.write(length, choice, text))
            }
            Kind::Repeat(repeat) => match (&repeat.node.kind, self.parts.first()) {
                (Kind::Class(class), _) => choice.write(class, length, text),
                (_, Some(part)) => part.write_repeated(repeat, length, choice, text),
                (_, None) => length == 0,
            },
        }
    }

    fn write_repeated(&self, repeat: &Repeat, length: usize, choice: &mut Choice, text: &mut String) -> bool {
        let (min, max) = bounds(repeat);
        let mut possible = self.lengths.times(min, length);
        let mut fewest = None;
        for count in min..=max.min(min.saturating_add(MAX_REPETITIONS)) {
            if possible.contains(length) {
                fewest = Some(count);
                if choice.number().is_multiple_of(3) {
                    break;
                }
            }
            possible = possible.sum(&self.lengths, length);
            if possible.is_empty() || (count > min.saturating_add(8) && fewest.is_some()) {
                break;
            }
        }
        // More repetitions than characters would be empty.
        let count = fewest.map_or(0, |count| count.min(length.saturating_add(1)));
        fewest.is_some() && write_all(&vec![self; count], length, choice, text)
    }
}

/// Distributes `length` over the parts and writes them.
fn write_all(parts: &[&SizedNode<'_>], length: usize, choice: &mut Choice, text: &mut String) -> bool {
    let mut rests = vec![Lengths::exactly(0)];
    for part in parts.iter().skip(1).rev() {
        let rest = rests.last().map(|rest| part.lengths.sum(rest, length));
        rests.extend(rest);
    }
    let mut left = length;
    for (part, rest) in parts.iter().zip(rests.iter().rev()) {
        let fitting = part.lengths.leaving(rest, left);
        let Some(share) = fitting.pick(choice.number()) else {
            return false;
        };
        if !part.write(share, choice, text) {
            return false;
        }
        left -= share;
    }
    left == 0
}

fn sum(parts: &[SizedNode<'_>], limit: usize) -> Lengths {
    parts.iter().fold(Lengths::exactly(0), |all, part| all.sum(&part.lengths, limit))
}

fn bounds(repeat: &Repeat) -> (usize, usize) {
    let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    (size(repeat.min), repeat.max.map_or(usize::MAX, size))
}

/// Returns the pattern with any characters before and after it, where it is not anchored.
pub(super) fn padded(node: &Node) -> Node {
    let any = || {
        let any = Box::new(Node::new(node.at, Kind::Class(Class::any())));
        Node::new(node.at, Kind::Repeat(Repeat { min: 0, max: None, lazy: false, node: any }))
    };
    let before = (!node.starts_with(Assertion::Start)).then(any);
    let after = (!node.ends_with(Assertion::End)).then(any);
    Node::new(node.at, Kind::Concat(before.into_iter().chain([node.clone()]).chain(after).collect()))
}

/// Returns the patterns of the look-aheads, followed by any characters.
pub(super) fn look_aheads(node: &Node) -> Vec<Node> {
    let mut found: Vec<Node> = node.children().iter().flat_map(look_aheads).collect();
    if let Kind::LookAround(look) = &node.kind
        && !look.behind
        && !look.negative
    {
        found.push(padded(&look.node));
    }
    found
}
