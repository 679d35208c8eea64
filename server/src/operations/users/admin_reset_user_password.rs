//! Handles AdminResetUserPassword: invalidates the password of a user and sends a code for a new one.
//!
//! The rules are in [`lido_domain::flow::users::admin_reset_user_password`].

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
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let code = app.new_code()?;
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, Vec::new()).await?;
            let (keys, user) = (app.keys.digests(), loaded.user.as_ref());
            Ok(admin_reset_user_password::reset(keys, &pool.pool, user, &code, tx.now()))
        })
        .await?;
    Ok(AdminResetUserPasswordOutput {})
}
