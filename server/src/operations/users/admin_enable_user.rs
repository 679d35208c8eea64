//! AdminEnableUser. The rules are [`lido_domain::flow::users::admin_enable_user`]'s.

use lido_cognito_idp::operations::{AdminEnableUserInput, AdminEnableUserOutput};
use lido_domain::{flow::users::admin_enable_user, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminEnableUserInput,
) -> Result<AdminEnableUserOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (_, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            Ok(admin_enable_user::set_enabled(found.user.as_ref(), true, tx.now()))
        })
        .await?;
    Ok(AdminEnableUserOutput {})
}
