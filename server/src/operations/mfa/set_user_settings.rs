//! SetUserSettings. The rules are [`lido_domain::flow::mfa::preference`]'s.

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
