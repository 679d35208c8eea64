//! DeleteUserPoolClientSecret. The last one stays.

use lido_cognito_idp::operations::{DeleteUserPoolClientSecretInput, DeleteUserPoolClientSecretOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::RequestContext},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: DeleteUserPoolClientSecretInput,
) -> Result<DeleteUserPoolClientSecretOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    let request = RequestContext::new(app, origin);
    app.transact(&request, async |tx| {
        let client = tx.client_in(&pool, &id).await?;
        Ok(client.record.delete_secret(&input.client_secret_id, tx.now()))
    })
    .await?;
    Ok(DeleteUserPoolClientSecretOutput {})
}
