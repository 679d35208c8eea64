//! The operations on the devices of a user.
//!
//! Each has a form for users and one for administrators, which share [`device`]. The sign-in with a device is in
//! `sign_in`.

pub(super) mod admin_forget_device;
pub(super) mod admin_get_device;
pub(super) mod admin_list_devices;
pub(super) mod admin_update_device_status;
pub(super) mod confirm_device;
mod device;
pub(super) mod forget_device;
pub(super) mod get_device;
pub(super) mod list_devices;
pub(super) mod update_device_status;
