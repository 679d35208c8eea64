//! Remembered devices of a user. The settings of a pool are in [`crate::pool::devices`].
//!
//! A sign-in without a device key answers a new one. The client confirms the device with that key and a verifier for a
//! password of the device (ConfirmDevice), and can later authenticate the device with SRP. That authentication is in
//! [`crate::flow::sign_in::device_srp`]; confirming, listing and forgetting devices is in [`crate::flow::devices`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Timestamp,
    id::{PoolId, Sub, spell_uuid},
    secret::Sealed,
};

/// The number of characters of a digest in a device group key.
const GROUP_CHARACTERS: usize = 9;

/// A confirmed device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The device key.
    pub key: String,
    /// The sub of the user.
    pub of: Sub,
    /// The friendly name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The SRP verifier of the device's password, sealed for the device.
    pub verifier: Sealed,
    /// Whether the device is remembered, so that it can authenticate in a sign-in.
    pub remembered: bool,
    /// When the device was confirmed.
    pub created_at: Timestamp,
    /// When the device was last changed.
    pub modified_at: Timestamp,
    /// When the user last signed in on the device.
    pub authenticated_at: Timestamp,
}

/// Returns a random key for a new device.
pub fn new_key(pool: &PoolId, random: &[u8; 16]) -> String {
    // *Documented*: the Region and a UUID.
    format!("{}_{}", pool.region(), spell_uuid(random))
}

/// Returns the device group key of the pool, which is the same for all its devices.
///
/// Clients use it in their SRP computations in place of the pool name. It is not secret. The hyphen at its beginning is
/// *Observed* in public reports; *Chosen*: it is derived from the pool id, so that it need not be stored.
pub fn group_key(pool: &PoolId) -> String {
    let digest = Sha256::new().chain_update("device group ").chain_update(pool.as_str()).finalize();
    let characters = digest.iter().map(|byte| char::from_digit(u32::from(*byte) % 36, 36).unwrap_or('0'));
    ["-".to_owned(), characters.take(GROUP_CHARACTERS).collect()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_keys_have_the_observed_form() {
        let pool = PoolId::new("us-east-1_abcdefghi");
        let key = new_key(&pool, &[7; 16]);
        assert!(key.starts_with("us-east-1_") && key.len() == 46, "{key}");
        let group = group_key(&pool);
        assert!(group.starts_with('-') && group.len() == 10, "{group}");
        assert_eq!(group, group_key(&pool), "the group key is stable");
        assert_ne!(group, group_key(&PoolId::new("us-east-1_abcdefghj")));
    }
}
