//! Devices of a user that the pool remembers; what a pool says of them is in [`crate::pool::devices`].
//!
//! A sign-in on a device that says nothing of itself is given a key for it; with that key and a password of its own the
//! device is confirmed, and may later show by an exchange that it is the same. How it shows it is in
//! [`crate::flow::sign_in::device_srp`]; how it is confirmed, told and forgotten, in [`crate::flow::devices`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Timestamp,
    id::{PoolId, Sub, spell_uuid},
    secret::Sealed,
};

/// How many characters of a digest stand in the key of a group.
const GROUP_CHARACTERS: usize = 9;

/// A device that was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its key.
    pub key: String,
    /// Whose it is.
    pub of: Sub,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The verifier of its password, sealed for it.
    pub verifier: Sealed,
    /// Whether it may show that it is the same.
    pub remembered: bool,
    /// When it was confirmed.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// When somebody last signed in on it.
    pub authenticated_at: Timestamp,
}

/// The key of a device that is new.
pub fn new_key(pool: &PoolId, random: &[u8; 16]) -> String {
    // *Documented*: the Region and a UUID.
    format!("{}_{}", pool.region(), spell_uuid(random))
}

/// The key of the group that every device of the pool is in. Clients put it into their hashes in place of the pool's
/// name; it is no secret. That it begins with a hyphen is *Observed* in public reports; that it follows from the pool's
/// id is *Chosen*, so that nothing needs to be kept.
pub fn group_key(pool: &PoolId) -> String {
    let digest = Sha256::new().chain_update("device group ").chain_update(pool.as_str()).finalize();
    let characters = digest.iter().map(|byte| char::from_digit(u32::from(*byte) % 36, 36).unwrap_or('0'));
    ["-".to_owned(), characters.take(GROUP_CHARACTERS).collect()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_form_that_clients_know() {
        let pool = PoolId::new("us-east-1_abcdefghi");
        let key = new_key(&pool, &[7; 16]);
        assert!(key.starts_with("us-east-1_") && key.len() == 46, "{key}");
        let group = group_key(&pool);
        assert!(group.starts_with('-') && group.len() == 10, "{group}");
        assert_eq!(group, group_key(&pool), "it stays");
        assert_ne!(group, group_key(&PoolId::new("us-east-1_abcdefghj")));
    }
}
