//! Plans how the runtime matches a pattern: in the cheapest way that is exact.

use super::ast::{Assertion, Kind, Node};
use super::class::Class;
use super::error::PatternError;
use super::print::print;
use super::simplify::trimmed;

/// Maximum size in bytes of a compiled pattern. It equals `Pattern::SIZE_LIMIT` of the runtime, so that a pattern that
/// compiles here compiles there.
pub const SIZE_LIMIT: usize = 64 << 20;

/// A repeated character class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// A bracket expression in the syntax of `regex-syntax`.
    pub class: String,
    /// The minimum number of characters.
    pub min: u32,
    /// The maximum number of characters, or `None` if there is none.
    pub max: Option<u32>,
}

/// How the runtime matches a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The whole string is a sequence of runs, and no run can take a character that a later one needs. It is matched in one
    /// pass.
    Runs(Vec<Run>),
    /// A text for the `regex` crate, which matches in linear time.
    Linear(String),
    /// A text for `fancy-regex`, which backtracks, for look-around and back-references.
    Backtracking(String),
}

/// Plans a simplified tree, and compiles the result to check that it compiles.
pub(super) fn plan(node: &Node) -> Result<Plan, PatternError> {
    if let Some(runs) = runs(node).filter(|runs| runs.iter().all(|(class, ..)| class.round_trips())) {
        let printed = |run: &(&Class, u32, Option<u32>)| Run { class: run.0.text(), min: run.1, max: run.2 };
        return Ok(Plan::Runs(runs.iter().map(printed).collect()));
    }
    let node = &trimmed(node);
    let beyond = node.find(&|kind| {
        matches!(
            kind,
            Kind::LookAround(_) | Kind::BackReference(_) | Kind::Assert(Assertion::NotWordBoundary)
        )
    });
    let text = print(node, beyond.is_some());
    if let Some(beyond) = beyond {
        let compiled = fancy_regex::RegexBuilder::new(&text).delegate_size_limit(SIZE_LIMIT).build();
        return match compiled {
            Ok(_) => Ok(Plan::Backtracking(text)),
            Err(error) => Err(refused(beyond.at, &error)),
        };
    }
    match regex::RegexBuilder::new(&text).size_limit(SIZE_LIMIT).build() {
        Ok(_) => Ok(Plan::Linear(text)),
        Err(error) => Err(refused(node.at, &error)),
    }
}

pub(super) fn refused(at: usize, error: &dyn std::error::Error) -> PatternError {
    PatternError::new(
        at,
        format!("no engine compiles the pattern: {error}"),
        "lower the counts, and leave out look-around and back-references",
    )
}

/// Returns the runs of an anchored sequence of classes, if matching them greedily is exact.
pub(super) fn runs(node: &Node) -> Option<Vec<(&Class, u32, Option<u32>)>> {
    let Kind::Concat(nodes) = &node.kind else {
        return None;
    };
    let [
        Node { kind: Kind::Assert(Assertion::Start), .. },
        parts @ ..,
        Node { kind: Kind::Assert(Assertion::End), .. },
    ] = nodes.as_slice()
    else {
        return None;
    };
    let runs: Vec<_> = parts.iter().map(run).collect::<Option<_>>()?;
    let is_exact = (0..runs.len()).all(|index| match runs.get(index..) {
        Some([first, rest @ ..]) => has_fixed_end(first, rest),
        _ => true,
    });
    is_exact.then_some(runs)
}

fn run(node: &Node) -> Option<(&Class, u32, Option<u32>)> {
    match &node.kind {
        Kind::Class(class) => Some((class, 1, Some(1))),
        Kind::Repeat(repeat) => match &repeat.node.kind {
            Kind::Class(class) => Some((class, repeat.min, repeat.max)),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether a run takes the same number of characters however the rest is matched: the number is fixed, or none of
/// the characters that can follow is in its class.
fn has_fixed_end(
    &(class, min, max): &(&Class, u32, Option<u32>),
    rest: &[(&Class, u32, Option<u32>)],
) -> bool {
    if max == Some(min) {
        return true;
    }
    for (following, min, _) in rest {
        if !class.is_disjoint(following) {
            return false;
        }
        if *min > 0 {
            break;
        }
    }
    true
}
