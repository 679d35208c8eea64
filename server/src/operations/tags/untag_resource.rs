//! UntagResource. A key that is not there is no fault.

use lido_cognito_idp::operations::{UntagResourceInput, UntagResourceOutput};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, tags::pool_named, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Failure> {
    let id = pool_named(app, &input.resource_arn)?;
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let keys = input.tag_keys.iter().map(|key| key.as_str());
        Ok(tx.pool(&id).await?.untag(keys))
    })
    .await?;
    Ok(UntagResourceOutput {})
}
