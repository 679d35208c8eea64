//! DescribeUserPoolClient. It tells the secret in clear, as the service does (*Documented*); of several the one that
//! the client was created with.

use lido_cognito_idp::operations::{DescribeUserPoolClientInput, DescribeUserPoolClientOutput};
use lido_domain::id::{ClientId, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeUserPoolClientInput,
) -> Result<DescribeUserPoolClientOutput, Failure> {
    let app = request.app();
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let id = ClientId::new(input.client_id.into_inner());
    let record = request.begin().client_in(&pool, &id).await?.record;
    let secret = app.keys.open_first_client_secret(&pool, &record.client, record.created_at)?;
    let told = wire::client::told(&pool, &record, secret.as_ref())?;
    Ok(DescribeUserPoolClientOutput { user_pool_client: Some(told) })
}
