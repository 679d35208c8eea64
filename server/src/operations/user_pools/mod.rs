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
        settings::{PoolSettings, SettingsRequest},
    },
};
use serde_json::Value;

use super::failure::Failure;
use crate::wire::ConversionError;

/// Derives the rules of a pool from its settings, when it is created and when it is updated, and checks them.
fn derive(id: PoolId, schema: Schema, settings: &Value, request: SettingsRequest) -> Result<Pool, Failure> {
    let settings = PoolSettings::from_json(settings).map_err(ConversionError::from)?;
    let pool = settings.derive(id, schema);
    settings.check(&pool, request)?;
    pool.check()?;
    Ok(pool)
}
