//! ForgetDevice.

use super::fixture_with_devices;
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn forget_device_twice_is_refused_the_second_time() {
    let (fixture, keys, device) = fixture_with_devices(1).await;
    let sdk = &fixture.server.sdk;
    let forget = || sdk.forget_device().access_token(&device.token).device_key(&keys[0]);
    forget().send().await.expect("forgotten");
    assert_refused!(forget(), is_resource_not_found_exception, UNKNOWN_DEVICE);
    let get = sdk.get_device().access_token(&device.token).device_key(&keys[0]);
    assert_refused!(get, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
