//! Handles DescribeManagedLoginBrandingByClient: returns the managed login style of an app client.
//!
//! The rules are in [`lido_domain::flow::branding::styles`].

use lido_cognito_idp::operations::{
    DescribeManagedLoginBrandingByClientInput, DescribeManagedLoginBrandingByClientOutput,
};
use lido_domain::{
    flow::branding::styles,
    id::{ClientId, PoolId},
};

use super::stored_style;
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: DescribeManagedLoginBrandingByClientInput,
) -> Result<DescribeManagedLoginBrandingByClientOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let tx = request.begin();
    let (pool, branding) = tx.get_branding(&pool_id, Some(&client_id)).await?;
    let style = styles::get_of_client(stored_style(&pool, &branding, 0), &client_id)?;
    let images = tx.list_assets(&pool_id, &style.asset_owner()).await?;
    let is_merged = input.return_merged_resources == Some(true);
    let branding = wire::branding::to_managed_login_branding_type(&pool_id, style, &images, is_merged)?;
    Ok(DescribeManagedLoginBrandingByClientOutput { managed_login_branding: Some(branding) })
}
