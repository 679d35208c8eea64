//! Tags of user pools.

pub(super) mod list_tags_for_resource;
pub(super) mod tag_resource;
pub(super) mod untag_resource;

use lido_domain::{Refusal, id::PoolId, refusal::TagFault};

use super::failure::Failure;
use crate::{
    app::App,
    wire::tags::{Named, named},
};

/// The id of the pool that an ARN names, or a refusal.
fn pool_named(app: &App, arn: &str) -> Result<PoolId, Failure> {
    match named(&app.settings, arn) {
        Named::Pool(id) => Ok(id),
        Named::Elsewhere(id) => Err(Refusal::UnknownPool(id).into()),
        Named::Nothing => Err(Refusal::Tags(TagFault::NoPool).into()),
    }
}
