//! Operations on the devices of a user, by the user and by administrators.

mod admin_forget_device;
mod admin_get_device;
mod admin_list_devices;
mod admin_update_device_status;
mod confirm_device;
mod forget_device;
mod get_device;
mod list_devices;
mod update_device_status;

use aws_sdk_cognitoidentityprovider::types::DeviceType;

use crate::support::{devices::Device, sign_in::SignInFixture};

const DEVICES_OFF: &str = "Device tracking is not configured for the user pool.";

/// Starts a server whose user has `count` confirmed devices; returns the fixture, the keys of these devices in order, and
/// a device that is not confirmed.
async fn fixture_with_devices(count: usize) -> (SignInFixture, Vec<String>, Device) {
    let fixture = SignInFixture::new().await;
    fixture.enable_device_tracking(true, false).await;
    let mut keys = Vec::new();
    for _ in 0..count {
        let device = fixture.sign_in_on_new_device().await;
        fixture.confirm_device(&device).send().await.expect("confirmed");
        keys.push(device.key);
    }
    keys.sort();
    let device = fixture.sign_in_on_new_device().await;
    (fixture, keys, device)
}

/// Returns the attribute `dev:device_remembered_status` of a device.
fn status_of(device: Option<&DeviceType>) -> String {
    let attributes = device.expect("a device").device_attributes().to_vec();
    let found = attributes.into_iter().find(|one| one.name() == "dev:device_remembered_status");
    found.and_then(|one| one.value).expect("a status")
}
