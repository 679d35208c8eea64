//! The SRP-6a exchange, by which a user proves knowledge of a password without sending it.
//!
//! The client sends `A`; the server answers with the salt and `B = k·v + g^b`; both compute the same key, and the
//! client signs with it. All hashes and paddings are those of Cognito's clients (*Observed* in
//! amazon-cognito-identity-js and pycognito): `k = H(pad(N) | pad(g))`, `u = H(pad(A) | pad(B))`, and the key is 16
//! bytes of HKDF with `pad(u)` as salt and "Caldera Derived Key" as info.
//!
//! The exchange has the same steps for a simulated verifier. A session stores the [`ExchangeValues`] of an exchange,
//! but not the secret `b`. The timestamp in a claim is in [`super::claim_time`].

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use crypto_bigint::{CheckedSub, U256, U3072};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    Verifier,
    claim_time::ClaimTime,
    group::{self, ELEMENT_BYTES, Element, PRIME},
    padded,
};
use crate::{
    digest::{Digest, DigestKeys},
    id::PoolId,
    sign_in::session::{SessionHandle, keys_of},
};

/// The info parameter of HKDF in Cognito's clients.
const KEY_INFO: &[u8] = b"Caldera Derived Key";

/// The server's secret `b`: 256 bits that are never stored.
pub struct ServerSecret(Zeroizing<U256>);

/// A public value of an exchange, `A` or `B`: a number less than the prime.
///
/// It is boxed because it is large, and part of enums with small variants.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicValue(Box<U3072>);

/// The two public values of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeValues {
    /// The client's value, `A`.
    pub a: PublicValue,
    /// The server's value, `B`.
    pub b: PublicValue,
}

/// The claim with which a client completes an exchange.
#[derive(Clone)]
pub struct ExchangeClaim<'a> {
    /// The pool name, or the device group key in the exchange of a device.
    pub group: &'a str,
    /// The username, or the device key in the exchange of a device.
    pub identity: &'a str,
    /// The secret block in Base64, as the client sent it.
    pub secret_block: &'a str,
    /// The timestamp that the client signed.
    pub at: &'a ClaimTime,
    /// The signature in Base64, as the client sent it.
    pub signature: &'a str,
}

crate::secret::debug_hidden!(ExchangeClaim);

impl ServerSecret {
    /// Creates the secret with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(U256::from_be_slice(bytes)))
    }

    /// Returns the secret of the exchange in the session with this handle.
    ///
    /// It is derived from the server's key and the handle, so it need not be stored: a stolen database does not contain
    /// the handle, and a client does not know the key. It must remain secret, because the verifier can be computed from
    /// `b` and `B`.
    pub fn for_session(keys: &DigestKeys, pool: &PoolId, handle: &SessionHandle) -> Self {
        Self::from_bytes(keys.digest(&parts(pool, handle.expose())).as_bytes())
    }

    /// Returns the secret of the exchange in a session that is stored under `key`.
    ///
    /// The key file may have been rotated since the exchange began. `key` shows which digest key was the first one
    /// then.
    pub fn for_stored_session(keys: &DigestKeys, pool: &PoolId, handle: &str, key: &Digest) -> Self {
        let session_keys = keys_of(keys, pool, handle);
        let secrets = keys.digests(&parts(pool, handle));
        let found =
            session_keys.iter().zip(secrets).find(|(stored, _)| *stored == key).map(|(_, secret)| secret);
        // The session was found under one of these keys, so there is always a match.
        Self::from_bytes(found.unwrap_or(Digest::zero()).as_bytes())
    }
}

fn parts<'a>(pool: &'a PoolId, handle: &'a str) -> [&'a str; 3] {
    ["srp-secret", pool.as_str(), handle]
}

impl PublicValue {
    /// Parses a client's `A`.
    ///
    /// Returns `None` if it is not a number in hexadecimal digits, or if it is a multiple of the prime, because then
    /// the key would not depend on the password.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches('0');
        let is_number = !digits.is_empty()
            && digits.len() <= 2 * ELEMENT_BYTES
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_number {
            return None;
        }
        let value = U3072::from_be_hex(&format!("{digits:0>width$}", width = 2 * ELEMENT_BYTES));
        // The only multiples of the prime below 2^3072 are zero and the prime itself.
        let reduced = Option::<U3072>::from(value.checked_sub(PRIME.as_ref())).unwrap_or(value);
        (reduced != U3072::ZERO).then(|| Self(Box::new(reduced)))
    }

    /// Returns the number in as few hexadecimal digits as possible, as clients print theirs.
    pub fn to_hex(&self) -> String {
        hex(self.0.to_be_bytes().as_ref())
    }

    fn padded(&self) -> Vec<u8> {
        padded(self.0.to_be_bytes().as_ref())
    }

    fn element(&self) -> Element {
        group::element(&self.0)
    }
}

/// Returns a number in as few hexadecimal digits as possible.
///
/// Clients treat leading zeros differently: pycognito pads the text, and amazon-cognito-identity-js pads the number.
pub fn hex(number: &[u8]) -> String {
    let digits: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        significant => significant.to_owned(),
    }
}

impl Verifier {
    /// Computes the server's public value `B`, with one exponentiation of the generator.
    pub fn public_value(&self, secret: &ServerSecret) -> PublicValue {
        let power = group::generator_power(&secret.0);
        PublicValue(Box::new((multiplier() * self.element() + power).retrieve()))
    }

    /// Returns whether the claim proves knowledge of the password.
    ///
    /// This takes two modular exponentiations, for a simulated verifier too, and compares in constant time.
    pub fn is_claim(
        &self,
        values: &ExchangeValues,
        secret: &ServerSecret,
        claim: &ExchangeClaim<'_>,
    ) -> bool {
        let Some(expected) = self.sign(values, secret, claim) else { return false };
        let given = STANDARD.decode(claim.signature).unwrap_or_default();
        expected.as_slice().ct_eq(&given).into()
    }

    /// Returns the expected signature, or `None` if the secret block is not Base64.
    fn sign(
        &self,
        values: &ExchangeValues,
        secret: &ServerSecret,
        claim: &ExchangeClaim<'_>,
    ) -> Option<[u8; 32]> {
        let key = self.session_key(values, secret);
        let block = STANDARD.decode(claim.secret_block).ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).ok()?;
        let mac = mac.chain_update(claim.group).chain_update(claim.identity).chain_update(&block);
        Some(mac.chain_update(claim.at.as_str()).finalize().into_bytes().into())
    }

    /// Computes the shared key from `(A · v^u)^b`.
    fn session_key(&self, values: &ExchangeValues, secret: &ServerSecret) -> Zeroizing<[u8; 16]> {
        let u = Sha256::new().chain_update(values.a.padded()).chain_update(values.b.padded()).finalize();
        let base = values.a.element() * group::power(&self.element(), &U256::from_be_slice(&u));
        let shared = group::power(&base, &secret.0);
        let shared = Zeroizing::new(padded(shared.retrieve().to_be_bytes().as_ref()));
        let mut key = Zeroizing::new([0; 16]);
        // HKDF fails only for outputs beyond 8,160 bytes.
        let expanded = Hkdf::<Sha256>::new(Some(&padded(&u)), &shared).expand(KEY_INFO, key.as_mut_slice());
        debug_assert!(expanded.is_ok());
        key
    }

    fn element(&self) -> Element {
        // The constructors of `Verifier` guarantee the length.
        group::element(&U3072::from_be_slice(self.verifier.expose()))
    }
}

/// Returns the multiplier `k` of SRP-6a, without which an attacker could test two passwords in one exchange.
fn multiplier() -> Element {
    let hash = Sha256::new().chain_update([0]).chain_update(PRIME.to_be_bytes()).chain_update([2]).finalize();
    group::element(&U256::from_be_slice(&hash).resize())
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret(hidden)")
    }
}

impl fmt::Debug for PublicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicValue({})", self.to_hex())
    }
}

impl From<PublicValue> for String {
    fn from(value: PublicValue) -> Self {
        value.to_hex()
    }
}

impl TryFrom<String> for PublicValue {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_hex(&text).ok_or("not a public value")
    }
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
