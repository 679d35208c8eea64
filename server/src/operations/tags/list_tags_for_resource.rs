//! ListTagsForResource.

use lido_cognito_idp::operations::{ListTagsForResourceInput, ListTagsForResourceOutput};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::pool_named},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Failure> {
    let id = pool_named(app, &input.resource_arn)?;
    let pool = app.begin().pool(&id).await?;
    Ok(ListTagsForResourceOutput { tags: Some(wire::tags::told(&pool.tags)?) })
}
