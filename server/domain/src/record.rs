//! A user pool and an app client as they are stored: what decides, and every setting that the API shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, client::Client, pool::Pool};

/// A user pool with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolRecord {
    /// What decides.
    pub pool: Pool,
    /// PoolName.
    pub name: String,
    /// Every other setting, as the API shows it.
    pub settings: serde_json::Value,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// An app client with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientRecord {
    /// What decides.
    pub client: Client,
    /// ClientName.
    pub name: String,
    /// Every other setting, as the API shows it.
    pub settings: serde_json::Value,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}
