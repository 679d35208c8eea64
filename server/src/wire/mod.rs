//! Conversions between the domain's types and the generated ones, and the texts of refusals.
//!
//! The generated crate is named only here and in [`crate::operations`], which `cargo xtask check` checks. An output value
//! that breaks a constraint of the API is a fault of the server, a [`ConversionError`], and becomes an internal error.
//! Texts are in [`refusal`], except those of failures that no rule decides (`operations/failure.rs`); settings are in
//! [`pool`] and [`client`], users in [`user`].

pub mod auth_event;
pub mod branding;
pub mod cimd;
pub mod client;
pub mod device;
pub mod document;
pub mod domain;
pub mod error;
pub mod group;
pub mod lambda_config;
pub mod metadata;
pub mod mfa;
pub mod page;
pub mod passkey;
pub mod pool;
pub mod refusal;
pub mod resource_server;
pub mod schema;
mod settings;
pub mod sign_in;
pub mod tags;
pub mod templates;
pub mod terms;
pub mod time;
pub mod tokens;
pub mod user;

use lido_runtime::{BrokenRules, read::ReadError};

/// A stored or generated value has no form in the API. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value cannot be converted to the API's type: {0}")]
pub struct ConversionError(String);

impl From<BrokenRules> for ConversionError {
    fn from(violated: BrokenRules) -> Self {
        Self(violated.to_string())
    }
}

impl From<ReadError> for ConversionError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Serialization(_) => Self("stored settings cannot be read".to_owned()),
            ReadError::Constraints(violations) => {
                Self(format!("stored settings violate {} constraints", violations.len()))
            }
        }
    }
}

impl From<serde_json::Error> for ConversionError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("settings are not valid JSON: {error}"))
    }
}
