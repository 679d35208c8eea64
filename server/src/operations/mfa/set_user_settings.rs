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
    let preferences = wire::mfa::read_options(&input.mfa_options);
    let user = UserRef::Token(&input.access_token);
    mfa_preference::set(request, user, &preferences).await?;
    Ok(SetUserSettingsOutput {})
}
