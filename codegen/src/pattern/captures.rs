//! Resolves differences of back-references between ECMA-262 and the engine.
//!
//! ECMA-262 resets a group at the start of every repetition, and a reference to a group that did not match matches the
//! empty string. The engine does not reset groups, and such a reference fails. If a group has certainly matched, both
//! agree. If it may not have matched, the reference is marked, so that it is printed as a conditional. If it may hold the
//! text of an earlier repetition, the pattern is refused.

use super::ast::{Kind, Node, Repeat};
use super::error::PatternError;

#[derive(Clone, Copy, PartialEq, Eq)]
enum GroupState {
    /// The group may not have matched.
    Perhaps,
    /// As `Perhaps`, but the engine may hold the text of an earlier repetition.
    Stale,
    /// The group has matched.
    Certainly,
    /// The group is not closed yet.
    Open,
}

type State = Vec<(u32, GroupState)>;

/// Resolves every back-reference of the tree. Without any, removes the captures.
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
        Kind::LookAround(look) => drop_captures(&mut look.node),
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
            set(state, group, GroupState::Open);
            visit(inner, state, behind)?;
            set(state, group, GroupState::Certainly);
        }
        Kind::LookAround(look) => {
            let before = state.clone();
            visit(&mut look.node, state, behind || look.behind)?;
            if look.negative {
                *state = before;
            }
        }
        Kind::BackReference(reference) => match seen(state, reference.group) {
            GroupState::Certainly if !behind => {}
            GroupState::Perhaps if !behind => reference.may_be_unset = true,
            _ => {
                return Err(PatternError::new(
                    node.at,
                    "the meaning of a back-reference depends on the engine",
                    "refer to a group that is complete, in the same repetition, and not from a look-behind",
                ));
            }
        },
    }
    Ok(())
}

/// Marks the groups of a repeated part: the engine may hold their texts of an earlier repetition.
fn forget(node: &Node, state: &mut State) {
    if let Kind::Capture(group, _) = node.kind {
        set(state, group, GroupState::Stale);
    }
    for child in node.children() {
        forget(child, state);
    }
}

fn seen(state: &State, group: u32) -> GroupState {
    state.iter().find(|(known, _)| *known == group).map_or(GroupState::Perhaps, |&(_, seen)| seen)
}

fn set(state: &mut State, group: u32, seen: GroupState) {
    state.retain(|(known, _)| *known != group);
    state.push((group, seen));
}

fn join(one: &State, other: &State) -> State {
    one.iter()
        .chain(other)
        .map(|&(group, _)| {
            let joined = match (seen(one, group), seen(other, group)) {
                (one, other) if one == other => one,
                (GroupState::Stale, _) | (_, GroupState::Stale) => GroupState::Stale,
                _ => GroupState::Perhaps,
            };
            (group, joined)
        })
        .collect()
}
