//! What generated code leans on.

mod pattern;

pub use pattern::Pattern;
