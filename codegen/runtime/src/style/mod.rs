//! The wording of messages about violated constraints.

pub(crate) mod coral;
mod java;
mod limited;
pub(crate) mod smithy;

use crate::violation::Violation;
use limited::json_length;

/// By how many bytes an answer may be longer than the request. *Chosen*: the recordings of the live service are below
/// 10 kB; those with the longest values are lists of structures, which are longer as a message shows them.
pub(crate) const EXCESS: usize = 32 * 1024;

/// The clause that ends a message which does not tell every violation. *Chosen*.
const MORE: &str = "; further errors are not listed";

/// A wording of messages about violated constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The wording of the live AWS services: a message repeats the value, each bound has its own clause, and a wrong
    /// element is reported at its list, with the rules of the elements.
    Coral,
    /// The wording of the Smithy specification's validation tests, which smithy-rs servers use too.
    Smithy,
}

/// A message about violations.
#[derive(Debug)]
pub(crate) struct Wording {
    pub(crate) message: String,
    /// The number of violations that the message tells, from the first.
    pub(crate) told: usize,
    /// How long a list of the violations beside the message may be, in bytes of JSON.
    pub(crate) room: usize,
    /// The bytes that were read and written for it.
    pub(crate) steps: usize,
}

impl Style {
    /// Returns the message about the violations of the request with this text, of which there is at least one. It is
    /// at most [`EXCESS`] bytes longer than the text, and so is an answer that lists the violations beside it.
    /// `has_more` says that these are not all.
    pub(crate) fn word(self, text: &str, violations: &[Violation], has_more: bool) -> Wording {
        let clauses = match self {
            Self::Coral => coral::clauses(text, violations),
            Self::Smithy => smithy::clauses(text, violations),
        };
        let told = clauses.count;
        let plural = if told == 1 { "" } else { "s" };
        let head = match self {
            Self::Coral => format!("{told} validation error{plural} detected: "),
            Self::Smithy => format!("{told} validation error{plural} detected. "),
        };
        let room = (text.len() + EXCESS).saturating_sub(json_length(&clauses.text));
        let more = if has_more || told < violations.len() { MORE } else { "" };
        let message = format!("{head}{}{more}", clauses.text);
        Wording { steps: clauses.steps + message.len(), message, told, room }
    }
}

/// The clauses of a message.
#[derive(Debug)]
struct Clauses {
    text: String,
    count: usize,
    steps: usize,
}
