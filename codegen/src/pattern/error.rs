//! The error for a pattern that is not supported: position, message and remedy.

use std::fmt;

/// The error for a pattern that is not part of the dialect, or that no engine compiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Byte offset into the pattern's text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What the author of the model can do.
    pub remedy: String,
}

impl PatternError {
    pub(super) fn new(offset: usize, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { offset, message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}: {}", self.message, self.offset, self.remedy)
    }
}

impl std::error::Error for PatternError {}
