//! Handles DescribeUserPoolClient: returns an app client.
//!
//! The output contains the secret in clear text, as the service's does (*Documented*), unless it is published; of two
//! secrets, the one that the app client was created with.

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
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let record = request.begin().get_client_in_pool(&pool_id, &client_id).await?.record;
    let secret = app.keys.open_first_client_secret(&pool_id, &record.client, record.created_at)?;
    let user_pool_client =
        wire::client::to_described_client(&app.settings, &pool_id, &record, secret.as_ref())?;
    Ok(DescribeUserPoolClientOutput { user_pool_client: Some(user_pool_client) })
}
