//! ListDevices.

use lido_cognito_idp::operations::{ListDevicesInput, ListDevicesOutput};

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
    wire,
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: ListDevicesInput,
) -> Result<ListDevicesOutput, Failure> {
    let owner = Owner::Bearer(Some(&input.access_token));
    let limit = input.limit.as_deref().copied();
    let token = input.pagination_token.as_deref().map(String::as_str);
    let (devices, token) = owner.list(app, limit, token).await?;
    let devices = devices.iter().map(wire::device::told).collect::<Result<_, _>>()?;
    let pagination_token = token.map(|token| token.try_into()).transpose()?;
    Ok(ListDevicesOutput { devices: Some(devices), pagination_token })
}
