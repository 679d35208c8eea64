//! Handles AdminUserGlobalSignOut: revokes all tokens of a user.
//!
//! The rules are in [`lido_domain::flow::sign_in::global_sign_out`].

use lido_cognito_idp::operations::{AdminUserGlobalSignOutInput, AdminUserGlobalSignOutOutput};
use lido_domain::{flow::sign_in::global_sign_out, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminUserGlobalSignOutInput,
) -> Result<AdminUserGlobalSignOutOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (_, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            Ok(global_sign_out::sign_out(loaded.user.as_ref()))
        })
        .await?;
    Ok(AdminUserGlobalSignOutOutput::default())
}
