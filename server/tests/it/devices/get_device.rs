//! GetDevice.

use super::{fixture_with_devices, status_of};
use crate::support::{assert_refused, devices::UNKNOWN_DEVICE};

#[tokio::test]
async fn get_device_returns_a_confirmed_device() {
    let (fixture, keys, device) = fixture_with_devices(1).await;
    let get = fixture.server.sdk.get_device().access_token(&device.token).device_key(&keys[0]);
    let output = get.send().await.expect("an output");
    assert_eq!(status_of(output.device()), "remembered");
    assert!(output.device().is_some_and(|device| device.device_create_date().is_some()));
}

#[tokio::test]
async fn get_device_without_token_is_refused() {
    let (fixture, keys, _) = fixture_with_devices(1).await;
    let without = fixture.server.sdk.get_device().device_key(&keys[0]);
    assert_refused!(without, is_not_authorized_exception, "Invalid Access Token");
}

#[tokio::test]
async fn get_device_of_unconfirmed_device_is_refused() {
    let (fixture, _, device) = fixture_with_devices(0).await;
    let get = fixture.server.sdk.get_device().access_token(&device.token).device_key(&device.key);
    assert_refused!(get, is_resource_not_found_exception, UNKNOWN_DEVICE);
}
