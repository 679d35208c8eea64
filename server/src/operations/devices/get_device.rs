//! GetDevice.

use lido_cognito_idp::operations::{GetDeviceInput, GetDeviceOutput};

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: GetDeviceInput,
) -> Result<GetDeviceOutput, Failure> {
    let owner = Owner::Bearer(input.access_token.as_deref().map(String::as_str));
    let device = owner.get(app, &input.device_key).await?;
    Ok(GetDeviceOutput::new(wire::device::told(&device)?))
}
