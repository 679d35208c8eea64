//! Handles UpdateUserPoolDomain: changes the sign-in pages, the certificate or the routing of a domain.
//!
//! The rules are in [`lido_domain::flow::domains`].

use lido_cognito_idp::operations::{UpdateUserPoolDomainInput, UpdateUserPoolDomainOutput};
use lido_domain::{
    flow::domains,
    id::{DomainName, PoolId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateUserPoolDomainInput,
) -> Result<UpdateUserPoolDomainOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = DomainName::new(input.domain.into_inner());
    let settings =
        wire::domain::read_settings(input.managed_login_version, input.custom_domain_config, input.routing)?;
    let updated = request
        .transact(async |tx| Ok(domains::update(&*tx.get_pool(&pool_id).await?, &name, settings.clone())))
        .await?;
    let written = wire::domain::to_written_domain(&updated)?;
    Ok(UpdateUserPoolDomainOutput {
        managed_login_version: written.managed_login_version,
        cloud_front_domain: written.cloud_front_domain,
        routing: written.routing,
    })
}
