//! AdminSetUserSettings. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{AdminSetUserSettingsInput, AdminSetUserSettingsOutput};
use lido_domain::id::PoolId;

use super::preferring;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminSetUserSettingsInput,
) -> Result<AdminSetUserSettingsOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let asked = wire::mfa::options(&input.mfa_options);
    preferring::by_admin(app, &pool, &input.username, &asked).await?;
    Ok(AdminSetUserSettingsOutput {})
}
