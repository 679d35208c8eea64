//! UpdateDeviceStatus.

use aws_sdk_cognitoidentityprovider::types::DeviceRememberedStatusType;

use super::{fixture_with_devices, status_of};
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn update_device_status_is_returned_by_get_device() {
    let (fixture, keys, device) = fixture_with_devices(1).await;
    let sdk = &fixture.server.sdk;
    for (status, expected) in [
        (DeviceRememberedStatusType::NotRemembered, "not_remembered"),
        (DeviceRememberedStatusType::Remembered, "remembered"),
    ] {
        let update = sdk.update_device_status().access_token(&device.token).device_key(&keys[0]);
        update.device_remembered_status(status).send().await.expect("updated");
        let get = sdk.get_device().access_token(&device.token).device_key(&keys[0]);
        assert_eq!(status_of(get.send().await.expect("an output").device()), expected);
    }
}

#[tokio::test]
async fn update_device_status_of_unconfirmed_device_is_refused() {
    let (fixture, _, device) = fixture_with_devices(0).await;
    let update = fixture.server.sdk.update_device_status().access_token(&device.token);
    let update =
        update.device_key(&device.key).device_remembered_status(DeviceRememberedStatusType::Remembered);
    assert_refused!(update, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
