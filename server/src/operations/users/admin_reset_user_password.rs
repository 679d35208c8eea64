//! Handles AdminResetUserPassword: invalidates the password of a user and sends a code for a new one.
//!
//! The rules are in [`lido_domain::flow::users::admin_reset_user_password`].

use lido_cognito_idp::operations::{AdminResetUserPasswordInput, AdminResetUserPasswordOutput};
use lido_domain::{flow::users::admin_reset_user_password, id::PoolId, user::sent_messages::MessageCause};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
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
    let related: Vec<_> = RelatedRecord::messages(MessageCause::Administrator).collect();
    request
        .transact(async |tx| {
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, related.clone()).await?;
            let (keys, user) = (app.keys.digests(), loaded.user.as_ref());
            let now = tx.now();
            let verdict = admin_reset_user_password::reset(keys, &pool.pool, user, &code, now);
            Ok(loaded.sent.limit(MessageCause::Administrator, verdict, now))
        })
        .await?;
    Ok(AdminResetUserPasswordOutput {})
}
