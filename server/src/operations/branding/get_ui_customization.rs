//! Handles GetUICustomization: returns the CSS and the logo of classic pages.
//!
//! The rules are in [`lido_domain::flow::branding::customization`].

use lido_cognito_idp::operations::{GetUiCustomizationInput, GetUiCustomizationOutput};
use lido_domain::{flow::branding::customization, id::PoolId};

use super::{customizations, scope};
use crate::{
    operations::{Failure, RequestContext},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetUiCustomizationInput,
) -> Result<GetUiCustomizationOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let scope = scope(input.client_id);
    let (pool, branding) = request.begin().get_branding(&pool_id, scope.client()).await?;
    let found = customization::get(&scope, customizations(&pool, &branding))?;
    let found = found.map(|found| found.as_ref());
    let pool_url = request.app().pool_url(request.origin(), &pool_id);
    let ui_customization = wire::branding::to_ui_customization_type(&pool_url, &pool_id, found)?;
    Ok(GetUiCustomizationOutput { ui_customization })
}
