//! CreateUserPoolClient. What contradicts itself is refused by [`lido_domain::client`] and its neighbours.

use lido_cognito_idp::operations::{CreateUserPoolClientInput, CreateUserPoolClientOutput};
use lido_domain::{
    client::{Client, ClientSecret, generate_secret},
    id::{ClientId, PoolId},
};

use crate::{
    operations::{Failure, RequestContext, app_clients},
    store::ClientRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateUserPoolClientInput,
) -> Result<CreateUserPoolClientOutput, Failure> {
    let app = request.app();
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::generate(&app.entropy.bytes()?);
    let generated = generate_secret(&app.entropy.bytes()?);
    let settings = wire::client::settings(&input)?;
    let secret = wire::client::secret(&input, generated)?;
    let told = request
        .transact(async |tx| {
            let (former, now) = (tx.pool(&pool).await?, tx.now());
            tx.expect_new_client(&id);
            let secrets = match &secret {
                None => Vec::new(),
                Some(secret) => {
                    let sealed = app.keys.seal_client_secret(&pool, &id, secret)?;
                    let secret_id = Client::new(id.clone()).new_secret_id(now);
                    vec![ClientSecret { id: secret_id, sealed, created_at: now }]
                }
            };
            let record = ClientRecord {
                client: app_clients::derive(id.clone(), secrets, &former.pool, &settings)?,
                settings: settings.clone(),
                name: input.client_name.to_string(),
                created_at: now,
                modified_at: now,
            };
            // Before it is stored, so that what the API cannot show is not stored either.
            let told = wire::client::told(&pool, &record, secret.as_ref())?;
            Ok(record.put().map(|_| told))
        })
        .await?;
    Ok(CreateUserPoolClientOutput { user_pool_client: Some(told) })
}
