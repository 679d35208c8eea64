//! AdminGetDevice.

use super::{fixture_with_devices, status_of};
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn admin_get_device_returns_confirmed_devices_only() {
    let (fixture, keys, device) = fixture_with_devices(1).await;
    let get = |key: &str| {
        let call = fixture.server.sdk.admin_get_device().user_pool_id(&fixture.ids.pool);
        call.username("ann").device_key(key)
    };
    assert_eq!(status_of(get(&keys[0]).send().await.expect("an output").device()), "remembered");
    assert_refused!(get(&device.key), is_resource_not_found_exception, UNKNOWN_DEVICE);
}
