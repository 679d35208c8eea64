//! UntagResource. A key that is not there is no fault.

use lido_cognito_idp::operations::{UntagResourceInput, UntagResourceOutput};

use crate::operations::{Failure, RequestContext, tags::pool_named};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Failure> {
    let app = request.app();
    let id = pool_named(app, &input.resource_arn)?;
    request
        .transact(async |tx| {
            let keys = input.tag_keys.iter().map(|key| key.as_str());
            Ok(tx.pool(&id).await?.untag(keys))
        })
        .await?;
    Ok(UntagResourceOutput {})
}
