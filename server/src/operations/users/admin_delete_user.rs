//! Handles AdminDeleteUser: deletes a user.
//!
//! The rules are in [`lido_domain::flow::account::delete_user`].

use lido_cognito_idp::operations::{AdminDeleteUserInput, AdminDeleteUserOutput};
use lido_domain::{flow::account::delete_user, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDeleteUserInput,
) -> Result<AdminDeleteUserOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            Ok(delete_user::delete(&pool.pool, loaded.user.as_ref()))
        })
        .await?;
    Ok(AdminDeleteUserOutput {})
}
