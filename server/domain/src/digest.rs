//! Keyed digests, which are stored in place of codes, session handles and refresh tokens.
//!
//! A six-digit code has only a million values, so anyone can reverse a plain hash of it by trying them all. A keyed
//! digest cannot be reversed without the key. The keys are derived from the server's key file for this purpose alone.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The keys for digests, newest first.
///
/// New digests are made with the first key. Comparisons try all keys, so that digests stay valid when the key file is
/// rotated.
///
/// # Examples
///
/// ```
/// use lido_domain::digest::DigestKeys;
///
/// let before = DigestKeys::new([1; 32], []);
/// let stored = before.digest(&["code", "123456"]);
///
/// let rotated = DigestKeys::new([2; 32], [[1; 32]]);
/// assert!(rotated.is_digest_of(&stored, &["code", "123456"]));
/// assert!(!rotated.is_digest_of(&stored, &["code", "654321"]));
/// ```
#[derive(Clone)]
pub struct DigestKeys(Vec<Zeroizing<[u8; 32]>>);

/// A keyed digest: HMAC-SHA256 over parts, each prefixed with its length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(#[serde(with = "hex")] [u8; 32]);

impl DigestKeys {
    /// Creates keys. New digests are made with `first`; the `older` keys are only used in comparisons.
    pub fn new(first: [u8; 32], older: impl IntoIterator<Item = [u8; 32]>) -> Self {
        Self(std::iter::once(first).chain(older).map(Zeroizing::new).collect())
    }

    /// Returns the digest of `parts` under the first key.
    pub fn digest(&self, parts: &[&str]) -> Digest {
        // There is always a first key: `new` takes one.
        self.0.first().map_or(Digest::zero(), |key| digest_with(key, parts))
    }

    /// Returns the digest of `parts` under every key, newest first: the keys under which a record may be stored.
    pub fn digests(&self, parts: &[&str]) -> Vec<Digest> {
        self.0.iter().map(|key| digest_with(key, parts)).collect()
    }

    /// Returns the number of keys.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the digest of `parts` under the key at this place, the newest being the first.
    pub fn digest_under(&self, place: usize, parts: &[&str]) -> Digest {
        self.0.get(place).map_or(Digest::zero(), |key| digest_with(key, parts))
    }

    /// Returns whether `stored` is the digest of `parts` under any of the keys. Compares in constant time.
    pub fn is_digest_of(&self, stored: &Digest, parts: &[&str]) -> bool {
        let mut found = subtle::Choice::from(0);
        for key in &self.0 {
            #[cfg(test)]
            counting::increment();
            found |= digest_with(key, parts).0.ct_eq(&stored.0);
        }
        found.into()
    }
}

fn digest_with(key: &Zeroizing<[u8; 32]>, parts: &[&str]) -> Digest {
    // HMAC pads a short key with zeros to the block size of SHA-256. With a padded key no length error can occur.
    let mut block = Zeroizing::new([0u8; 64]);
    for (to, from) in block.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        // With the length, ("ab", "c") and ("a", "bc") have different digests.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Digest(mac.finalize().into_bytes().into())
}

impl Digest {
    /// Returns 32 zero bytes, which are no digest of anything.
    ///
    /// They are compared with where no digest is stored, so that this case takes the same time.
    pub const fn zero() -> Self {
        Self([0; 32])
    }

    /// Creates the digest with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the digest as 64 lower-case hexadecimal digits, for use as the key of a record.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|b| format!("{b:02x}")).collect()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(hidden)")
    }
}

impl fmt::Debug for DigestKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestKeys({} hidden)", self.0.len())
    }
}

/// Counts comparisons, for tests that a user that does not exist takes the same work. The count is per thread, and each
/// test has its own thread.
#[cfg(test)]
pub(crate) mod counting {
    use std::cell::Cell;

    thread_local! {
        static COMPARISONS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn increment() {
        COMPARISONS.set(COMPARISONS.get() + 1);
    }

    /// Returns the result of `work`, and how many digests it computed and compared.
    pub(crate) fn comparisons<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = COMPARISONS.get();
        let done = work();
        (done, COMPARISONS.get() - before)
    }
}

mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0u8; 32];
        if text.len() != 64 {
            return Err(D::Error::custom("a digest has 64 hexadecimal digits"));
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(at * 2..at * 2 + 2).ok_or_else(|| D::Error::custom("not ASCII"))?;
            *byte = u8::from_str_radix(digits, 16).map_err(D::Error::custom)?;
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_differently_split_parts_differ() {
        let keys = DigestKeys::new([1; 32], []);
        assert_ne!(keys.digest(&["ab", "c"]), keys.digest(&["a", "bc"]));
    }

    #[test]
    fn digest_under_an_older_key_still_matches() {
        let before = DigestKeys::new([1; 32], []);
        let after = DigestKeys::new([2; 32], [[1; 32]]);
        let without_old_key = DigestKeys::new([2; 32], []);
        let stored = before.digest(&["123456"]);
        assert!(after.is_digest_of(&stored, &["123456"]));
        assert!(!after.is_digest_of(&stored, &["123457"]));
        assert!(!without_old_key.is_digest_of(&stored, &["123456"]));
        assert!(after.digests(&["123456"]).contains(&stored));
    }

    #[test]
    fn digest_is_deserialized_as_it_was_serialized() {
        let digest = DigestKeys::new([1; 32], []).digest(&["x"]);
        let text = serde_json::to_string(&digest).expect("digests are text");
        assert_eq!(text, format!("\"{}\"", digest.to_hex()));
        assert_eq!(serde_json::from_str::<Digest>(&text).expect("reads back"), digest);
        assert!(serde_json::from_str::<Digest>("\"00\"").is_err());
    }
}
