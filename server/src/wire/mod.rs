//! Between the rules and the API: domain types to generated ones and back, and every text that a client reads.
//!
//! The generated crate is named only here, in [`crate::operations`] and where the service is mounted. A value that
//! the API's own constraints refuse on the way out is a fault of ours and becomes an internal error.

pub mod templates;
