//! The device settings of a pool (`DeviceConfiguration`).
//!
//! The devices of a user are in [`crate::user::device`].

use serde::Deserialize;

use crate::{pool::Pool, refusal::Refusal};

/// `DeviceConfiguration`. A pool without it does not remember devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DevicePolicy {
    /// `ChallengeRequiredOnNewDevice`: a remembered device replaces the second factor (*Documented*).
    #[serde(rename = "ChallengeRequiredOnNewDevice")]
    pub replaces_mfa: bool,
    /// `DeviceOnlyRememberedOnUserPrompt`: a confirmed device is remembered only after the user agrees.
    #[serde(rename = "DeviceOnlyRememberedOnUserPrompt")]
    pub only_on_prompt: bool,
}

impl Pool {
    /// Returns the device settings.
    ///
    /// # Errors
    ///
    /// [`Refusal::DevicesNotRemembered`] if the pool does not remember devices.
    pub fn get_device_policy(&self) -> Result<DevicePolicy, Refusal> {
        self.devices.ok_or(Refusal::DevicesNotRemembered)
    }
}
