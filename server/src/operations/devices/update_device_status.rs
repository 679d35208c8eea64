//! UpdateDeviceStatus. The rules are [`lido_domain::flow::devices`]'s.
//! *Chosen*: what says nothing of a status leaves the device remembered no longer.

use lido_cognito_idp::{
    operations::{UpdateDeviceStatusInput, UpdateDeviceStatusOutput},
    types::DeviceRememberedStatusType,
};
use lido_domain::flow::devices;

use super::owner::Owner;
use crate::{
    app::App,
    operations::{Origin, failure::Failure},
};

pub(in crate::operations) async fn handle(
    app: &App,
    _: &Origin,
    input: UpdateDeviceStatusInput,
) -> Result<UpdateDeviceStatusOutput, Failure> {
    let owner = Owner::Bearer(Some(&input.access_token));
    let remembered = input.device_remembered_status == Some(DeviceRememberedStatusType::Remembered);
    owner
        .change(app, &input.device_key, |device, now| devices::set_remembered(device, remembered, now))
        .await?;
    Ok(UpdateDeviceStatusOutput::default())
}
