//! Handles DescribeTermsByClient: returns a terms document of an app client by its name.
//!
//! The rules are in [`lido_domain::flow::branding::terms`].

use lido_cognito_idp::operations::{DescribeTermsByClientInput, DescribeTermsByClientOutput};
use lido_domain::{
    flow::branding::terms,
    id::{ClientId, PoolId},
};

use super::stored_terms;
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeTermsByClientInput,
) -> Result<DescribeTermsByClientOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let name = wire::terms::read_name(&input.terms_name)?;
    let (pool, branding) = request.begin().get_branding(&pool_id, Some(&client_id)).await?;
    let found = terms::get_of_client(stored_terms(&pool, &branding, 0), &client_id, name)?;
    Ok(DescribeTermsByClientOutput { terms: Some(wire::terms::to_terms_type(&pool_id, found)?) })
}
