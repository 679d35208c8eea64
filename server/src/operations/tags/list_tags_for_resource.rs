//! ListTagsForResource.

use lido_cognito_idp::operations::{ListTagsForResourceInput, ListTagsForResourceOutput};

use crate::{
    operations::{Failure, RequestContext, tags::pool_named},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Failure> {
    let app = request.app();
    let id = pool_named(app, &input.resource_arn)?;
    let pool = request.begin().pool(&id).await?;
    Ok(ListTagsForResourceOutput { tags: Some(wire::tags::told(&pool.tags)?) })
}
