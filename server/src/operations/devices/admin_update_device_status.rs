//! Handles AdminUpdateDeviceStatus: sets whether a device of a user is remembered.
//!
//! The rules are in [`lido_domain::flow::devices`].
//! *Chosen*: a request without a status means `not_remembered`.

use lido_cognito_idp::{
    operations::{AdminUpdateDeviceStatusInput, AdminUpdateDeviceStatusOutput},
    types::DeviceRememberedStatusType,
};
use lido_domain::{flow::devices as rule, id::PoolId};

use super::device;
use crate::operations::{Failure, RequestContext, transact::UserRef};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: AdminUpdateDeviceStatusInput,
) -> Result<AdminUpdateDeviceStatusOutput, Failure> {
    let pool_id = PoolId::new(input.user_pool_id.as_str());
    let user = UserRef::Name { pool: &pool_id, username: &input.username };
    let remembered = input.device_remembered_status == Some(DeviceRememberedStatusType::Remembered);
    device::change(request, user, &input.device_key, |device, now| {
        rule::set_remembered(device, remembered, now)
    })
    .await?;
    Ok(AdminUpdateDeviceStatusOutput::default())
}
