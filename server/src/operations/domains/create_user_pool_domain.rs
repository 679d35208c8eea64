//! Handles CreateUserPoolDomain: gives a user pool a prefix domain or a custom domain.
//!
//! The rules are in [`lido_domain::flow::domains`].

use lido_cognito_idp::operations::{CreateUserPoolDomainInput, CreateUserPoolDomainOutput};
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
    input: CreateUserPoolDomainInput,
) -> Result<CreateUserPoolDomainOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = DomainName::new(input.domain.into_inner());
    let settings =
        wire::domain::read_settings(input.managed_login_version, input.custom_domain_config, input.routing)?;
    let created = request
        .transact(async |tx| {
            let pool = tx.get_pool(&pool_id).await?;
            let holder = tx.find_domain_holder(&name).await?;
            Ok(domains::create(&pool, holder.as_ref(), name.clone(), settings.clone(), tx.now()))
        })
        .await?;
    let written = wire::domain::to_written_domain(&created)?;
    Ok(CreateUserPoolDomainOutput {
        managed_login_version: written.managed_login_version,
        cloud_front_domain: written.cloud_front_domain,
        routing: written.routing,
    })
}
