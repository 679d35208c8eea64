//! Keyed digests: how a code, a session handle or a refresh token is kept without keeping it.
//!
//! A six-digit code has a million values, so a plain hash of it would be no secret; the key is what hides it. Keys
//! come from the server's key file, derived for this one purpose.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The keys of one purpose. The first one digests; all of them are tried when comparing, so that a key file can be
/// rotated while digests made under the old key are still alive.
#[derive(Clone)]
pub struct DigestKeys(Vec<Zeroizing<[u8; 32]>>);

/// HMAC-SHA256 over length-prefixed parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(#[serde(with = "hex")] [u8; 32]);

impl DigestKeys {
    /// `first` digests; `older` are only compared with.
    pub fn new(first: [u8; 32], older: impl IntoIterator<Item = [u8; 32]>) -> Self {
        Self(std::iter::once(first).chain(older).map(Zeroizing::new).collect())
    }

    /// The digest of `parts` under the first key.
    pub fn digest(&self, parts: &[&str]) -> Digest {
        // There is always a first key: `new` takes one.
        self.0.first().map_or(Digest::nothing(), |key| digest_with(key, parts))
    }

    /// The digest of `parts` under every key, newest first: where a record kept under a digest may lie.
    pub fn digests(&self, parts: &[&str]) -> Vec<Digest> {
        self.0.iter().map(|key| digest_with(key, parts)).collect()
    }

    /// Whether `kept` is the digest of `parts` under any of the keys; the time taken tells nothing.
    pub fn is_digest_of(&self, kept: &Digest, parts: &[&str]) -> bool {
        let mut found = subtle::Choice::from(0);
        for key in &self.0 {
            #[cfg(test)]
            counting::one_more();
            found |= digest_with(key, parts).0.ct_eq(&kept.0);
        }
        found.into()
    }
}

fn digest_with(key: &Zeroizing<[u8; 32]>, parts: &[&str]) -> Digest {
    // HMAC fills a short key up with zeros to SHA-256's block; doing it here keeps the key's size a type.
    let mut block = Zeroizing::new([0u8; 64]);
    for (to, from) in block.iter_mut().zip(key.iter()) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    Digest(mac.finalize().into_bytes().into())
}

impl Digest {
    /// The digest of nothing at all, to compare with where there is nothing to compare with.
    pub const fn nothing() -> Self {
        Self([0; 32])
    }

    /// The digest that is written so.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hexadecimal digits, for use as a key of a record.
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

/// How much is compared, for tests of what nobody costs. Each test has a thread of its own, and so a count of its own.
#[cfg(test)]
pub(crate) mod counting {
    use std::cell::Cell;

    thread_local! {
        static COMPARISONS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn one_more() {
        COMPARISONS.set(COMPARISONS.get() + 1);
    }

    /// What `work` gives, and how many digests it worked out and compared.
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
    fn parts_are_kept_apart() {
        let keys = DigestKeys::new([1; 32], []);
        assert_ne!(keys.digest(&["ab", "c"]), keys.digest(&["a", "bc"]));
    }

    #[test]
    fn an_older_key_still_compares() {
        let before = DigestKeys::new([1; 32], []);
        let after = DigestKeys::new([2; 32], [[1; 32]]);
        let forgotten = DigestKeys::new([2; 32], []);
        let kept = before.digest(&["123456"]);
        assert!(after.is_digest_of(&kept, &["123456"]));
        assert!(!after.is_digest_of(&kept, &["123457"]));
        assert!(!forgotten.is_digest_of(&kept, &["123456"]));
        assert!(after.digests(&["123456"]).contains(&kept));
    }

    #[test]
    fn a_digest_survives_being_written_down() {
        let digest = DigestKeys::new([1; 32], []).digest(&["x"]);
        let text = serde_json::to_string(&digest).expect("digests are text");
        assert_eq!(text, format!("\"{}\"", digest.to_hex()));
        assert_eq!(serde_json::from_str::<Digest>(&text).expect("reads back"), digest);
        assert!(serde_json::from_str::<Digest>("\"00\"").is_err());
    }
}
