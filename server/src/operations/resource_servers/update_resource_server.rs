//! Handles UpdateResourceServer: replaces the name and the scopes of a resource server.
//!
//! The rules are in [`lido_domain::flow::resource_servers`].

use lido_cognito_idp::operations::{UpdateResourceServerInput, UpdateResourceServerOutput};
use lido_domain::{flow::resource_servers, id::PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateResourceServerInput,
) -> Result<UpdateResourceServerOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let server = wire::resource_server::read(input.identifier, input.name, input.scopes);
    let server = request
        .transact(async |tx| {
            let existing = tx.find_resource_server(&pool_id, &server.id).await?;
            Ok(resource_servers::update(existing.as_ref(), server.clone()))
        })
        .await?;
    let resource_server = wire::resource_server::to_resource_server_type(&pool_id, &server)?;
    Ok(UpdateResourceServerOutput { resource_server })
}
