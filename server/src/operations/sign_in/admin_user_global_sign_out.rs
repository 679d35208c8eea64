//! AdminUserGlobalSignOut. The rules are [`lido_domain::flow::sign_in::sign_out`]'s.

use lido_cognito_idp::operations::{AdminUserGlobalSignOutInput, AdminUserGlobalSignOutOutput};
use lido_domain::{flow::sign_in::sign_out, id::PoolId};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminUserGlobalSignOutInput,
) -> Result<AdminUserGlobalSignOutOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let (_, found) = tx.named_user(&id, &input.username, Vec::new()).await?;
        Ok(sign_out::sign_out(found.user.as_ref()))
    })
    .await?;
    Ok(AdminUserGlobalSignOutOutput::default())
}
