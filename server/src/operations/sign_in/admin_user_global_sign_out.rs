//! AdminUserGlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{AdminUserGlobalSignOutInput, AdminUserGlobalSignOutOutput};
use lido_domain::{flow::sign_in::sign_out, id::PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminUserGlobalSignOutInput,
) -> Result<AdminUserGlobalSignOutOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    request
        .transact(async |tx| {
            let (_, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            Ok(sign_out::sign_out(found.user.as_ref()))
        })
        .await?;
    Ok(AdminUserGlobalSignOutOutput::default())
}
