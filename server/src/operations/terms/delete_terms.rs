//! Handles DeleteTerms: deletes a terms document.
//!
//! The rules are in [`lido_domain::flow::branding::terms`].

use lido_cognito_idp::operations::{DeleteTermsInput, DeleteTermsOutput};
use lido_domain::{
    flow::branding::terms,
    id::{PoolId, TermsId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteTermsInput,
) -> Result<DeleteTermsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = TermsId::new(input.terms_id.into_inner());
    request
        .transact(async |tx| Ok(terms::delete(&id, &tx.find_terms_of_client_with(&pool_id, &id).await?)))
        .await?;
    Ok(DeleteTermsOutput {})
}
