//! Handles DeleteUserPoolClientSecret: deletes one of the two secrets of an app client; the last one cannot be deleted.

use lido_cognito_idp::operations::{DeleteUserPoolClientSecretInput, DeleteUserPoolClientSecretOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolClientSecretInput,
) -> Result<DeleteUserPoolClientSecretOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let client_id = ClientId::new(input.client_id.as_str());
    request
        .transact(async |tx| {
            let client = tx.get_client_in_pool(&pool_id, &client_id).await?;
            Ok(client.record.delete_secret(&input.client_secret_id, tx.now()))
        })
        .await?;
    Ok(DeleteUserPoolClientSecretOutput {})
}
