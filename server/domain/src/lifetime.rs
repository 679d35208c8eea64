//! How long the tokens of an app client live.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long each kind of token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetimes {
    /// An access token.
    pub access_ttl: Duration,
    /// An id token.
    pub id_ttl: Duration,
    /// A refresh token.
    pub refresh_ttl: Duration,
}

impl Default for Lifetimes {
    /// An hour, an hour and 30 days (*Documented*).
    fn default() -> Self {
        Self {
            access_ttl: Duration::from_secs(60 * 60),
            id_ttl: Duration::from_secs(60 * 60),
            refresh_ttl: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}
