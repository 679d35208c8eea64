//! ForgetDevice. The rules are [`lido_domain::flow::device`]'s.

use lido_cognito_idp::operations::{ForgetDeviceInput, ForgetDeviceOutput};
use lido_domain::flow::device;

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ForgetDeviceInput,
) -> Result<ForgetDeviceOutput, Failure> {
    let owner = Owner::Bearer(input.access_token.as_deref().map(String::as_str));
    owner.change(app, &input.device_key, |device, _| device::forget(device)).await?;
    Ok(ForgetDeviceOutput::default())
}
