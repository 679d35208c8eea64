//! AdminDeleteUser. The rules are [`lido_domain::flow::account::delete_user`]'s.

use lido_cognito_idp::operations::{AdminDeleteUserInput, AdminDeleteUserOutput};
use lido_domain::{flow::account::delete_user, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDeleteUserInput,
) -> Result<AdminDeleteUserOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (pool, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            Ok(delete_user::delete(&pool.pool, found.user.as_ref()))
        })
        .await?;
    Ok(AdminDeleteUserOutput {})
}
