//! Handles AdminGetDevice: returns a device of a user.

use lido_cognito_idp::operations::{AdminGetDeviceInput, AdminGetDeviceOutput};
use lido_domain::id::PoolId;

use super::device;
use crate::{
    operations::{Failure, RequestContext, transact::UserRef},
    wire,
};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminGetDeviceInput,
) -> Result<AdminGetDeviceOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    let device = device::get(&request, user, &input.device_key).await?;
    Ok(AdminGetDeviceOutput::new(wire::device::to_device_type(&device)?))
}
