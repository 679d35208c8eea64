//! Handles DeleteManagedLoginBranding: deletes a managed login style with its images.
//!
//! The rules are in [`lido_domain::flow::branding::styles`].

use lido_cognito_idp::operations::{DeleteManagedLoginBrandingInput, DeleteManagedLoginBrandingOutput};
use lido_domain::{
    flow::branding::styles,
    id::{PoolId, StyleId},
};

use crate::operations::{Failure, RequestContext};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DeleteManagedLoginBrandingInput,
) -> Result<DeleteManagedLoginBrandingOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = StyleId::new(input.managed_login_branding_id.into_inner());
    request.transact(async |tx| Ok(styles::delete(tx.find_style(&pool_id, &id).await?.as_ref()))).await?;
    Ok(DeleteManagedLoginBrandingOutput {})
}
