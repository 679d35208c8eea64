//! Between the rules and the API: domain types to generated ones and back, and every text that a client reads.
//!
//! The generated crate is named only here, in [`crate::operations`] and where the service is mounted. A value that
//! the API's own constraints refuse on the way out is a fault of ours and becomes an internal error: [`Unsayable`].
//!
//! Where to go next: [`refusal`] for the texts, [`pool`] and [`client`] for settings, [`user`] for the rest.

pub mod auth_event;
pub mod client;
pub mod device;
pub mod document;
pub mod error;
pub mod group;
pub mod lambda_config;
pub mod metadata;
pub mod mfa;
pub mod page;
pub mod passkey;
pub mod pool;
pub mod refusal;
pub mod schema;
mod settings;
pub mod sign_in;
pub mod tags;
pub mod templates;
pub mod time;
pub mod user;

use lido_runtime::{Violated, read::Refused};

/// Something that was kept or made cannot be told in the API's terms. The text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value cannot be told in the API's terms: {0}")]
pub struct Unsayable(String);

impl From<Violated> for Unsayable {
    fn from(violated: Violated) -> Self {
        Self(violated.to_string())
    }
}

impl From<Refused> for Unsayable {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unreadable(_) => Self("kept settings cannot be read".to_owned()),
            Refused::Invalid(violations) => {
                Self(format!("kept settings violate {} constraints", violations.len()))
            }
        }
    }
}

impl From<serde_json::Error> for Unsayable {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("settings are no JSON: {error}"))
    }
}
