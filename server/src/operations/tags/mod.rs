//! The operations on the tags of user pools.

pub(super) mod list_tags_for_resource;
pub(super) mod tag_resource;
pub(super) mod untag_resource;

use lido_domain::{Refusal, id::PoolId, refusal::TagFault};

use super::failure::Failure;
use crate::{
    app::App,
    wire::tags::{ResourceArn, parse_arn},
};

/// Returns the id of the pool that an ARN names.
///
/// # Errors
/// `UnknownPool` for a pool of another Region or account, and `TagFault::NoPool` for any other resource.
fn pool_id_from_arn(app: &App, arn: &str) -> Result<PoolId, Failure> {
    match parse_arn(&app.settings, arn) {
        ResourceArn::Pool(id) => Ok(id),
        ResourceArn::ForeignPool(id) => Err(Refusal::UnknownPool(id).into()),
        ResourceArn::Other => Err(Refusal::Tags(TagFault::NoPool).into()),
    }
}
