//! What is wrong with a policy, for whoever wrote it: what stands there, and what to write instead.

use std::fmt;

/// Something in a policy that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The statement, from 1, if it is in one.
    statement: Option<(usize, Option<String>)>,
    what: String,
    remedy: String,
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { statement: None, what: what.into(), remedy: remedy.into() }
    }

    /// The same, in a statement.
    pub(super) fn in_statement(self, number: usize, sid: Option<String>) -> Self {
        Self { statement: Some((number, sid)), ..self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.statement {
            Some((number, Some(sid))) => write!(f, "statement {number} ({sid}): ")?,
            Some((number, None)) => write!(f, "statement {number}: ")?,
            None => {}
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

impl std::error::Error for Wrong {}
