//! How violations are worded. One [`Violation`] type, two styles.

pub(crate) mod coral;
pub(crate) mod smithy;

use crate::Violation;

/// A wording of violations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As the live AWS services word it: values are echoed, each bound has its own clause, and the
    /// rules of a list's elements are quoted at the list.
    Coral,
    /// As the Smithy specification's validation tests word it.
    Smithy,
}

impl Style {
    /// The whole message about `violations`.
    pub fn message(self, violations: &[Violation]) -> String {
        match self {
            Self::Coral => coral::message(violations),
            Self::Smithy => smithy::message(violations),
        }
    }
}
