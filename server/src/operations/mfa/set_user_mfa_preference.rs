//! SetUserMFAPreference. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{SetUserMfaPreferenceInput, SetUserMfaPreferenceOutput};

use super::mfa_preference;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: SetUserMfaPreferenceInput,
) -> Result<SetUserMfaPreferenceOutput, Failure> {
    let asked = wire::mfa::preferences(
        input.sms_mfa_settings,
        input.software_token_mfa_settings,
        input.email_mfa_settings,
    );
    mfa_preference::set(app, origin, UserRef::Token(&input.access_token), &asked).await?;
    Ok(SetUserMfaPreferenceOutput {})
}
