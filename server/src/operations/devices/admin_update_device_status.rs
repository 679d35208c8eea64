//! AdminUpdateDeviceStatus. The rules are [`lido_domain::flow::devices`]'s.
//! *Chosen*: what says nothing of a status leaves the device remembered no longer.

use lido_cognito_idp::{
    operations::{AdminUpdateDeviceStatusInput, AdminUpdateDeviceStatusOutput},
    types::DeviceRememberedStatusType,
};
use lido_domain::{flow::devices, id::PoolId};

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: AdminUpdateDeviceStatusInput,
) -> Result<AdminUpdateDeviceStatusOutput, Failure> {
    let pool = PoolId::new(input.user_pool_id.as_str());
    let owner = Owner::Named { pool: &pool, username: &input.username };
    let remembered = input.device_remembered_status == Some(DeviceRememberedStatusType::Remembered);
    owner
        .change(app, &input.device_key, |device, now| devices::set_remembered(device, remembered, now))
        .await?;
    Ok(AdminUpdateDeviceStatusOutput::default())
}
