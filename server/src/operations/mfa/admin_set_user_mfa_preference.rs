//! Handles AdminSetUserMFAPreference: sets which second factors a user has enabled and prefers.
//!
//! The rules are in [`lido_domain::flow::mfa::preference`].

use lido_cognito_idp::operations::{AdminSetUserMfaPreferenceInput, AdminSetUserMfaPreferenceOutput};
use lido_domain::id::PoolId;

use super::mfa_preference;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminSetUserMfaPreferenceInput,
) -> Result<AdminSetUserMfaPreferenceOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.into_inner());
    let preferences = wire::mfa::read_preferences(
        input.sms_mfa_settings,
        input.software_token_mfa_settings,
        input.email_mfa_settings,
    );
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    mfa_preference::set(request, user, &preferences).await?;
    Ok(AdminSetUserMfaPreferenceOutput {})
}
