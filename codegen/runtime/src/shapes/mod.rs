//! The macros with which generated code declares types. Each macro is for one kind of shape, and expands to the code
//! that would be written by hand for one shape of that kind.

mod constrained;
mod enumeration;
mod sensitive;
mod structure;

pub use constrained::is_unique;
pub use sensitive::Sensitive;

/// The text that `Debug` prints for a value that the model marks as sensitive.
pub const REDACTED: &str = "*** redacted ***";
