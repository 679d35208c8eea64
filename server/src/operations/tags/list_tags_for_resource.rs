//! Handles ListTagsForResource: returns the tags of a user pool.

use lido_cognito_idp::operations::{ListTagsForResourceInput, ListTagsForResourceOutput};

use crate::{
    operations::{Failure, RequestContext, tags::pool_id_from_arn},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Failure> {
    let app = request.app();
    let pool_id = pool_id_from_arn(app, &input.resource_arn)?;
    let pool = request.begin().get_pool(&pool_id).await?;
    Ok(ListTagsForResourceOutput { tags: Some(wire::tags::to_tag_map(&pool.tags)?) })
}
