//! The wording of messages about violated constraints.

pub(crate) mod coral;
pub(crate) mod smithy;

use crate::Violation;

/// A wording of messages about violated constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The wording of the live AWS services: a message repeats the value, each bound has its own clause, and a wrong
    /// element is reported at its list, with the rules of the elements.
    Coral,
    /// The wording of the Smithy specification's validation tests, which smithy-rs servers use too.
    Smithy,
}

impl Style {
    /// Returns the message about `violations`.
    pub fn message(self, violations: &[Violation]) -> String {
        match self {
            Self::Coral => coral::message(violations),
            Self::Smithy => smithy::message(violations),
        }
    }
}
