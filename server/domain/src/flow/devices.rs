//! Devices of a user who is signed in, or whom an administrator names: confirmed, told, remembered or not, forgotten.
//!
//! Order: the pool remembers devices, and the device is there. A device is confirmed by the key that its own sign-in was
//! given and no other, so that nobody puts a device of theirs in another's place.

use crate::{
    Change, Refusal, Timestamp, Verdict, id::Sub, pool::devices::DevicePolicy, secret::Sealed,
    user::device::Device,
};

/// A device that is to be confirmed.
#[derive(Clone, Copy, Debug)]
pub struct Confirming<'a> {
    /// Its key as sent.
    pub key: &'a str,
    /// The key that the sign-in was given which the token stems from.
    pub issued: Option<&'a str>,
    /// The device, if it was confirmed before.
    pub before: Option<&'a Device>,
}

impl Confirming<'_> {
    /// Refuses a key that is not the sign-in's own, or has a device.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.issued != Some(self.key) {
            return Err(Refusal::DeviceNotFound);
        }
        if self.before.is_some() { Err(Refusal::DeviceExists) } else { Ok(()) }
    }

    /// Confirms it, and says whether the user must be asked whether to remember it.
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

/// Remembers a device, or does so no longer.
pub fn set_remembered(device: Option<&Device>, remembered: bool, now: Timestamp) -> Verdict<()> {
    let Some(device) = device else { return Verdict::refuse(Refusal::DeviceNotFound) };
    let device = Device { remembered, modified_at: now, ..device.clone() };
    Verdict { remember: vec![Change::PutDevice(Box::new(device))], answer: Ok(()) }
}

/// Forgets a device: it is not there any more.
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
    fn a_device_is_confirmed_once_and_by_its_own_sign_in() {
        let policy = |only_on_prompt| DevicePolicy { only_on_prompt, ..DevicePolicy::default() };
        let confirm = |confirming: Confirming<'_>, policy| {
            confirming.confirm(policy, &Sub::new("ann"), None, Sealed::from_text("v"), NOW)
        };
        let own = Confirming { key: "k", issued: Some("k"), before: None };
        for only_on_prompt in [false, true] {
            let verdict = confirm(own, policy(only_on_prompt));
            let [Change::PutDevice(device)] = verdict.remember.as_slice() else { panic!("a device") };
            assert_eq!((device.remembered, verdict.answer), (!only_on_prompt, Ok(only_on_prompt)));
            let again = Confirming { before: Some(device), ..own };
            assert_eq!(confirm(again, policy(false)).answer, Err(Refusal::DeviceExists));
            assert!(set_remembered(Some(device), false, NOW).answer.is_ok());
            assert!(matches!(forget(Some(device)).remember.as_slice(), [Change::RemoveDevice { .. }]));
        }
        for issued in [None, Some("other")] {
            let foreign = Confirming { issued, ..own };
            assert_eq!(confirm(foreign, policy(false)).answer, Err(Refusal::DeviceNotFound));
        }
        assert_eq!(set_remembered(None, true, NOW).answer, Err(Refusal::DeviceNotFound));
        assert_eq!(forget(None).answer, Err(Refusal::DeviceNotFound));
    }
}
