//! Devices that pools remember: confirmed, told, remembered or not, forgotten.
//!
//! Users and administrators do the same by twins, which share [`owner`]. How a device signs in is `sign_in`'s matter.

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
