//! Handles DeleteUserPoolClient: deletes an app client.
//!
//! Its sessions and tokens are invalid from then on: each is looked up through its app client, and the id of a deleted
//! app client is never used again.

use lido_cognito_idp::operations::{DeleteUserPoolClientInput, DeleteUserPoolClientOutput};
use lido_domain::{
    Refusal,
    id::{ClientId, PoolId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolClientInput,
) -> Result<DeleteUserPoolClientOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    request
        .transact(async |tx| {
            let (_, branding) = tx.get_branding(&pool_id, Some(&client_id)).await?;
            let client = branding.client.as_ref().ok_or_else(|| Refusal::UnknownClient(client_id.clone()))?;
            Ok(client.delete(&branding.owned()))
        })
        .await?;
    Ok(DeleteUserPoolClientOutput {})
}
