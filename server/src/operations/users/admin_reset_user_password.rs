//! AdminResetUserPassword. The rules are [`lido_domain::flow::users::admin_reset_user_password`]'s.

use lido_cognito_idp::operations::{AdminResetUserPasswordInput, AdminResetUserPasswordOutput};
use lido_domain::{flow::users::admin_reset_user_password, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminResetUserPasswordInput,
) -> Result<AdminResetUserPasswordOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.into_inner());
    let code = app.new_code()?;
    let metadata = wire::metadata::client(input.client_metadata);
    let request = request.with_metadata(metadata);
    request
        .transact(async |tx| {
            let (pool, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
            let (keys, user) = (app.keys.digests(), found.user.as_ref());
            Ok(admin_reset_user_password::reset(keys, &pool.pool, user, &code, tx.now()))
        })
        .await?;
    Ok(AdminResetUserPasswordOutput {})
}
