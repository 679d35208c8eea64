//! DescribeUserPool.

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
    let id = PoolId::new(input.user_pool_id.into_inner());
    let found = request.begin().find_pool_and_size(&id).await?;
    let (pool, users) = found.ok_or_else(|| Refusal::UnknownPool(id.clone()))?;
    let told = wire::pool::told(&pool, &app.settings.user_pool_arn(&id), users)?;
    Ok(DescribeUserPoolOutput { user_pool: Some(told) })
}
