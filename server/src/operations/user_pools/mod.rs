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
        settings::{ChangedSettings, PoolSettings},
    },
};
use serde_json::Value;

use super::failure::Failure;
use crate::wire::ConversionError;

/// Derives the rules of a pool from its settings after a request, and checks the settings. Every operation that changes
/// settings calls it.
pub(super) fn derive(id: PoolId, schema: Schema, changed: &ChangedSettings) -> Result<Pool, Failure> {
    let read = |settings: &Value| PoolSettings::from_json(settings).map_err(ConversionError::from);
    let former = changed.former.as_ref().map(read).transpose()?;
    let former = former.map(|settings| (settings.derive(id.clone(), schema.clone()), settings));
    let pool = read(&changed.settings)?.derive(id, schema);
    let former = former.as_ref().map(|(pool, settings)| (settings, pool));
    read(&changed.judged)?.check(&pool, former, changed)?;
    Ok(pool)
}
