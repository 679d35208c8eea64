//! Handles DescribeManagedLoginBranding: returns a managed login style.

use lido_cognito_idp::operations::{DescribeManagedLoginBrandingInput, DescribeManagedLoginBrandingOutput};
use lido_domain::{
    id::{PoolId, StyleId},
    refusal::{BrandingFault, Refusal},
};

use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeManagedLoginBrandingInput,
) -> Result<DescribeManagedLoginBrandingOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let id = StyleId::new(input.managed_login_branding_id.into_inner());
    let tx = request.begin();
    let style = tx.find_style(&pool_id, &id).await?;
    let style = style.ok_or_else(|| Refusal::from(BrandingFault::UnknownStyle))?;
    let images = tx.list_assets(&pool_id, &style.asset_owner()).await?;
    let is_merged = input.return_merged_resources == Some(true);
    let branding = wire::branding::to_managed_login_branding_type(&pool_id, &style, &images, is_merged)?;
    Ok(DescribeManagedLoginBrandingOutput { managed_login_branding: Some(branding) })
}
