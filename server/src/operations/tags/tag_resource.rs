//! TagResource. A tag whose key is there already takes the new value.

use lido_cognito_idp::operations::{TagResourceInput, TagResourceOutput};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::pool_named, transact::RequestContext},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: TagResourceInput,
) -> Result<TagResourceOutput, Failure> {
    let id = pool_named(app, &input.resource_arn)?;
    let added = wire::tags::asked(Some(input.tags));
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| Ok(tx.pool(&id).await?.tag(added.clone()))).await?;
    Ok(TagResourceOutput {})
}
