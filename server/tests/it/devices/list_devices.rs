//! ListDevices.

use super::{DEVICES_OFF, fixture_with_devices};
use crate::support::{assert_refused, sign_in::SignInFixture};

#[tokio::test]
async fn list_devices_pages_through_confirmed_devices() {
    let (fixture, keys, device) = fixture_with_devices(3).await;
    let list = || fixture.server.sdk.list_devices().access_token(&device.token);
    let first = list().limit(2).send().await.expect("listed");
    let second = list().limit(2).pagination_token(first.pagination_token().expect("more")).send().await;
    let second = second.expect("listed");
    assert_eq!(second.pagination_token, None);
    let listed: Vec<_> =
        first.devices().iter().chain(second.devices()).filter_map(|one| one.device_key()).collect();
    assert_eq!(listed, keys, "the unconfirmed device is not listed");
}

#[tokio::test]
async fn list_devices_in_pool_without_device_tracking_is_refused() {
    let fixture = SignInFixture::new().await;
    let list = fixture.server.sdk.list_devices().access_token(fixture.access_token().await);
    assert_refused!(list, is_invalid_user_pool_configuration_exception, DEVICES_OFF);
}
