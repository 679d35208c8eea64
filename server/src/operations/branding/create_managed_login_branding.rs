//! Handles CreateManagedLoginBranding: creates the managed login style of an app client.
//!
//! The rules are in [`lido_domain::flow::branding::styles`].

use lido_cognito_idp::operations::{CreateManagedLoginBrandingInput, CreateManagedLoginBrandingOutput};
use lido_domain::{
    flow::branding::styles,
    id::{ClientId, PoolId, StyleId},
};

use super::{requested_images, stored_style};
use crate::{
    operations::{Failure, RequestContext},
    store::Kind,
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: CreateManagedLoginBrandingInput,
) -> Result<CreateManagedLoginBrandingOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let client_id = ClientId::new(input.client_id.into_inner());
    let style = wire::branding::read_style(input.use_cognito_provided_values, input.settings, input.assets)?;
    let id = StyleId::new(request.app().entropy.uuid()?);
    let created = request
        .transact(async |tx| {
            let (pool, branding, count) =
                tx.get_branding_and_count(&pool_id, &client_id, Kind::Style).await?;
            let stored = stored_style(&pool, &branding, count);
            Ok(styles::create(stored, &client_id, id.clone(), &style, tx.now()))
        })
        .await?;
    let images = requested_images(&style);
    let branding = wire::branding::to_managed_login_branding_type(&pool_id, &created, &images, false)?;
    Ok(CreateManagedLoginBrandingOutput { managed_login_branding: Some(branding) })
}
