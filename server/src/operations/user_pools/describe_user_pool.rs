//! Handles DescribeUserPool: returns a user pool.

use lido_cognito_idp::operations::{DescribeUserPoolInput, DescribeUserPoolOutput};
use lido_domain::id::PoolId;

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeUserPoolInput,
) -> Result<DescribeUserPoolOutput, Failure> {
    let app = request.app();
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let (pool, users) = request.begin().get_pool_and_size(&pool_id).await?;
    let user_pool = wire::pool::to_user_pool_type(&pool, &app.settings.user_pool_arn(&pool_id), users)?;
    Ok(DescribeUserPoolOutput { user_pool: Some(user_pool) })
}
