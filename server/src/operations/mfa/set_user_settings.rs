//! Handles SetUserSettings: turns SMS as second factor of the user of an access token on or off.
//!
//! The rules are in [`lido_domain::flow::mfa::preference`].

use lido_cognito_idp::operations::{SetUserSettingsInput, SetUserSettingsOutput};

use super::mfa_preference;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: SetUserSettingsInput,
) -> Result<SetUserSettingsOutput, Failure> {
    let asked = wire::mfa::options(&input.mfa_options);
    mfa_preference::set(request, UserRef::Token(&input.access_token), &asked).await?;
    Ok(SetUserSettingsOutput {})
}
