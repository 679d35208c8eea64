//! A user pool and an app client as they are stored: the settings as the caller gave them, and what is no setting.
//!
//! What decides is beside them in memory, for those who ask a pool or a client something; it is derived when a record is
//! read, by [`PoolSettings`] and [`ClientSettings`], and never written.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Change, Timestamp, Verdict,
    attribute::schema::{AttributeSpec, Schema},
    client::{Client, ClientSecret, settings::ClientSettings},
    id::{ClientId, PoolId},
    pool::{Pool, settings::PoolSettings, tag},
    secret::Sealed,
};

/// A user pool with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "StoredPool", try_from = "StoredPool")]
pub struct PoolRecord {
    /// What decides: derived from the settings, save the id and the schema.
    pub pool: Pool,
    /// PoolName.
    pub name: String,
    /// Every other setting that was given: members of CreateUserPool, and of SetUserPoolMfaConfig.
    pub settings: Value,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// An app client with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "StoredClient", try_from = "StoredClient")]
pub struct ClientRecord {
    /// What decides: derived from the settings, save the id and the secrets.
    pub client: Client,
    /// ClientName.
    pub name: String,
    /// Every other setting that was given: members of CreateUserPoolClient.
    pub settings: Value,
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

/// A [`PoolRecord`] as it is written.
#[derive(Serialize, Deserialize)]
struct StoredPool {
    id: PoolId,
    name: String,
    settings: Value,
    /// The attributes that are not as in every new pool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, AttributeSpec>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    created_at: Timestamp,
    modified_at: Timestamp,
}

/// A [`ClientRecord`] as it is written.
#[derive(Serialize, Deserialize)]
struct StoredClient {
    id: ClientId,
    name: String,
    settings: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<ClientSecret>,
    created_at: Timestamp,
    modified_at: Timestamp,
}

impl From<PoolRecord> for StoredPool {
    fn from(record: PoolRecord) -> Self {
        let PoolRecord { pool, name, settings, tags, created_at, modified_at } = record;
        Self {
            id: pool.id,
            attributes: pool.schema.into_changed(),
            name,
            settings,
            tags,
            created_at,
            modified_at,
        }
    }
}

impl TryFrom<StoredPool> for PoolRecord {
    type Error = serde_json::Error;

    fn try_from(stored: StoredPool) -> Result<Self, Self::Error> {
        let StoredPool { id, name, settings, attributes, tags, created_at, modified_at } = stored;
        let pool = PoolSettings::of(&settings)?.derive(id, Schema::of_changed(attributes));
        Ok(Self { pool, name, settings, tags, created_at, modified_at })
    }
}

impl From<ClientRecord> for StoredClient {
    fn from(record: ClientRecord) -> Self {
        let ClientRecord { client, name, settings, created_at, modified_at } = record;
        Self { id: client.id, secrets: client.secrets, name, settings, created_at, modified_at }
    }
}

impl TryFrom<StoredClient> for ClientRecord {
    type Error = serde_json::Error;

    fn try_from(stored: StoredClient) -> Result<Self, Self::Error> {
        let StoredClient { id, name, settings, secrets, created_at, modified_at } = stored;
        let client = ClientSettings::of(&settings)?.derive(id, secrets);
        Ok(Self { client, name, settings, created_at, modified_at })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{attribute::schema::DataType, fixture};

    #[test]
    fn pool_is_written_without_what_is_derived() {
        let size = AttributeSpec {
            data_type: DataType::Boolean,
            mutable: true,
            required: false,
            developer_only: false,
        };
        let settings = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } });
        let schema = Schema::default().with_custom_attributes(vec![("size".into(), size)]).expect("legal");
        let pool = Pool { records_events: true, schema, ..Pool::new(fixture::pool().id) };
        let record = PoolRecord { pool, settings, ..fixture::pool_record() };
        let written = serde_json::to_value(&record).expect("JSON");
        let attribute = json!({
            "data_type": "boolean", "mutable": true, "required": false, "developer_only": false,
        });
        let expected = json!({
            "id": fixture::pool().id, "name": record.name, "settings": record.settings,
            "attributes": { "custom:size": attribute },
            "created_at": record.created_at, "modified_at": record.modified_at,
        });
        assert_eq!(written, expected);
        assert_eq!(serde_json::from_value::<PoolRecord>(written).expect("a pool"), record);
    }

    #[test]
    fn record_with_settings_that_are_none_is_refused() {
        let settings = json!({ "UserPoolTier": "GOLD" });
        let written = json!({
            "id": "us-east-1_a", "name": "p", "settings": settings, "created_at": 1, "modified_at": 1,
        });
        assert!(serde_json::from_value::<PoolRecord>(written).is_err());
    }
}
