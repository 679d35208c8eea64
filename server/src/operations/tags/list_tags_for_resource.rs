//! ListTagsForResource.

use lido_cognito_idp::operations::{ListTagsForResourceInput, ListTagsForResourceOutput};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::get_named},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListTagsForResourceInput,
) -> Result<ListTagsForResourceOutput, Failure> {
    let read = get_named(app, &input.resource_arn).await?;
    Ok(ListTagsForResourceOutput { tags: Some(wire::tags::told(&read.value.tags)?) })
}
