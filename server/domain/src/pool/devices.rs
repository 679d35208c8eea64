//! What a pool says of devices: whether they are remembered, and what for.
//!
//! A remembered device is a [`crate::user::device::Device`].

use serde::Deserialize;

use crate::{pool::Pool, refusal::Refusal};

/// DeviceConfiguration; a pool that has none remembers no device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DevicePolicy {
    /// ChallengeRequiredOnNewDevice: a remembered device stands for a second factor (*Documented*).
    #[serde(rename = "ChallengeRequiredOnNewDevice")]
    pub replaces_mfa: bool,
    /// DeviceOnlyRememberedOnUserPrompt: a confirmed device is remembered once the user says so.
    #[serde(rename = "DeviceOnlyRememberedOnUserPrompt")]
    pub only_on_prompt: bool,
}

impl Pool {
    /// What the pool says of devices, or a refusal where it remembers none.
    pub fn get_device_policy(&self) -> Result<DevicePolicy, Refusal> {
        self.devices.ok_or(Refusal::DevicesNotRemembered)
    }
}
