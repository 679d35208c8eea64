//! SetUserSettings. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{SetUserSettingsInput, SetUserSettingsOutput};

use super::mfa_preference;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: SetUserSettingsInput,
) -> Result<SetUserSettingsOutput, Failure> {
    let asked = wire::mfa::options(&input.mfa_options);
    mfa_preference::set(app, origin, UserRef::Token(&input.access_token), &asked).await?;
    Ok(SetUserSettingsOutput {})
}
