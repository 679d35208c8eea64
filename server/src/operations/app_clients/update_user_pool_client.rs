//! Handles UpdateUserPoolClient: replaces the settings of an app client.
//!
//! A setting that the request omits is set to its default (*Documented*); [`wire::client::apply_update`] lists the
//! exceptions.

use lido_cognito_idp::operations::{UpdateUserPoolClientInput, UpdateUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

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
    let user_pool_client = request
        .transact(async |tx| {
            let former = tx.get_client_in_pool(&pool_id, &client_id).await?;
            let updated = wire::client::apply_update(input.clone(), &former.record)?;
            let settings = wire::client::to_settings(&updated)?;
            let secrets = former.client_rules().secrets.clone();
            let record = ClientRecord {
                client: app_clients::derive(client_id.clone(), secrets, former.pool_rules(), &settings)?,
                settings,
                name: updated.client_name.to_string(),
                created_at: former.record.created_at,
                modified_at: tx.now(),
            };
            let secret = app.keys.open_first_client_secret(&pool_id, &record.client, record.created_at)?;
            // Converted before it is stored, so that no record is stored that the API cannot show.
            let shown = wire::client::to_user_pool_client_type(&pool_id, &record, secret.as_ref())?;
            Ok(record.put().map(|_| shown))
        })
        .await?;
    Ok(UpdateUserPoolClientOutput { user_pool_client: Some(user_pool_client) })
}
