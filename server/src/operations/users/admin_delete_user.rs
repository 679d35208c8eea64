//! AdminDeleteUser. The rules are [`lido_domain::flow::account::delete_user`]'s.

use lido_cognito_idp::operations::{AdminDeleteUserInput, AdminDeleteUserOutput};
use lido_domain::{flow::account::delete_user, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminDeleteUserInput,
) -> Result<AdminDeleteUserOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let (pool, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
        Ok(delete_user::delete(&pool.pool, found.user.as_ref()))
    })
    .await?;
    Ok(AdminDeleteUserOutput {})
}
