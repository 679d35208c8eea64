//! DeleteUserPoolClientSecret. The last one stays.

use lido_cognito_idp::operations::{DeleteUserPoolClientSecretInput, DeleteUserPoolClientSecretOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolClientSecretInput,
) -> Result<DeleteUserPoolClientSecretOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    request
        .transact(async |tx| {
            let client = tx.client_in(&pool, &id).await?;
            Ok(client.record.delete_secret(&input.client_secret_id, tx.now()))
        })
        .await?;
    Ok(DeleteUserPoolClientSecretOutput {})
}
