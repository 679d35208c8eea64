//! ForgetDevice. The rules are [`lido_domain::flow::devices`]'s.

use lido_cognito_idp::operations::{ForgetDeviceInput, ForgetDeviceOutput};
use lido_domain::flow::devices;

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
    owner.change(app, &input.device_key, |device, _| devices::forget(device)).await?;
    Ok(ForgetDeviceOutput::default())
}
