//! UpdateUserPoolClient. What it leaves out is set to its default (*Documented*); [`wire::client::updated`] says what
//! stays.

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
    let pool = PoolId::new(input.user_pool_id.as_str());
    let id = ClientId::new(input.client_id.as_str());
    let told = request
        .transact(async |tx| {
            let former = tx.client_in(&pool, &id).await?;
            let asked = wire::client::updated(input.clone(), &former.record)?;
            let settings = wire::client::settings(&asked)?;
            let secrets = former.rules().secrets.clone();
            let record = ClientRecord {
                client: app_clients::derive(id.clone(), secrets, former.pool(), &settings)?,
                settings,
                name: asked.client_name.to_string(),
                created_at: former.record.created_at,
                modified_at: tx.now(),
            };
            let secret = app.keys.open_first_client_secret(&pool, &record.client, record.created_at)?;
            // Before it is stored, so that what the API cannot show is not stored either.
            let told = wire::client::told(&pool, &record, secret.as_ref())?;
            Ok(record.put().map(|_| told))
        })
        .await?;
    Ok(UpdateUserPoolClientOutput { user_pool_client: Some(told) })
}
