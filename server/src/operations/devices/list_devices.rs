//! Handles ListDevices: returns a page of the devices of the user of an access token.

use lido_cognito_idp::operations::{ListDevicesInput, ListDevicesOutput};

use super::device;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: ListDevicesInput,
) -> Result<ListDevicesOutput, Failure> {
    let user = UserRef::Token(&input.access_token);
    let limit = input.limit.as_deref().copied();
    let token = input.pagination_token.as_deref().map(String::as_str);
    let (devices, token) = device::list(&request, user, limit, token).await?;
    let devices = devices.iter().map(wire::device::to_device_type).collect::<Result<_, _>>()?;
    let pagination_token = token.map(|token| token.try_into()).transpose()?;
    Ok(ListDevicesOutput { devices: Some(devices), pagination_token })
}
