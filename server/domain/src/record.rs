//! A user pool and an app client as they are stored: what decides, and every setting that the API shows.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    Change, Timestamp, Verdict,
    client::{Client, ClientSecret},
    id::ClientId,
    pool::{Pool, tag},
    secret::Sealed,
};

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

impl PoolRecord {
    /// Creates the pool, or replaces what it was.
    pub fn put(self) -> Verdict<Arc<PoolRecord>> {
        let record = Arc::new(self);
        Verdict { remember: vec![Change::PutPool(Arc::clone(&record))], answer: Ok(record) }
    }

    /// Deletes the pool, unless it is protected.
    pub fn delete(&self) -> Verdict<()> {
        match self.pool.check_deletable() {
            Ok(()) => Verdict { remember: vec![Change::RemovePool], answer: Ok(()) },
            Err(refusal) => Verdict::refuse(refusal),
        }
    }

    /// Adds tags, or gives those that are there another value. The date of the last change stays (*Chosen*): no setting
    /// changes.
    pub fn tag(&self, added: BTreeMap<String, String>) -> Verdict<()> {
        match tag::tagged(&self.tags, added) {
            Ok(tags) => Self { tags, ..self.clone() }.put().map(drop),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }

    /// Removes the tags that have these keys. The date of the last change stays (*Chosen*).
    pub fn untag<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Verdict<()> {
        Self { tags: tag::untagged(&self.tags, keys), ..self.clone() }.put().map(drop)
    }
}

impl ClientRecord {
    /// Creates the app client, or replaces what it was.
    pub fn put(self) -> Verdict<Arc<ClientRecord>> {
        let record = Arc::new(self);
        Verdict { remember: vec![Change::PutClient(Arc::clone(&record))], answer: Ok(record) }
    }

    /// Deletes the app client.
    pub fn delete(&self) -> Verdict<()> {
        let id: ClientId = self.client.id.clone();
        Verdict { remember: vec![Change::RemoveClient(id)], answer: Ok(()) }
    }

    /// Adds a secret, if there is room for one.
    pub fn add_secret(&self, sealed: Sealed, now: Timestamp) -> Verdict<ClientSecret> {
        if let Err(refusal) = self.client.check_room_for_secret() {
            return Verdict::refuse(refusal);
        }
        let secret = ClientSecret { id: self.client.new_secret_id(now), sealed, created_at: now };
        let mut client = self.client.clone();
        client.secrets.push(secret.clone());
        Self { client, modified_at: now, ..self.clone() }.put().map(|_| secret)
    }

    /// Removes a secret.
    pub fn delete_secret(&self, id: &str, now: Timestamp) -> Verdict<()> {
        match self.client.without_secret(id) {
            Ok(client) => Self { client, modified_at: now, ..self.clone() }.put().map(drop),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }
}
