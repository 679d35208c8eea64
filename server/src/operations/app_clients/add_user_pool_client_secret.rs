//! AddUserPoolClientSecret: a second secret, so that the first can be deleted once nobody uses it. Both are good.

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
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    let generated = generate_secret(&app.entropy.bytes()?);
    let sent = input.client_secret.as_ref().map(|secret| Secret::new(secret.as_str()));
    let secret = request
        .transact(async |tx| {
            let client = tx.client_in(&pool, &id).await?;
            let sealed = app.keys.seal_client_secret(&pool, &id, sent.as_ref().unwrap_or(&generated))?;
            Ok(client.record.add_secret(sealed, tx.now()))
        })
        .await?;
    // A caller that sends a secret knows it.
    let told = wire::client::told_secret(&secret, sent.is_none().then_some(&generated))?;
    Ok(AddUserPoolClientSecretOutput { client_secret_descriptor: Some(told) })
}
