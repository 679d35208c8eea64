//! DescribeUserPoolClient. It tells the secret in clear, as the service does (*Documented*).

use lido_cognito_idp::operations::{DescribeUserPoolClientInput, DescribeUserPoolClientOutput};
use lido_domain::{
    Refusal,
    id::{ClientId, PoolId},
};

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DescribeUserPoolClientInput,
) -> Result<DescribeUserPoolClientOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let id = ClientId::new(input.client_id.into_inner());
    calling::get_pool(app, &pool).await?;
    let read = app.store.read_client(&pool, &id).await?.ok_or(Refusal::UnknownClient(id))?;
    let secrets = app.keys.open_client_secrets(&pool, &read.value.client)?;
    let told = wire::client::told(&pool, &read.value, &secrets)?;
    Ok(DescribeUserPoolClientOutput { user_pool_client: Some(told) })
}
