//! Handles DeleteUserPoolClient: deletes an app client.
//!
//! Its sessions and tokens are invalid from then on: each is looked up through its app client, and the id of a deleted
//! app client is never used again.

use lido_cognito_idp::operations::{DeleteUserPoolClientInput, DeleteUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolClientInput,
) -> Result<DeleteUserPoolClientOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    request
        .transact(async |tx| Ok(tx.get_client_in_pool(&pool_id, &client_id).await?.record.delete()))
        .await?;
    Ok(DeleteUserPoolClientOutput {})
}
