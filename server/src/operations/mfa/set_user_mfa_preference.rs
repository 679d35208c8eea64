//! Handles SetUserMFAPreference: sets which second factors the user of an access token has enabled and prefers.
//!
//! The rules are in [`lido_domain::flow::mfa::preference`].

use lido_cognito_idp::operations::{SetUserMfaPreferenceInput, SetUserMfaPreferenceOutput};

use super::mfa_preference;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUserMfaPreferenceInput,
) -> Result<SetUserMfaPreferenceOutput, Failure> {
    let preferences = wire::mfa::read_preferences(
        input.sms_mfa_settings,
        input.software_token_mfa_settings,
        input.email_mfa_settings,
    );
    let user = UserRef::Token(&input.access_token);
    mfa_preference::set(request, user, &preferences).await?;
    Ok(SetUserMfaPreferenceOutput {})
}
