//! Handles AdminSetUserSettings: turns SMS as second factor of a user on or off.
//!
//! The rules are in [`lido_domain::flow::mfa::preference`].

use lido_cognito_idp::operations::{AdminSetUserSettingsInput, AdminSetUserSettingsOutput};
use lido_domain::id::PoolId;

use super::mfa_preference;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminSetUserSettingsInput,
) -> Result<AdminSetUserSettingsOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let preferences = wire::mfa::read_options(&input.mfa_options);
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    mfa_preference::set(request, user, &preferences).await?;
    Ok(AdminSetUserSettingsOutput {})
}
