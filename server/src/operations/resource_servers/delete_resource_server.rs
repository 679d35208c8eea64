//! Handles DeleteResourceServer: deletes a resource server with its scopes.
//!
//! The rules are in [`lido_domain::flow::resource_servers`].

use lido_cognito_idp::operations::{DeleteResourceServerInput, DeleteResourceServerOutput};
use lido_domain::{
    flow::resource_servers,
    id::{PoolId, ResourceServerId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteResourceServerInput,
) -> Result<DeleteResourceServerOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = ResourceServerId::new(input.identifier.into_inner());
    request
        .transact(async |tx| {
            let existing = tx.find_resource_server(&pool_id, &id).await?;
            Ok(resource_servers::delete(existing.as_ref(), &id))
        })
        .await?;
    Ok(DeleteResourceServerOutput::default())
}
