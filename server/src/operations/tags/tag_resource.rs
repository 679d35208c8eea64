//! Handles TagResource: adds tags to a user pool; a key that exists gets the new value.

use lido_cognito_idp::operations::{TagResourceInput, TagResourceOutput};

use crate::{
    operations::{Failure, RequestContext, tags::pool_id_from_arn},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Failure> {
    let app = request.app();
    let pool_id = pool_id_from_arn(app, &input.resource_arn)?;
    let added = wire::tags::from_tag_map(Some(input.tags));
    request.transact(async |tx| Ok(tx.get_pool(&pool_id).await?.tag(added.clone()))).await?;
    Ok(TagResourceOutput {})
}
