//! AdminForgetDevice.

use super::fixture_with_devices;
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn admin_forget_device_twice_is_refused_the_second_time() {
    let (fixture, keys, _) = fixture_with_devices(1).await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    let forget = || sdk.admin_forget_device().user_pool_id(pool).username("ann").device_key(&keys[0]);
    forget().send().await.expect("forgotten");
    assert_refused!(forget(), is_resource_not_found_exception, UNKNOWN_DEVICE);
    let get = sdk.admin_get_device().user_pool_id(pool).username("ann").device_key(&keys[0]);
    assert_refused!(get, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
