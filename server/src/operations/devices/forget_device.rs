//! ForgetDevice. The rules are [`lido_domain::flow::devices`]'s.

use lido_cognito_idp::operations::{ForgetDeviceInput, ForgetDeviceOutput};
use lido_domain::{Refusal, flow::devices as rule};

use super::device;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
};

pub(in crate::operations) async fn handle(
    app: &App,
    origin: &Origin,
    input: ForgetDeviceInput,
) -> Result<ForgetDeviceOutput, Failure> {
    let token = input.access_token.as_deref().map(String::as_str);
    let user = UserRef::Token(token.ok_or(Refusal::AccessTokenInvalid)?);
    device::change(app, origin, user, &input.device_key, |device, _| rule::forget(device)).await?;
    Ok(ForgetDeviceOutput::default())
}
