//! AdminSetUserMFAPreference. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{AdminSetUserMfaPreferenceInput, AdminSetUserMfaPreferenceOutput};
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
    input: AdminSetUserMfaPreferenceInput,
) -> Result<AdminSetUserMfaPreferenceOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.into_inner());
    let asked = wire::mfa::preferences(
        input.sms_mfa_settings,
        input.software_token_mfa_settings,
        input.email_mfa_settings,
    );
    let user = UserRef::Name { pool: &pool, username: &input.username };
    mfa_preference::set(app, origin, user, &asked).await?;
    Ok(AdminSetUserMfaPreferenceOutput {})
}
