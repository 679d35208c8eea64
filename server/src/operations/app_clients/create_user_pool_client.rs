//! Handles CreateUserPoolClient: creates an app client.
//!
//! Settings that contradict each other are refused in [`lido_domain::client::settings`].

use lido_cognito_idp::operations::{CreateUserPoolClientInput, CreateUserPoolClientOutput};
use lido_domain::{
    client::{Client, ClientSecret, generate_secret, settings::keep_applicable},
    id::{ClientId, PoolId},
};
use serde_json::Value;

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
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let client_id = ClientId::generate(&app.entropy.bytes()?);
    let generated = generate_secret(&app.entropy.bytes()?);
    let sent = Value::Object(wire::client::to_settings(&input)?);
    let settings = keep_applicable(sent, input.generate_secret == Some(true));
    let secret = wire::client::choose_secret(&input, generated)?;
    let user_pool_client = request
        .transact(async |tx| {
            let (pool, now) = (tx.get_pool(&pool_id).await?, tx.now());
            tx.expect_new_client(&client_id);
            let secrets = match &secret {
                None => Vec::new(),
                Some(secret) => {
                    let sealed = app.keys.seal_client_secret(&pool_id, &client_id, secret)?;
                    let secret_id = Client::new(client_id.clone()).new_secret_id(now);
                    vec![ClientSecret { id: secret_id, sealed, created_at: now }]
                }
            };
            let record = ClientRecord {
                client: app_clients::derive(&tx, client_id.clone(), secrets, &pool.pool, &settings).await?,
                settings: settings.clone(),
                name: input.client_name.to_string(),
                is_former: false,
                created_at: now,
                modified_at: now,
            };
            // Converted before it is stored, so that no record is stored that the API cannot show.
            let shown =
                wire::client::to_user_pool_client_type(&app.settings, &pool_id, &record, secret.as_ref())?;
            Ok(record.put().map(|_| shown))
        })
        .await?;
    Ok(CreateUserPoolClientOutput { user_pool_client: Some(user_pool_client) })
}
