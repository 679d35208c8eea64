//! Handles UpdateTerms: changes the name or the links of a terms document.
//!
//! The rules are in [`lido_domain::flow::branding::terms`].

use lido_cognito_idp::operations::{UpdateTermsInput, UpdateTermsOutput};
use lido_domain::{
    flow::branding::terms::{self, TermsUpdate},
    id::{PoolId, TermsId},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateTermsInput,
) -> Result<UpdateTermsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = TermsId::new(input.terms_id.into_inner());
    let update = TermsUpdate {
        name: input.terms_name.as_ref().map(wire::terms::read_name).transpose()?,
        links: input.links.map(wire::terms::read_links),
    };
    let updated = request
        .transact(async |tx| {
            let of_client = tx.find_terms_of_client_with(&pool_id, &id).await?;
            Ok(terms::update(&id, &of_client, update.clone(), tx.now()))
        })
        .await?;
    Ok(UpdateTermsOutput { terms: Some(wire::terms::to_terms_type(&pool_id, &updated)?) })
}
