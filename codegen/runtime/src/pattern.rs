//! Patterns.

/// A pattern.
#[derive(Debug)]
pub struct Pattern {}
