//! Handles AdminListDevices: returns a page of the devices of a user.

use lido_cognito_idp::operations::{AdminListDevicesInput, AdminListDevicesOutput};
use lido_domain::id::PoolId;

use super::device;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminListDevicesInput,
) -> Result<AdminListDevicesOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    let limit = input.limit.as_deref().copied();
    let token = input.pagination_token.as_deref().map(String::as_str);
    let (devices, token) = device::list(&request, user, limit, token).await?;
    let devices = devices.iter().map(wire::device::to_device_type).collect::<Result<_, _>>()?;
    let pagination_token = token.map(|token| token.try_into()).transpose()?;
    Ok(AdminListDevicesOutput { devices: Some(devices), pagination_token })
}
