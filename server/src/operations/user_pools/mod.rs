//! The operations on user pools.

pub(super) mod add_custom_attributes;
pub(super) mod create_user_pool;
pub(super) mod delete_user_pool;
pub(super) mod describe_user_pool;
pub(super) mod list_user_pools;
pub(super) mod update_user_pool;

use lido_domain::{
    attribute::schema::Schema,
    id::PoolId,
    pool::{
        Pool,
        settings::{ChangedSettings, PoolSettings, SettingsOperation},
    },
};
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::wire::ConversionError;

/// Derives the rules of a pool from its settings after a request with the members `request`, and checks them. Every
/// operation that changes settings calls it.
pub(super) fn derive(
    id: PoolId,
    schema: Schema,
    changed: &ChangedSettings,
    operation: SettingsOperation,
    request: &Map<String, Value>,
) -> Result<Pool, Failure> {
    let pool = PoolSettings::from_json(&changed.settings).map_err(ConversionError::from)?.derive(id, schema);
    let judged = PoolSettings::from_json(&changed.judged).map_err(ConversionError::from)?;
    judged.check(&pool, operation, request)?;
    Ok(pool)
}
