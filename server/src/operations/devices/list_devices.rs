//! ListDevices.

use lido_cognito_idp::operations::{ListDevicesInput, ListDevicesOutput};

use super::device;
use crate::{
    app::App,
    operations::{Origin, failure::Failure, transact::UserRef},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListDevicesInput,
) -> Result<ListDevicesOutput, Failure> {
    let user = UserRef::Token(&input.access_token);
    let limit = input.limit.as_deref().copied();
    let token = input.pagination_token.as_deref().map(String::as_str);
    let (devices, token) = device::list(app, user, limit, token).await?;
    let devices = devices.iter().map(wire::device::told).collect::<Result<_, _>>()?;
    let pagination_token = token.map(|token| token.try_into()).transpose()?;
    Ok(ListDevicesOutput { devices: Some(devices), pagination_token })
}
