//! Handles DescribeTerms: returns a terms document.
//!
//! The rules are in [`lido_domain::flow::branding::terms`].

use lido_cognito_idp::operations::{DescribeTermsInput, DescribeTermsOutput};
use lido_domain::{
    flow::branding::terms,
    id::{PoolId, TermsId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeTermsInput,
) -> Result<DescribeTermsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = TermsId::new(input.terms_id.into_inner());
    let of_client = request.begin().find_terms_of_client_with(&pool_id, &id).await?;
    let found = terms::get(&id, &of_client)?;
    Ok(DescribeTermsOutput { terms: Some(wire::terms::to_terms_type(&pool_id, found)?) })
}
