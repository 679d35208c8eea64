//! Names that never change: user pool ids, app client ids, subs and usernames.
//!
//! These are newtypes so that a sub cannot be passed where a username is wanted. Names that people type and that
//! may move from one user to another are in [`crate::pool::alias`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::DigestKeys;

const LOWER_AND_DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS_AND_DIGITS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Characters of an alphabet, picked by a large number read from `random`.
///
/// The bytes are read as one number and divided, so with 8 bits more than the text carries the bias stays below
/// one in 256 for the first character and vanishes for the others. Ids are unique names and not secrets.
fn spell(random: &[u8], alphabet: &[u8], length: usize) -> String {
    let mut digits = random.to_vec();
    let base = u32::try_from(alphabet.len()).unwrap_or(1).max(1);
    let mut text = String::with_capacity(length);
    for _ in 0..length {
        let mut rest = 0u32;
        for digit in &mut digits {
            let value = (rest << 8) | u32::from(*digit);
            *digit = u8::try_from(value / base).unwrap_or(u8::MAX);
            rest = value % base;
        }
        text.push(alphabet.get(rest as usize).map_or('0', |b| char::from(*b)));
    }
    text
}

macro_rules! text_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id that is spelt `text`; nothing is checked, because the API's constraints already were.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }
    };
}

text_id! {
    /// A user pool: `<region>_<9 letters and digits>` (*Observed* in every recording).
    PoolId
}

text_id! {
    /// An app client: 26 lower-case letters and digits (*Observed*).
    ClientId
}

text_id! {
    /// The immutable `sub` of a user. It looks like a UUID but is of no RFC 4122 version (*Documented*).
    ///
    /// Users are stored under it, because the username of two pools may look alike and an alias may move.
    Sub
}

text_id! {
    /// The immutable username of a user, spelt as it was at sign-up.
    Username
}

text_id! {
    /// The name of a group, unique within its pool; no blank is in it.
    GroupName
}

text_id! {
    /// A group as memberships name it: new with every group, even one of an old name.
    GroupId
}

impl PoolId {
    /// A new id in `region`.
    pub fn generate(region: &str, random: &[u8; 16]) -> Self {
        Self(format!("{region}_{}", spell(random, LETTERS_AND_DIGITS, 9)))
    }

    /// The part before the first `_`: the Region.
    pub fn region(&self) -> &str {
        self.0.split_once('_').map_or("", |(region, _)| region)
    }

    /// The part after the first `_`: what SRP calls the pool name.
    pub fn name(&self) -> &str {
        self.0.split_once('_').map_or(self.0.as_str(), |(_, name)| name)
    }
}

impl ClientId {
    /// A new id.
    pub fn generate(random: &[u8; 24]) -> Self {
        Self(spell(random, LOWER_AND_DIGITS, 26))
    }
}

impl Sub {
    /// A new sub from 16 random bytes.
    pub fn generate(random: &[u8; 16]) -> Self {
        Self(dashed(random))
    }

    /// The sub that a name which names nobody is given, so that it can be limited and answered like a user.
    ///
    /// It is the same for the same name, and nobody without the key can tell it from a real one.
    pub fn simulated(keys: &DigestKeys, pool: &PoolId, folded_name: &str) -> Self {
        let digest = keys.digest(&["simulated-sub", pool.as_str(), folded_name]);
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(digest.as_bytes()) {
            *to = *from;
        }
        Self::generate(&bytes)
    }
}

/// A random UUID (version 4), of which `random` gives all bits but those of version and variant.
pub(crate) fn spell_uuid(random: &[u8; 16]) -> String {
    let mut bytes = *random;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    dashed(&bytes)
}

/// Hexadecimal digits in the five groups of a UUID.
fn dashed(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A new client secret: 51 lower-case letters and digits (*Observed* length in recordings of app clients).
pub(crate) fn spell_client_secret(random: &[u8; 40]) -> String {
    spell(random, LOWER_AND_DIGITS, 51)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn ids_have_the_recorded_form() {
        let pool = PoolId::generate("us-east-1", &[7; 16]);
        assert!(pool.as_str().starts_with("us-east-1_"));
        assert_eq!(pool.name().len(), 9);
        assert!(pool.name().bytes().all(|b| b.is_ascii_alphanumeric()));
        let client = ClientId::generate(&[9; 24]);
        assert_eq!(client.as_str().len(), 26);
        assert!(client.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_eq!(Sub::generate(&[0xab; 16]).as_str(), "abababab-abab-abab-abab-abababababab");
        // cog-0207: a sub looks like a UUID.
        assert_eq!(spell_uuid(&[0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn different_bytes_spell_different_ids() {
        let ids: std::collections::BTreeSet<_> =
            (0u8..=255).map(|b| ClientId::generate(&[b; 24]).as_str().to_owned()).collect();
        assert_eq!(ids.len(), 256);
    }

    #[test]
    fn a_simulated_sub_depends_on_pool_and_name_only() {
        let keys = fixture::keys();
        let pool = PoolId::new("us-east-1_abcdefghi");
        let one = Sub::simulated(&keys, &pool, "nobody");
        assert_eq!(one, Sub::simulated(&keys, &pool, "nobody"));
        assert_ne!(one, Sub::simulated(&keys, &pool, "somebody"));
        assert_ne!(one, Sub::simulated(&keys, &PoolId::new("us-east-1_other"), "nobody"));
    }
}
