//! DeleteUserPool. A protected pool is refused by [`lido_domain::pool::Pool::check_deletable`].

use lido_cognito_idp::operations::{DeleteUserPoolInput, DeleteUserPoolOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: DeleteUserPoolInput,
) -> Result<DeleteUserPoolOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| Ok(tx.pool(&id).await?.delete())).await?;
    Ok(DeleteUserPoolOutput {})
}
