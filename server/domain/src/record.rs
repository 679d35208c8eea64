//! The stored records of a user pool and of an app client.
//!
//! A record stores the settings exactly as the caller sent them, and the data that is not a setting (id, name, tags,
//! dates, secrets). The [`Pool`] or [`Client`] that rules work with is derived from the settings when a record is read,
//! by [`PoolSettings`] and [`ClientSettings`]; it is kept in memory beside them and never stored.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Change, Timestamp, Verdict,
    attribute::schema::{AttributeSpec, Schema},
    branding::OwnedBranding,
    client::{Client, ClientSecret, settings::ClientSettings},
    id::{ClientId, PoolId},
    pool::{Feature, Pool, domain::Domains, settings::PoolSettings, tag},
    refusal::{PoolFault, Refusal},
    secret::Sealed,
};

/// A user pool with all its settings.
///
/// Serialization writes the settings as the caller sent them. Deserialization derives [`PoolRecord::pool`] again:
///
/// ```
/// use lido_domain::record::PoolRecord;
/// use serde_json::json;
///
/// let stored = json!({
///     "id": "us-east-1_abcdefghi",
///     "name": "customers",
///     "settings": { "UserPoolTier": "PLUS" },
///     "created_at": 0,
///     "modified_at": 0,
/// });
/// let record: PoolRecord = serde_json::from_value(stored.clone())?;
/// assert_eq!(record.pool.tier, lido_domain::pool::Tier::Plus);
/// assert_eq!(record.pool.password_policy.minimum_length, 8); // the default
/// assert_eq!(serde_json::to_value(&record)?, stored);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "StoredPool", try_from = "StoredPool")]
pub struct PoolRecord {
    /// The pool that rules work with. All but its id and schema is derived from `settings`.
    pub pool: Pool,
    /// `PoolName`.
    pub name: String,
    /// Every other setting that the caller sent: members of CreateUserPool and of SetUserPoolMfaConfig.
    pub settings: Value,
    /// The tags by key.
    pub tags: BTreeMap<String, String>,
    /// The domains, at most one of each kind.
    pub domains: Domains,
    /// When the pool was created.
    pub created_at: Timestamp,
    /// When the pool was last changed.
    pub modified_at: Timestamp,
}

/// An app client with all its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "StoredClient", try_from = "StoredClient")]
pub struct ClientRecord {
    /// The app client that rules work with. All but its id and secrets is derived from `settings`.
    pub client: Client,
    /// `ClientName`.
    pub name: String,
    /// Every other setting that the caller sent: members of CreateUserPoolClient.
    pub settings: Value,
    /// Whether the record was stored in format 1 and not since. In the builds of that format, an app client without
    /// `WriteAttributes` could write the standard attributes only.
    pub is_former: bool,
    /// When the app client was created.
    pub created_at: Timestamp,
    /// When the app client was last changed.
    pub modified_at: Timestamp,
}

impl PoolRecord {
    /// Stores the pool: creates it, or replaces the stored record.
    pub fn put(self) -> Verdict<Arc<PoolRecord>> {
        let record = Arc::new(self);
        Verdict { remember: vec![Change::PutPool(Arc::clone(&record))], answer: Ok(record) }
    }

    /// Refuses a plan that does not include managed login if a domain has it, when the plan of the pool changes.
    ///
    /// *Documented* for every feature in use (api-0072).
    pub fn check_plan_of_domains(&self) -> Result<(), Refusal> {
        let (feature, tier) = (Feature::ManagedLogin, self.pool.tier);
        if self.domains.use_managed_login() && feature.minimum_tier() > tier {
            return Err(Refusal::Pool(PoolFault::TierChange(tier, vec![feature])));
        }
        Ok(())
    }

    /// Deletes the pool, unless its deletion protection is active or it has a domain (*Observed*, oau-0204).
    pub fn delete(&self) -> Verdict<()> {
        if let Err(refusal) = self.pool.check_deletable() {
            return Verdict::refuse(refusal);
        }
        if !self.domains.is_empty() {
            return Verdict::refuse(Refusal::Pool(PoolFault::HasDomain));
        }
        Verdict { remember: vec![Change::RemovePool], answer: Ok(()) }
    }

    /// Deletes the pool, also if its deletion protection is active: for a reset in development.
    pub fn discard(&self) -> Verdict<()> {
        Verdict { remember: vec![Change::RemovePool], answer: Ok(()) }
    }

    /// Adds tags; a tag whose key exists gets the new value.
    ///
    /// `modified_at` stays the same (*Chosen*: no setting changes).
    pub fn tag(&self, added: BTreeMap<String, String>) -> Verdict<()> {
        match tag::add_tags(&self.tags, added) {
            Ok(tags) => Self { tags, ..self.clone() }.put().map(drop),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }

    /// Removes the tags with these keys. `modified_at` stays the same (*Chosen*, as for [`PoolRecord::tag`]).
    pub fn untag<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Verdict<()> {
        Self { tags: tag::remove_tags(&self.tags, keys), ..self.clone() }.put().map(drop)
    }
}

impl ClientRecord {
    /// Stores the app client: creates it, or replaces the stored record.
    pub fn put(self) -> Verdict<Arc<ClientRecord>> {
        let record = Arc::new(self);
        Verdict { remember: vec![Change::PutClient(Arc::clone(&record))], answer: Ok(record) }
    }

    /// Deletes the app client with the looks of its pages (inferred for its style, api-0260; *Chosen* for the others).
    pub fn delete(&self, owned: &OwnedBranding<'_>) -> Verdict<()> {
        let id: ClientId = self.client.id.clone();
        let mut remember = owned.removal();
        remember.push(Change::RemoveClient(id));
        Verdict { remember, answer: Ok(()) }
    }

    /// Returns whether users may write custom attributes through this app client since it is served by this build.
    pub fn gained_custom_attributes(&self) -> bool {
        self.is_former && self.settings.get("WriteAttributes").is_none_or(Value::is_null)
    }

    /// Adds a secret, unless the app client has no secret or as many as it can have.
    pub fn add_secret(&self, sealed: Sealed, now: Timestamp) -> Verdict<ClientSecret> {
        if let Err(refusal) = self.client.check_secret_limit() {
            return Verdict::refuse(refusal);
        }
        let secret = ClientSecret { id: self.client.new_secret_id(now), sealed, created_at: now };
        let mut client = self.client.clone();
        client.secrets.push(secret.clone());
        Self { client, modified_at: now, ..self.clone() }.put().map(|_| secret)
    }

    /// Deletes a secret, unless it is the only one.
    pub fn delete_secret(&self, id: &str, now: Timestamp) -> Verdict<()> {
        match self.client.without_secret(id) {
            Ok(client) => Self { client, modified_at: now, ..self.clone() }.put().map(drop),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }
}

/// The serialized form of a [`PoolRecord`].
#[derive(Serialize, Deserialize)]
struct StoredPool {
    id: PoolId,
    name: String,
    settings: Value,
    /// The attributes that differ from those of a new pool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, AttributeSpec>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Domains::is_empty")]
    domains: Domains,
    created_at: Timestamp,
    modified_at: Timestamp,
}

/// The serialized form of a [`ClientRecord`].
#[derive(Serialize, Deserialize)]
struct StoredClient {
    id: ClientId,
    name: String,
    settings: Value,
    /// Set by the upgrade of format 1, never written.
    #[serde(default, skip_serializing)]
    is_former: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<ClientSecret>,
    created_at: Timestamp,
    modified_at: Timestamp,
}

impl From<PoolRecord> for StoredPool {
    fn from(record: PoolRecord) -> Self {
        let PoolRecord { pool, name, settings, tags, domains, created_at, modified_at } = record;
        Self {
            id: pool.id,
            attributes: pool.schema.into_changed(),
            name,
            settings,
            tags,
            domains,
            created_at,
            modified_at,
        }
    }
}

impl TryFrom<StoredPool> for PoolRecord {
    type Error = serde_json::Error;

    fn try_from(stored: StoredPool) -> Result<Self, Self::Error> {
        let StoredPool { id, name, settings, attributes, tags, domains, created_at, modified_at } = stored;
        let pool = PoolSettings::from_json(&settings)?.derive(id, Schema::from_changed(attributes));
        Ok(Self { pool, name, settings, tags, domains, created_at, modified_at })
    }
}

impl From<ClientRecord> for StoredClient {
    fn from(record: ClientRecord) -> Self {
        let ClientRecord { client, name, settings, is_former, created_at, modified_at } = record;
        Self { id: client.id, secrets: client.secrets, name, settings, is_former, created_at, modified_at }
    }
}

impl TryFrom<StoredClient> for ClientRecord {
    type Error = serde_json::Error;

    fn try_from(stored: StoredClient) -> Result<Self, Self::Error> {
        let StoredClient { id, name, settings, secrets, is_former, created_at, modified_at } = stored;
        let client = ClientSettings::from_json(&settings)?.derive(id, secrets);
        Ok(Self { client, name, settings, is_former, created_at, modified_at })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{attribute::schema::DataType, fixture};

    #[test]
    fn pool_record_is_serialized_without_derived_settings() {
        let size = AttributeSpec {
            data_type: DataType::Boolean,
            mutable: true,
            required: false,
            developer_only: false,
        };
        let settings = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } });
        let schema = Schema::default().with_custom_attributes(vec![("size".into(), size)]).expect("valid");
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
    fn pool_record_with_invalid_settings_is_refused() {
        let settings = json!({ "UserPoolTier": "GOLD" });
        let written = json!({
            "id": "us-east-1_a", "name": "p", "settings": settings, "created_at": 1, "modified_at": 1,
        });
        assert!(serde_json::from_value::<PoolRecord>(written).is_err());
    }
}
