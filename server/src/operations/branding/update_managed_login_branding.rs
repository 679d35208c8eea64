//! Handles UpdateManagedLoginBranding: replaces the settings or the images of a managed login style.
//!
//! The rules are in [`lido_domain::flow::branding::styles`].

use lido_cognito_idp::operations::{UpdateManagedLoginBrandingInput, UpdateManagedLoginBrandingOutput};
use lido_domain::{
    flow::branding::styles,
    id::{PoolId, StyleId},
    refusal::{BrandingFault, Refusal},
};

use super::requested_images;
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateManagedLoginBrandingInput,
) -> Result<UpdateManagedLoginBrandingOutput, Failure> {
    let unnamed = || Refusal::from(BrandingFault::StyleNotNamed);
    let pool_id = PoolId::new(input.user_pool_id.ok_or_else(unnamed)?.into_inner());
    let id = StyleId::new(input.managed_login_branding_id.ok_or_else(unnamed)?.into_inner());
    let style = wire::branding::read_style(input.use_cognito_provided_values, input.settings, input.assets)?;
    let updated = request
        .transact(async |tx| {
            let found = tx.find_style(&pool_id, &id).await?;
            Ok(styles::update(found.as_ref(), &style, tx.now()))
        })
        .await?;
    let images = match &style.assets {
        Some(_) => requested_images(&style),
        None => request.begin().list_assets(&pool_id, &updated.asset_owner()).await?,
    };
    let branding = wire::branding::to_managed_login_branding_type(&pool_id, &updated, &images, false)?;
    Ok(UpdateManagedLoginBrandingOutput { managed_login_branding: Some(branding) })
}
