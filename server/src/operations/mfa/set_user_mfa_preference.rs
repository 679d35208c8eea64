//! SetUserMFAPreference. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{SetUserMfaPreferenceInput, SetUserMfaPreferenceOutput};

use super::preferring;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: SetUserMfaPreferenceInput,
) -> Result<SetUserMfaPreferenceOutput, Failure> {
    let asked = wire::mfa::preferences(
        input.sms_mfa_settings,
        input.software_token_mfa_settings,
        input.email_mfa_settings,
    );
    preferring::by_token(app, &input.access_token, &asked).await?;
    Ok(SetUserMfaPreferenceOutput {})
}
