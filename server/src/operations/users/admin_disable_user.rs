//! Handles AdminDisableUser: disables a user and revokes all their tokens.
//!
//! The rules are in [`lido_domain::flow::users::admin_enable_user`].

use lido_cognito_idp::operations::{AdminDisableUserInput, AdminDisableUserOutput};
use lido_domain::{flow::users::admin_enable_user, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminDisableUserInput,
) -> Result<AdminDisableUserOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (_, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            Ok(admin_enable_user::set_enabled(loaded.user.as_ref(), false, tx.now()))
        })
        .await?;
    Ok(AdminDisableUserOutput {})
}
