//! Handles SetUICustomization: sets or removes the CSS and the logo of classic pages.
//!
//! The rules are in [`lido_domain::flow::branding::customization`].

use lido_cognito_idp::operations::{SetUiCustomizationInput, SetUiCustomizationOutput};
use lido_domain::{flow::branding::customization, id::PoolId};

use super::{customizations, scope};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUiCustomizationInput,
) -> Result<SetUiCustomizationOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let scope = scope(input.client_id);
    let css = input.css.map(|css| css.into_inner());
    let logo = input.image_file.map(|file| file.into_inner().into_inner());
    let set = request
        .transact(async |tx| {
            let (pool, branding) = tx.get_branding(&pool_id, scope.client()).await?;
            let stored = customizations(&pool, &branding);
            Ok(customization::set(&scope, stored, css.as_deref(), logo.as_deref(), tx.now()))
        })
        .await?;
    let pool_url = request.app().pool_url(request.origin(), &pool_id);
    let ui_customization = wire::branding::to_ui_customization_type(&pool_url, &pool_id, set.as_deref())?;
    Ok(SetUiCustomizationOutput { ui_customization })
}
