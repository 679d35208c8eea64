//! GetDevice.

use lido_cognito_idp::operations::{GetDeviceInput, GetDeviceOutput};
use lido_domain::Refusal;

use super::device;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetDeviceInput,
) -> Result<GetDeviceOutput, Failure> {
    let token = input.access_token.as_deref().map(String::as_str);
    let user = UserRef::Token(token.ok_or(Refusal::AccessTokenInvalid)?);
    let found = device::get(app, user, &input.device_key).await?;
    Ok(GetDeviceOutput::new(wire::device::told(&found)?))
}
