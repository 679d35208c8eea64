//! Handles UntagResource: removes tags from a user pool; a key that does not exist is no error.

use lido_cognito_idp::operations::{UntagResourceInput, UntagResourceOutput};

use crate::operations::{Failure, RequestContext, tags::pool_id_from_arn};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UntagResourceInput,
) -> Result<UntagResourceOutput, Failure> {
    let app = request.app();
    let pool_id = pool_id_from_arn(app, &input.resource_arn)?;
    request
        .transact(async |tx| {
            let keys = input.tag_keys.iter().map(|key| key.as_str());
            Ok(tx.get_pool(&pool_id).await?.untag(keys))
        })
        .await?;
    Ok(UntagResourceOutput {})
}
