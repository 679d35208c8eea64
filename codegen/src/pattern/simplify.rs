//! Simplifies a tree without changing its language, as a preparation for the plan.
//!
//! It flattens groups, merges alternatives of single characters into one class, multiplies nested repetitions and adds
//! up adjacent ones. Captures that a back-reference uses are kept.

use super::ast::{Kind, Node, Repeat};

/// Maximum number of parts when a group with a fixed number of repetitions is unrolled.
const MAX_UNROLLED: usize = 64;

pub(super) fn simplify(node: &Node) -> Node {
    let kind = match &node.kind {
        Kind::Empty | Kind::Class(_) | Kind::Assert(_) | Kind::BackReference(_) => node.kind.clone(),
        Kind::Capture(group, inner) => Kind::Capture(*group, Box::new(simplify(inner))),
        Kind::LookAround(look) => {
            let mut look = look.clone();
            *look.node = simplify(&look.node);
            Kind::LookAround(look)
        }
        Kind::Concat(nodes) => return concat(node.at, nodes.iter().map(simplify).collect()),
        Kind::Alternate(nodes) => return alternate(node.at, nodes.iter().map(simplify).collect()),
        Kind::Repeat(repeat) => return repeated(node.at, repeat, simplify(&repeat.node)),
    };
    Node::new(node.at, kind)
}

/// Reduces repetitions at an end that is not anchored to their minimum, because a search that matches more matches the
/// minimum too. So `.{1,65535}` is not compiled to 65,535 copies.
pub(super) fn trimmed(node: &Node) -> Node {
    let mut node = node.clone();
    if !node.contains(&|kind| matches!(kind, Kind::BackReference(_))) {
        trim(&mut node, true, true);
    }
    simplify(&node)
}

fn trim(node: &mut Node, open_before: bool, open_after: bool) {
    match &mut node.kind {
        Kind::Repeat(repeat) => repeat.max = Some(repeat.min),
        Kind::Alternate(nodes) => nodes.iter_mut().for_each(|node| trim(node, open_before, open_after)),
        Kind::Concat(nodes) => {
            if let Some(first) = nodes.first_mut().filter(|_| open_before) {
                trim(first, true, false);
            }
            if let Some(last) = nodes.last_mut().filter(|_| open_after) {
                trim(last, false, true);
            }
        }
        Kind::Empty | Kind::Class(_) | Kind::Capture(..) => {}
        Kind::Assert(_) | Kind::LookAround(_) | Kind::BackReference(_) => {}
    }
}

fn concat(at: usize, nodes: Vec<Node>) -> Node {
    let mut flat: Vec<Node> = Vec::new();
    for node in nodes {
        match node.kind {
            Kind::Empty => {}
            Kind::Concat(inner) => inner.into_iter().for_each(|node| push(&mut flat, node)),
            _ => push(&mut flat, node),
        }
    }
    match flat.len() {
        0 => Node::new(at, Kind::Empty),
        1 => flat.swap_remove(0),
        _ => Node::new(at, Kind::Concat(flat)),
    }
}

fn push(flat: &mut Vec<Node>, node: Node) {
    if let Some(last) = flat.last_mut() {
        if let (Kind::Assert(one), Kind::Assert(other)) = (&last.kind, &node.kind)
            && one == other
        {
            return;
        }
        if let Some(sum) = sum(last, &node) {
            *last = sum;
            return;
        }
    }
    flat.push(node);
}

/// Joins `[a]+[a]` to `[a]{2,}`, if one of the two is variable; `aa` is easier to read than `a{2}`.
fn sum(one: &Node, other: &Node) -> Option<Node> {
    let (first, second) = (run(one)?, run(other)?);
    if first.node_class()? != second.node_class()? || (first.is_fixed() && second.is_fixed()) {
        return None;
    }
    let min = first.min.checked_add(second.min)?;
    let max = match (first.max, second.max) {
        (Some(first), Some(second)) => Some(first.checked_add(second)?),
        _ => None,
    };
    let repeat = Repeat { min, max, lazy: false, node: first.node };
    Some(Node::new(one.at, Kind::Repeat(repeat)))
}

/// Returns a repeated class, or a single class as one repetition.
fn run(node: &Node) -> Option<Repeat> {
    match &node.kind {
        Kind::Class(_) => Some(Repeat { min: 1, max: Some(1), lazy: false, node: Box::new(node.clone()) }),
        Kind::Repeat(repeat) if matches!(repeat.node.kind, Kind::Class(_)) => Some(repeat.clone()),
        _ => None,
    }
}

impl Repeat {
    fn is_fixed(&self) -> bool {
        self.max == Some(self.min)
    }

    fn node_class(&self) -> Option<&super::class::Class> {
        match &self.node.kind {
            Kind::Class(class) => Some(class),
            _ => None,
        }
    }
}

fn alternate(at: usize, nodes: Vec<Node>) -> Node {
    let mut branches: Vec<Node> = Vec::new();
    let mut has_empty = false;
    let mut add = |node: Node| {
        match &node.kind {
            Kind::Empty => has_empty = true,
            Kind::Class(class) => {
                let known = branches.iter_mut().find_map(|branch| match &mut branch.kind {
                    Kind::Class(known) => Some(known),
                    _ => None,
                });
                match known {
                    Some(known) => *known = known.clone().union(class),
                    None => branches.push(node),
                }
            }
            _ => branches.push(node),
        };
    };
    for node in nodes {
        match node.kind {
            Kind::Alternate(inner) => inner.into_iter().for_each(&mut add),
            _ => add(node),
        }
    }
    let node = match branches.len() {
        0 => Node::new(at, Kind::Empty),
        1 => branches.swap_remove(0),
        _ => Node::new(at, Kind::Alternate(branches)),
    };
    if has_empty {
        let optional =
            Repeat { min: 0, max: Some(1), lazy: false, node: Box::new(Node::new(at, Kind::Empty)) };
        return repeated(at, &optional, node);
    }
    node
}

fn repeated(at: usize, repeat: &Repeat, inner: Node) -> Node {
    let (min, max) = (repeat.min, repeat.max);
    match inner.kind {
        Kind::Empty => return inner,
        _ if (min, max) == (1, Some(1)) => return inner,
        _ if max == Some(0) && !captures(&inner) => return Node::new(at, Kind::Empty),
        Kind::Repeat(ref below) if !captures(&inner) => {
            if let Some((min, max)) = product((below.min, below.max), (min, max)) {
                let lazy = repeat.lazy && below.lazy;
                return Node::new(at, Kind::Repeat(Repeat { min, max, lazy, node: below.node.clone() }));
            }
        }
        Kind::Concat(ref parts) if max == Some(min) && parts.iter().all(|part| run(part).is_some()) => {
            let times = usize::try_from(min).unwrap_or(usize::MAX);
            if parts.len().saturating_mul(times) <= MAX_UNROLLED {
                let unrolled = std::iter::repeat_n(parts, times).flatten().cloned().collect();
                return concat(at, unrolled);
            }
        }
        _ => {}
    }
    Node::new(at, Kind::Repeat(Repeat { min, max, lazy: repeat.lazy, node: Box::new(inner) }))
}

fn captures(node: &Node) -> bool {
    node.contains(&|kind| matches!(kind, Kind::Capture(..)))
}

/// Returns the range of repetitions of `X` in `(X{a,b}){c,d}`, or `None` if it has gaps.
fn product((a, b): (u32, Option<u32>), (c, d): (u32, Option<u32>)) -> Option<(u32, Option<u32>)> {
    let is_gapless = if d == Some(c) {
        true
    } else if c == 0 {
        // The counts are 0, a to b, 2a to 2b, and so on: there is no gap if there is none after 0.
        a <= 1
    } else {
        b.is_none_or(|b| u64::from(c) * u64::from(b - a) + 1 >= u64::from(a))
    };
    if !is_gapless {
        return None;
    }
    let min = a.checked_mul(c)?;
    let max = match (b, d) {
        (Some(0), _) | (_, Some(0)) => Some(0),
        (Some(b), Some(d)) => Some(b.checked_mul(d)?),
        _ => None,
    };
    Some((min, max))
}
