//! AdminConfirmSignUp. The rules are [`lido_domain::flow::sign_up::admin_confirm_sign_up`]'s.

use lido_cognito_idp::operations::{AdminConfirmSignUpInput, AdminConfirmSignUpOutput};
use lido_domain::{flow::sign_up::admin_confirm_sign_up, id::PoolId, user::attempt::Act};

use crate::{
    operations::{Failure, RequestContext},
    store::Beside,
    triggers::Confirmation,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminConfirmSignUpInput,
) -> Result<AdminConfirmSignUpOutput, Failure> {
    let app = request.app();
    let id = PoolId::new(input.user_pool_id.into_inner());
    let metadata = wire::metadata::client(input.client_metadata);
    let request = request.with_metadata(metadata);
    let (pool, confirmed) = request
        .transact(async |tx| {
            let beside = vec![Beside::Attempts(Act::AdminConfirmSignUp)];
            let (pool, found) = tx.named_user(&id, &input.username, beside).await?;
            let (user, attempts) = (found.user.as_ref(), found.attempts.as_ref());
            let verdict = admin_confirm_sign_up::admin_confirm(user, attempts, tx.now());
            Ok(verdict.map(|confirmed| (pool, confirmed)))
        })
        .await?;
    app.triggers.post_confirmation(request.in_pool(&pool), Confirmation::SignUp, &confirmed.user).await?;
    Ok(AdminConfirmSignUpOutput::default())
}
