//! Handles DescribeUserPool: returns a user pool.

use lido_cognito_idp::operations::{DescribeUserPoolInput, DescribeUserPoolOutput};
use lido_domain::{Refusal, id::PoolId};

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
    let found = request.begin().find_pool_and_size(&pool_id).await?;
    let (pool, users) = found.ok_or_else(|| Refusal::UnknownPool(pool_id.clone()))?;
    let user_pool = wire::pool::to_user_pool_type(&pool, &app.settings.user_pool_arn(&pool_id), users)?;
    Ok(DescribeUserPoolOutput { user_pool: Some(user_pool) })
}
