//! The declarations that generated types are made of. Each macro is one kind of shape; what it
//! expands to is what one would write by hand for a single shape of the kind.

mod constrained;
mod enumeration;
mod sensitive;
mod structure;

pub use constrained::is_unique;
pub use sensitive::Sensitive;

/// What `Debug` prints in place of a value that the model marks as sensitive.
pub const REDACTED: &str = "*** redacted ***";
