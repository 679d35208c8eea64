//! AdminListDevices.

use super::{DEVICES_OFF, fixture_with_devices};
use crate::support::{assert_refused, sign_in::SignInFixture};

#[tokio::test]
async fn admin_list_devices_returns_confirmed_devices() {
    let (fixture, keys, _) = fixture_with_devices(3).await;
    let list = fixture.server.sdk.admin_list_devices().user_pool_id(&fixture.ids.pool).username("ann");
    let listed = list.send().await.expect("listed");
    assert_eq!(listed.devices().iter().filter_map(|one| one.device_key()).collect::<Vec<_>>(), keys);
}

#[tokio::test]
async fn admin_list_devices_in_pool_without_device_tracking_is_refused() {
    let fixture = SignInFixture::new().await;
    let list = fixture.server.sdk.admin_list_devices().user_pool_id(&fixture.ids.pool).username("ann");
    assert_refused!(list, is_invalid_user_pool_configuration_exception, DEVICES_OFF);
}

#[tokio::test]
async fn admin_list_devices_of_unknown_user_is_refused() {
    let (fixture, ..) = fixture_with_devices(0).await;
    let list = fixture.server.sdk.admin_list_devices().user_pool_id(&fixture.ids.pool).username("unknown");
    assert_refused!(list, is_resource_not_found_exception, "User does not exist.");
}
