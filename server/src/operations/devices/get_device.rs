//! Handles GetDevice: returns a device of the user of an access token.

use lido_cognito_idp::operations::{GetDeviceInput, GetDeviceOutput};
use lido_domain::Refusal;

use super::device;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: GetDeviceInput,
) -> Result<GetDeviceOutput, Failure> {
    let token = input.access_token.as_deref().map(String::as_str);
    let user = UserRef::Token(token.ok_or(Refusal::AccessTokenInvalid)?);
    let device = device::get(&request, user, &input.device_key).await?;
    Ok(GetDeviceOutput::new(wire::device::to_device_type(&device)?))
}
