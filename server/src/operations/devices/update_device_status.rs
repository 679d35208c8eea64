//! Handles UpdateDeviceStatus: sets whether a device of the user of an access token is remembered.
//!
//! The rules are in [`lido_domain::flow::devices`].
//! *Chosen*: a request without a status means `not_remembered`.

use lido_cognito_idp::{
    operations::{UpdateDeviceStatusInput, UpdateDeviceStatusOutput},
    types::DeviceRememberedStatusType,
};
use lido_domain::flow::devices as rule;

use super::device;
use crate::operations::{Failure, RequestContext, transact::UserRef};

pub(crate) async fn handle(
    request: RequestContext<'_>,
    input: UpdateDeviceStatusInput,
) -> Result<UpdateDeviceStatusOutput, Failure> {
    let user = UserRef::Token(&input.access_token);
    let remembered = input.device_remembered_status == Some(DeviceRememberedStatusType::Remembered);
    device::change(request, user, &input.device_key, |device, now| {
        rule::set_remembered(device, remembered, now)
    })
    .await?;
    Ok(UpdateDeviceStatusOutput::default())
}
