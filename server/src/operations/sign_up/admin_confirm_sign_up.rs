//! Handles AdminConfirmSignUp: confirms a user without a code.
//!
//! The rules are in [`lido_domain::flow::sign_up::admin_confirm_sign_up`].

use lido_cognito_idp::operations::{AdminConfirmSignUpInput, AdminConfirmSignUpOutput};
use lido_domain::{flow::sign_up::admin_confirm_sign_up, id::PoolId, user::attempt::AttemptKind};

use crate::{
    operations::{Failure, RequestContext},
    store::RelatedRecord,
    triggers::Confirmation,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminConfirmSignUpInput,
) -> Result<AdminConfirmSignUpOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let request = request.with_metadata(wire::metadata::read_client_metadata(input.client_metadata));
    let (pool, confirmed) = request
        .transact(async |tx| {
            let related = vec![RelatedRecord::Attempts(AttemptKind::AdminConfirmSignUp)];
            let (pool, loaded) = tx.load_user_by_name(&pool_id, &input.username, related).await?;
            let (user, attempts) = (loaded.user.as_ref(), loaded.attempts.as_ref());
            let verdict = admin_confirm_sign_up::admin_confirm(user, attempts, tx.now());
            Ok(verdict.map(|confirmed| (pool, confirmed)))
        })
        .await?;
    let context = request.event_context(&pool);
    app.triggers.post_confirmation(context, Confirmation::SignUp, &confirmed.user).await?;
    Ok(AdminConfirmSignUpOutput::default())
}
