//! Handles DeleteUserPoolDomain: takes a domain from a user pool.
//!
//! The rules are in [`lido_domain::flow::domains`].

use lido_cognito_idp::operations::{DeleteUserPoolDomainInput, DeleteUserPoolDomainOutput};
use lido_domain::{
    flow::domains,
    id::{DomainName, PoolId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteUserPoolDomainInput,
) -> Result<DeleteUserPoolDomainOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let name = DomainName::new(input.domain.into_inner());
    request.transact(async |tx| Ok(domains::delete(&*tx.get_pool(&pool_id).await?, &name))).await?;
    Ok(DeleteUserPoolDomainOutput {})
}
