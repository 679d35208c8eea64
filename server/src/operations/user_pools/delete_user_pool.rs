//! Handles DeleteUserPool: deletes a user pool.
//!
//! A pool with deletion protection is refused in [`lido_domain::pool::Pool::check_deletable`].

use lido_cognito_idp::operations::{DeleteUserPoolInput, DeleteUserPoolOutput};
use lido_domain::id::PoolId;

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolInput,
) -> Result<DeleteUserPoolOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    request.transact(async |tx| Ok(tx.get_pool(&pool_id).await?.delete())).await?;
    Ok(DeleteUserPoolOutput {})
}
