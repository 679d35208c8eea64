//! AdminSetUserSettings. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{AdminSetUserSettingsInput, AdminSetUserSettingsOutput};
use lido_domain::id::PoolId;

use super::mfa_preference;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: AdminSetUserSettingsInput,
) -> Result<AdminSetUserSettingsOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let asked = wire::mfa::options(&input.mfa_options);
    let user = UserRef::Name { pool: &pool, username: &input.username };
    mfa_preference::set(app, origin, user, &asked).await?;
    Ok(AdminSetUserSettingsOutput {})
}
