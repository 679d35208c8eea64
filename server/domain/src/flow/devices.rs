//! ConfirmDevice, UpdateDeviceStatus, ForgetDevice and their administrator's versions.
//!
//! Order: the pool remembers devices, then the device exists. A device is confirmed only with the key that its own
//! sign-in returned, so that a caller cannot replace the device of another sign-in.

use crate::{
    Change, Refusal, Timestamp, Verdict, id::Sub, pool::devices::DevicePolicy, secret::Sealed,
    user::device::Device,
};

/// A request to confirm a device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceConfirmation<'a> {
    /// DeviceKey of the request.
    pub key: &'a str,
    /// The device key that the sign-in of the access token returned.
    pub issued: Option<&'a str>,
    /// The stored device, if it was confirmed before.
    pub before: Option<&'a Device>,
}

impl DeviceConfirmation<'_> {
    /// Checks that the key is the one that the sign-in returned, and that no device has it yet.
    ///
    /// # Errors
    ///
    /// Refuses with `DeviceNotFound` for another key, and with `DeviceAlreadyConfirmed` for a confirmed device.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.issued != Some(self.key) {
            return Err(Refusal::DeviceNotFound);
        }
        if self.before.is_some() { Err(Refusal::DeviceAlreadyConfirmed) } else { Ok(()) }
    }

    /// Confirms the device. The answer is whether the client must ask the user whether to remember it.
    pub fn confirm(
        &self,
        policy: DevicePolicy,
        of: &Sub,
        name: Option<String>,
        verifier: Sealed,
        now: Timestamp,
    ) -> Verdict<bool> {
        if let Err(refusal) = self.check() {
            return Verdict::refuse(refusal);
        }
        let device = Device {
            key: self.key.to_owned(),
            of: of.clone(),
            name,
            verifier,
            remembered: !policy.only_on_prompt,
            created_at: now,
            modified_at: now,
            authenticated_at: now,
        };
        Verdict { remember: vec![Change::PutDevice(Box::new(device))], answer: Ok(policy.only_on_prompt) }
    }
}

/// Sets whether a device is remembered.
pub fn set_remembered(device: Option<&Device>, remembered: bool, now: Timestamp) -> Verdict<()> {
    let Some(device) = device else { return Verdict::refuse(Refusal::DeviceNotFound) };
    let device = Device { remembered, modified_at: now, ..device.clone() };
    Verdict { remember: vec![Change::PutDevice(Box::new(device))], answer: Ok(()) }
}

/// Deletes a device.
pub fn forget(device: Option<&Device>) -> Verdict<()> {
    let Some(device) = device else { return Verdict::refuse(Refusal::DeviceNotFound) };
    let gone = Change::RemoveDevice { of: device.of.clone(), key: device.key.clone() };
    Verdict { remember: vec![gone], answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(9);

    #[test]
    fn confirm_device_with_foreign_or_used_key_is_refused() {
        let policy = |only_on_prompt| DevicePolicy { only_on_prompt, ..DevicePolicy::default() };
        let confirm = |confirming: DeviceConfirmation<'_>, policy| {
            confirming.confirm(policy, &Sub::new("ann"), None, Sealed::from_text("v"), NOW)
        };
        let own = DeviceConfirmation { key: "k", issued: Some("k"), before: None };
        for only_on_prompt in [false, true] {
            let verdict = confirm(own, policy(only_on_prompt));
            let [Change::PutDevice(device)] = verdict.remember.as_slice() else { panic!("no device") };
            assert_eq!((device.remembered, verdict.answer), (!only_on_prompt, Ok(only_on_prompt)));
            let again = DeviceConfirmation { before: Some(device), ..own };
            assert_eq!(confirm(again, policy(false)).answer, Err(Refusal::DeviceAlreadyConfirmed));
            assert!(set_remembered(Some(device), false, NOW).answer.is_ok());
            assert!(matches!(forget(Some(device)).remember.as_slice(), [Change::RemoveDevice { .. }]));
        }
        for issued in [None, Some("other")] {
            let foreign = DeviceConfirmation { issued, ..own };
            assert_eq!(confirm(foreign, policy(false)).answer, Err(Refusal::DeviceNotFound));
        }
        assert_eq!(set_remembered(None, true, NOW).answer, Err(Refusal::DeviceNotFound));
        assert_eq!(forget(None).answer, Err(Refusal::DeviceNotFound));
    }
}
