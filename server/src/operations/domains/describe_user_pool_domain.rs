//! Handles DescribeUserPoolDomain: returns a domain of any user pool.
//!
//! The description of a domain that does not exist is empty (*Observed*, oau-0201), also if a pool of another Region has it:
//! the live service has a store for each Region.

use lido_cognito_idp::{
    operations::{DescribeUserPoolDomainInput, DescribeUserPoolDomainOutput},
    types::DomainDescriptionType,
};
use lido_domain::id::{DomainName, PoolId};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeUserPoolDomainInput,
) -> Result<DescribeUserPoolDomainOutput, Failure> {
    let app = request.app();
    let name = DomainName::new(input.domain.into_inner());
    let pool = request.begin().find_pool_by_domain(&name).await?;
    let is_here = |pool: &PoolId| request.region().is_none_or(|region| pool.is_in(region));
    let found = pool.as_ref().filter(|pool| is_here(&pool.pool.id));
    let found = found.and_then(|pool| Some((pool, pool.domains.find(&name)?)));
    let description = match found {
        Some((pool, domain)) => wire::domain::to_domain_description(&app.settings, pool, domain)?,
        None => DomainDescriptionType::default(),
    };
    Ok(DescribeUserPoolDomainOutput { domain_description: Some(description) })
}
