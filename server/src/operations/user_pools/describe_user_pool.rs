//! DescribeUserPool.

use lido_cognito_idp::operations::{DescribeUserPoolInput, DescribeUserPoolOutput};
use lido_domain::id::PoolId;

use crate::{
    app::App,
    operations::{Origin, calling, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: DescribeUserPoolInput,
) -> Result<DescribeUserPoolOutput, Failure> {
    let id = PoolId::new(input.user_pool_id.into_inner());
    let read = calling::get_pool(app, &id).await?;
    let users = app.store.count_users(&id).await?;
    let told = wire::pool::told(&read.value, &app.settings.user_pool_arn(&id), users)?;
    Ok(DescribeUserPoolOutput { user_pool: Some(told) })
}
