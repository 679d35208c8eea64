//! Handles DescribeResourceServer: returns a resource server.

use lido_cognito_idp::operations::{DescribeResourceServerInput, DescribeResourceServerOutput};
use lido_domain::{
    Refusal,
    id::{PoolId, ResourceServerId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeResourceServerInput,
) -> Result<DescribeResourceServerOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = ResourceServerId::new(input.identifier.into_inner());
    let server = request.begin().find_resource_server(&pool_id, &id).await?;
    let server = server.ok_or(Refusal::UnknownResourceServer(id))?;
    let resource_server = wire::resource_server::to_resource_server_type(&pool_id, &server)?;
    Ok(DescribeResourceServerOutput { resource_server })
}
