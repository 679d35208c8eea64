//! Handles ForgetDevice: deletes a device of the user of an access token.
//!
//! The rules are in [`lido_domain::flow::devices`].

use lido_cognito_idp::operations::{ForgetDeviceInput, ForgetDeviceOutput};
use lido_domain::{Refusal, flow::devices as rule};

use super::device;
use crate::operations::{Failure, RequestContext, transact::UserRef};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ForgetDeviceInput,
) -> Result<ForgetDeviceOutput, Failure> {
    let token = input.access_token.as_deref().map(String::as_str);
    let user = UserRef::Token(token.ok_or(Refusal::AccessTokenInvalid)?);
    device::change(request, user, &input.device_key, |device, _| rule::forget(device)).await?;
    Ok(ForgetDeviceOutput::default())
}
