//! DeleteUserPoolClient. What began with the client leads nowhere from then on: every session is looked up through its
//! client, and the id of a client never comes back.

use lido_cognito_idp::operations::{DeleteUserPoolClientInput, DeleteUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolClientInput,
) -> Result<DeleteUserPoolClientOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let id = ClientId::new(input.client_id.into_inner());
    request.transact(async |tx| Ok(tx.client_in(&pool, &id).await?.record.delete())).await?;
    Ok(DeleteUserPoolClientOutput {})
}
