//! Walks along references from shape to shape and finds the circles among them.

use crate::draft::{Draft, Drafts, Reference};

/// Of a long circle only so many shapes are named.
const MOST_NAMED: usize = 6;

/// What a walk over all shapes found.
pub(crate) struct Walk<'a> {
    /// The places of all shapes; what a shape refers to comes before it, circles aside.
    pub(crate) order: Vec<usize>,
    /// The references that close a circle.
    pub(crate) closing: Vec<Closing<'a>>,
}

/// A reference back to a shape that led to it.
pub(crate) struct Closing<'a> {
    /// The place of the shape it stands in.
    pub(crate) place: usize,
    /// Its number among the references of that shape.
    pub(crate) number: usize,
    pub(crate) draft: &'a Draft,
    pub(crate) reference: &'a Reference,
    /// The shapes on the way round, in words.
    pub(crate) way: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    No,
    Open,
    Done,
}

/// Walks from every shape along its `references`. The way is kept in a list and not on the stack of
/// the program, because models may chain shapes without limit.
pub(crate) fn walk<'a>(drafts: &'a Drafts, references: impl Fn(&'a Draft) -> &'a [Reference]) -> Walk<'a> {
    let shapes = &drafts.shapes;
    let mut seen = vec![Seen::No; shapes.len()];
    let mut walk = Walk { order: Vec::with_capacity(shapes.len()), closing: Vec::new() };
    for start in 0..shapes.len() {
        if seen.get(start) != Some(&Seen::No) {
            continue;
        }
        mark(&mut seen, start, Seen::Open);
        let mut path = vec![(start, 0)];
        while let Some((place, next)) = path.last_mut() {
            let (place, number) = (*place, *next);
            *next += 1;
            let Some((_, draft)) = shapes.get_index(place) else { break };
            let Some(reference) = references(draft).get(number) else {
                mark(&mut seen, place, Seen::Done);
                walk.order.push(place);
                path.pop();
                continue;
            };
            let Some(target) = shapes.get_index_of(&reference.target) else { continue };
            match seen.get(target) {
                Some(Seen::No) => {
                    mark(&mut seen, target, Seen::Open);
                    path.push((target, 0));
                }
                Some(Seen::Open) => {
                    let way = path.iter().map(|(place, _)| *place).skip_while(|place| *place != target);
                    let names = way.filter_map(|place| shapes.get_index(place)).map(|(id, _)| id.as_str());
                    let way = in_words(names.take(MOST_NAMED + 1).collect(), reference.target.as_str());
                    walk.closing.push(Closing { place, number, draft, reference, way });
                }
                _ => {}
            }
        }
    }
    walk
}

fn mark(seen: &mut [Seen], place: usize, state: Seen) {
    if let Some(known) = seen.get_mut(place) {
        *known = state;
    }
}

fn in_words<'a>(mut names: Vec<&'a str>, back: &'a str) -> String {
    if names.len() > MOST_NAMED {
        names.truncate(MOST_NAMED);
        names.push("…");
    }
    names.push(back);
    names.join(" > ")
}
