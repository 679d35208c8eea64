//! Handles AddUserPoolClientSecret: adds a second secret to an app client.
//!
//! Both secrets are valid, so that the first can be deleted once it is no longer used.

use lido_cognito_idp::operations::{AddUserPoolClientSecretInput, AddUserPoolClientSecretOutput};
use lido_domain::{
    client::generate_secret,
    id::{ClientId, PoolId},
    secret::Secret,
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AddUserPoolClientSecretInput,
) -> Result<AddUserPoolClientSecretOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let client_id = ClientId::new(input.client_id.as_str());
    let generated = generate_secret(&app.entropy.bytes()?);
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    let secret = request
        .transact(async |tx| {
            let client = tx.get_client_in_pool(&pool_id, &client_id).await?;
            let sealed =
                app.keys.seal_client_secret(&pool_id, &client_id, sent.as_ref().unwrap_or(&generated))?;
            Ok(client.record.add_secret(sealed, tx.now()))
        })
        .await?;
    // The output contains the value of a generated secret only; the caller knows the one that it has sent.
    let value = sent.is_none().then_some(&generated);
    let descriptor = wire::client::to_client_secret_descriptor(&secret, value)?;
    Ok(AddUserPoolClientSecretOutput { client_secret_descriptor: Some(descriptor) })
}
