//! What back-references see.
//!
//! ECMA-262 forgets a group at the start of every repetition and lets a reference to a group that took
//! no part match the empty string; the engine forgets nothing and lets it fail. Where a group has
//! certainly taken part both agree; where it may not have, the reference is marked so that it is
//! written as a conditional; where an earlier repetition could be remembered, it is refused.

use super::ast::{Kind, Node, Repeat};
use super::error::PatternError;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Took no part yet, or perhaps.
    Perhaps,
    /// As `Perhaps`, but the engine may remember an earlier repetition.
    Stale,
    /// Took part.
    Certainly,
    /// Not closed yet.
    Open,
}

type State = Vec<(u32, Seen)>;

/// Settles every back-reference of the tree; without any, drops the captures, which nothing then reads.
pub(super) fn settle(node: &mut Node) -> Result<(), PatternError> {
    if node.contains(&|kind| matches!(kind, Kind::BackReference(_))) {
        visit(node, &mut Vec::new(), false)
    } else {
        drop_captures(node);
        Ok(())
    }
}

fn drop_captures(node: &mut Node) {
    while let Kind::Capture(_, inner) = &mut node.kind {
        let inner = std::mem::replace(&mut **inner, Node::new(0, Kind::Empty));
        *node = inner;
    }
    match &mut node.kind {
        Kind::Concat(nodes) | Kind::Alternate(nodes) => nodes.iter_mut().for_each(drop_captures),
        Kind::Repeat(repeat) => drop_captures(&mut repeat.node),
        Kind::Look(look) => drop_captures(&mut look.node),
        Kind::Empty | Kind::Class(_) | Kind::Capture(..) | Kind::Assert(_) | Kind::BackReference(_) => {}
    }
}

fn visit(node: &mut Node, state: &mut State, behind: bool) -> Result<(), PatternError> {
    match &mut node.kind {
        Kind::Empty | Kind::Class(_) | Kind::Assert(_) => {}
        Kind::Concat(nodes) => {
            for node in nodes {
                visit(node, state, behind)?;
            }
        }
        Kind::Alternate(nodes) => {
            let before = state.clone();
            let mut after: Option<State> = None;
            for node in nodes {
                let mut branch = before.clone();
                visit(node, &mut branch, behind)?;
                after = Some(after.map_or(branch.clone(), |after| join(&after, &branch)));
            }
            *state = after.unwrap_or(before);
        }
        Kind::Repeat(Repeat { min, max, node, .. }) => {
            let before = state.clone();
            if *max != Some(1) {
                forget(node, state);
            }
            visit(node, state, behind)?;
            if *min == 0 {
                *state = join(&before, state);
            }
        }
        Kind::Capture(group, inner) => {
            let group = *group;
            set(state, group, Seen::Open);
            visit(inner, state, behind)?;
            set(state, group, Seen::Certainly);
        }
        Kind::Look(look) => {
            let before = state.clone();
            visit(&mut look.node, state, behind || look.behind)?;
            if look.negative {
                *state = before;
            }
        }
        Kind::BackReference(reference) => match seen(state, reference.group) {
            Seen::Certainly if !behind => {}
            Seen::Perhaps if !behind => reference.may_be_unset = true,
            _ => {
                return Err(PatternError::new(
                    node.at,
                    "a back-reference would depend on the engine",
                    "refer to a group that is complete, in the same repetition, and not from a look-behind",
                ));
            }
        },
    }
    Ok(())
}

/// At the start of a repetition: what the groups inside held may be remembered.
fn forget(node: &Node, state: &mut State) {
    if let Kind::Capture(group, _) = node.kind {
        set(state, group, Seen::Stale);
    }
    for child in node.children() {
        forget(child, state);
    }
}

fn seen(state: &State, group: u32) -> Seen {
    state.iter().find(|(known, _)| *known == group).map_or(Seen::Perhaps, |&(_, seen)| seen)
}

fn set(state: &mut State, group: u32, seen: Seen) {
    state.retain(|(known, _)| *known != group);
    state.push((group, seen));
}

fn join(one: &State, other: &State) -> State {
    one.iter()
        .chain(other)
        .map(|&(group, _)| {
            let joined = match (seen(one, group), seen(other, group)) {
                (one, other) if one == other => one,
                (Seen::Stale, _) | (_, Seen::Stale) => Seen::Stale,
                _ => Seen::Perhaps,
            };
            (group, joined)
        })
        .collect()
}
