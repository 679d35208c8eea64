//! The error of an invalid policy. Its message names the problem and what to write instead.

/// An invalid part of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(String);

impl PolicyError {
    pub(super) fn new(problem: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self(format!("{}; {}", problem.as_ref(), remedy.as_ref()))
    }

    /// Returns the error with the number of the statement, starting at 1, and its `Sid`, if it has one.
    pub(super) fn in_statement(self, number: usize, sid: Option<&str>) -> Self {
        let Self(text) = self;
        Self(match sid {
            Some(sid) => format!("statement {number} ({sid}): {text}"),
            None => format!("statement {number}: {text}"),
        })
    }
}
