//! Generates validated Rust types and an awsJson router from a Smithy model.

pub mod pattern;
