//! Handles AdminForgetDevice: deletes a device of a user.
//!
//! The rules are in [`lido_domain::flow::devices`].

use lido_cognito_idp::operations::{AdminForgetDeviceInput, AdminForgetDeviceOutput};
use lido_domain::{flow::devices as rule, id::PoolId};

use super::device;
use crate::operations::{Failure, RequestContext, transact::UserRef};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminForgetDeviceInput,
) -> Result<AdminForgetDeviceOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    device::change(request, user, &input.device_key, |device, _| rule::forget(device)).await?;
    Ok(AdminForgetDeviceOutput::default())
}
