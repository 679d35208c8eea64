//! User pools.

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
        settings::{Occasion, PoolSettings},
    },
};
use serde_json::Value;

use super::failure::Failure;
use crate::wire::Unsayable;

/// What decides of the settings of a request, the same way for the one that creates a pool and for those that update
/// it, or a refusal.
fn derive(id: PoolId, schema: Schema, settings: &Value, occasion: Occasion) -> Result<Pool, Failure> {
    let settings = PoolSettings::of(settings).map_err(Unsayable::from)?;
    let pool = settings.derive(id, schema);
    settings.check(&pool, occasion)?;
    pool.check()?;
    Ok(pool)
}
