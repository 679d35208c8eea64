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
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let asked = wire::mfa::options(&input.mfa_options);
    let user = UserRef::Name { pool: &pool, username: &input.username };
    mfa_preference::set(request, user, &asked).await?;
    Ok(AdminSetUserSettingsOutput {})
}
