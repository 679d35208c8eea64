//! Handles CreateTerms: creates a terms document of an app client.
//!
//! The rules are in [`lido_domain::flow::branding::terms`].

use lido_cognito_idp::operations::{CreateTermsInput, CreateTermsOutput};
use lido_domain::{
    flow::branding::terms,
    id::{ClientId, PoolId, TermsId},
};

use super::stored_terms;
use crate::{
    operations::{Failure, RequestContext},
    store::Kind,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateTermsInput,
) -> Result<CreateTermsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let name = wire::terms::read_name(&input.terms_name)?;
    let links = input.links.map(wire::terms::read_links).unwrap_or_default();
    let id = TermsId::new(request.app().entropy.uuid()?);
    let created = request
        .transact(async |tx| {
            let (pool, branding, count) =
                tx.get_branding_and_count(&pool_id, &client_id, Kind::Terms).await?;
            let stored = stored_terms(&pool, &branding, count);
            Ok(terms::create(stored, &client_id, id.clone(), name, links.clone(), tx.now()))
        })
        .await?;
    Ok(CreateTermsOutput { terms: Some(wire::terms::to_terms_type(&pool_id, &created)?) })
}
