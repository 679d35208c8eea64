//! Handles CreateResourceServer: creates a resource server with custom scopes.
//!
//! The rules are in [`lido_domain::flow::resource_servers`].

use lido_cognito_idp::operations::{CreateResourceServerInput, CreateResourceServerOutput};
use lido_domain::{flow::resource_servers, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateResourceServerInput,
) -> Result<CreateResourceServerOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let server = wire::resource_server::read(input.identifier, input.name, input.scopes);
    let server = request
        .transact(async |tx| {
            let (pool, existing, count) = tx.get_pool_and_resource_servers(&pool_id, &server.id).await?;
            Ok(resource_servers::create(&pool, existing.as_ref(), count, server.clone()))
        })
        .await?;
    let resource_server = wire::resource_server::to_resource_server_type(&pool_id, &server)?;
    Ok(CreateResourceServerOutput { resource_server })
}
