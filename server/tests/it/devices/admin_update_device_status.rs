//! AdminUpdateDeviceStatus.

use aws_sdk_cognitoidentityprovider::types::DeviceRememberedStatusType;

use super::{fixture_with_devices, status_of};
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn admin_update_device_status_is_returned_by_admin_get_device() {
    let (fixture, keys, _) = fixture_with_devices(1).await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    let update = sdk.admin_update_device_status().user_pool_id(pool).username("ann").device_key(&keys[0]);
    let update = update.device_remembered_status(DeviceRememberedStatusType::NotRemembered);
    update.send().await.expect("updated");
    let get = sdk.admin_get_device().user_pool_id(pool).username("ann").device_key(&keys[0]);
    assert_eq!(status_of(get.send().await.expect("an output").device()), "not_remembered");
}

#[tokio::test]
async fn admin_update_device_status_of_unconfirmed_device_is_refused() {
    let (fixture, _, device) = fixture_with_devices(0).await;
    let update = fixture.server.sdk.admin_update_device_status().user_pool_id(&fixture.ids.pool);
    let update = update.username("ann").device_key(&device.key);
    let update = update.device_remembered_status(DeviceRememberedStatusType::Remembered);
    assert_refused!(update, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
