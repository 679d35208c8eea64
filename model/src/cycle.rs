//! Sorts shapes topologically by their references, and finds cycles among them.

use crate::draft::{Draft, Drafts, Reference};

/// How many shapes of a cycle a message names.
const MAX_NAMED: usize = 6;

/// The result of [`walk`].
pub(crate) struct Walk<'a> {
    /// The indices of all shapes. A shape comes after those that it refers to, except within a cycle.
    pub(crate) order: Vec<usize>,
    /// The references that close a cycle.
    pub(crate) closing: Vec<ClosingReference<'a>>,
}

/// A reference that closes a cycle.
pub(crate) struct ClosingReference<'a> {
    /// The index of the shape that contains it.
    pub(crate) place: usize,
    /// Its index among the references of that shape.
    pub(crate) number: usize,
    pub(crate) draft: &'a Draft,
    pub(crate) reference: &'a Reference,
    /// The shapes of the cycle, as `a > b > a`.
    pub(crate) cycle: String,
}

#[derive(Clone, Copy, PartialEq)]
enum VisitState {
    Unvisited,
    Open,
    Done,
}

/// Visits every shape along its `references`, depth first.
///
/// The path is kept in a list, not on the call stack, because a chain of references may be of any length.
pub(crate) fn walk<'a>(drafts: &'a Drafts, references: impl Fn(&'a Draft) -> &'a [Reference]) -> Walk<'a> {
    let shapes = &drafts.shapes;
    let mut seen = vec![VisitState::Unvisited; shapes.len()];
    let mut walk = Walk { order: Vec::with_capacity(shapes.len()), closing: Vec::new() };
    for start in 0..shapes.len() {
        if seen.get(start) != Some(&VisitState::Unvisited) {
            continue;
        }
        mark(&mut seen, start, VisitState::Open);
        let mut path = vec![(start, 0)];
        while let Some((place, next)) = path.last_mut() {
            let (place, number) = (*place, *next);
            *next += 1;
            let Some((_, draft)) = shapes.get_index(place) else { break };
            let Some(reference) = references(draft).get(number) else {
                mark(&mut seen, place, VisitState::Done);
                walk.order.push(place);
                path.pop();
                continue;
            };
            let Some(target) = shapes.get_index_of(&reference.target) else { continue };
            match seen.get(target) {
                Some(VisitState::Unvisited) => {
                    mark(&mut seen, target, VisitState::Open);
                    path.push((target, 0));
                }
                Some(VisitState::Open) => {
                    let cycle = path.iter().map(|(place, _)| *place).skip_while(|place| *place != target);
                    let names = cycle.filter_map(|place| shapes.get_index(place)).map(|(id, _)| id.as_str());
                    let cycle = describe(names.take(MAX_NAMED + 1).collect(), reference.target.as_str());
                    walk.closing.push(ClosingReference { place, number, draft, reference, cycle });
                }
                _ => {}
            }
        }
    }
    walk
}

fn mark(seen: &mut [VisitState], place: usize, state: VisitState) {
    if let Some(known) = seen.get_mut(place) {
        *known = state;
    }
}

fn describe<'a>(mut names: Vec<&'a str>, back: &'a str) -> String {
    if names.len() > MAX_NAMED {
        names.truncate(MAX_NAMED);
        names.push("…");
    }
    names.push(back);
    names.join(" > ")
}
