//! Handles UpdateUserPoolClient: replaces settings of an app client.
//!
//! What becomes of members that the request omits is decided in [`lido_domain::client::settings::UPDATE_USER_POOL_CLIENT`].

use lido_cognito_idp::operations::{UpdateUserPoolClientInput, UpdateUserPoolClientOutput};
use lido_domain::{
    client::settings::{keep_applicable, update_user_pool_client},
    id::{ClientId, PoolId},
};

use crate::{
    operations::{Failure, RequestContext, app_clients},
    store::ClientRecord,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateUserPoolClientInput,
) -> Result<UpdateUserPoolClientOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let client_id = ClientId::new(input.client_id.as_str());
    let members = wire::client::update_members(&input)?;
    let name = input.client_name.map(|name| name.into_inner());
    let user_pool_client = request
        .transact(async |tx| {
            let former = tx.get_client_in_pool(&pool_id, &client_id).await?;
            let secrets = former.client_rules().secrets.clone();
            let settings = update_user_pool_client(&former.record.settings, &members);
            let settings = keep_applicable(settings, !secrets.is_empty());
            let (id, pool) = (client_id.clone(), former.pool_rules());
            let record = ClientRecord {
                client: app_clients::derive(&tx, id, secrets, pool, &settings).await?,
                settings,
                name: name.clone().unwrap_or_else(|| former.record.name.clone()),
                is_former: false,
                created_at: former.record.created_at,
                modified_at: tx.now(),
            };
            let secret = app.keys.open_first_client_secret(&pool_id, &record.client, record.created_at)?;
            // Converted before it is stored, so that no record is stored that the API cannot show.
            let shown =
                wire::client::to_user_pool_client_type(&app.settings, &pool_id, &record, secret.as_ref())?;
            Ok(record.put().map(|_| shown))
        })
        .await?;
    Ok(UpdateUserPoolClientOutput { user_pool_client: Some(user_pool_client) })
}
