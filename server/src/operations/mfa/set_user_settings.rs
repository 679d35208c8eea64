//! SetUserSettings. The rules are [`lido_domain::flow::mfa::preference`]'s.

use lido_cognito_idp::operations::{SetUserSettingsInput, SetUserSettingsOutput};

use super::preferring;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: SetUserSettingsInput,
) -> Result<SetUserSettingsOutput, Failure> {
    let asked = wire::mfa::options(&input.mfa_options);
    preferring::by_token(app, &input.access_token, &asked).await?;
    Ok(SetUserSettingsOutput {})
}
