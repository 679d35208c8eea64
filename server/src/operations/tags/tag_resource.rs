//! TagResource. A tag whose key is there already takes the new value.

use lido_cognito_idp::operations::{TagResourceInput, TagResourceOutput};

use crate::{
    operations::{Failure, RequestContext, tags::pool_named},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Failure> {
    let app = request.app();
    let id = pool_named(app, &input.resource_arn)?;
    let added = wire::tags::asked(Some(input.tags));
    request.transact(async |tx| Ok(tx.pool(&id).await?.tag(added.clone()))).await?;
    Ok(TagResourceOutput {})
}
