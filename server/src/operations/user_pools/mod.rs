//! User pools.

pub(super) mod add_custom_attributes;
pub(super) mod create_user_pool;
pub(super) mod delete_user_pool;
pub(super) mod describe_user_pool;
pub(super) mod list_user_pools;
pub(super) mod update_user_pool;

use lido_cognito_idp::operations::CreateUserPoolInput;
use lido_domain::{
    attribute::schema::Schema,
    id::PoolId,
    pool::{Pool, settings::Occasion},
};

use super::failure::Failure;
use crate::wire;

/// What a request makes of a pool, the same way for the one that creates it and for those that update it: what
/// decides, and the request with its defaults in place.
fn decided(
    id: PoolId,
    schema: Schema,
    input: CreateUserPoolInput,
    occasion: Occasion,
) -> Result<(Pool, CreateUserPoolInput), Failure> {
    let asked = wire::pool::asked(&input);
    let input = wire::pool::with_defaults(input)?;
    let pool = wire::pool::decides(id, schema, &input)?;
    asked.check(&pool, occasion)?;
    pool.check()?;
    Ok((pool, input))
}
