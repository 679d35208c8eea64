//! The exchange of SRP-6a: how somebody shows that they know a password without sending it.
//!
//! The client sends `A`; the server answers with salt and `B = k·v + g^b`; both arrive at one key, and the client
//! signs with it. All hashes and paddings are those of Cognito's clients (*Observed* in amazon-cognito-identity-js and
//! pycognito): `k = H(pad(N) | pad(g))`, `u = H(pad(A) | pad(B))`, and the key is 16 bytes of HKDF with `pad(u)` for
//! salt and "Caldera Derived Key" for info.
//!
//! A verifier that belongs to nobody goes through the very same steps. What a session keeps of an exchange is
//! [`Values`]; the secret `b` is never kept. When it may have been said is [`super::claim_time`]'s matter.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use crypto_bigint::{CheckedSub, U256, U3072, modular::FixedMontyForm};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{PARAMS, PRIME, VERIFIER_BYTES, Verifier, claim_time::ClaimTime, padded};
use crate::{
    digest::{Digest, DigestKeys},
    id::PoolId,
    sign_in::session::{SessionHandle, keys_of},
};

type Element = FixedMontyForm<{ U3072::LIMBS }>;

/// What the HKDF of the clients calls this key.
const KEY_INFO: &[u8] = b"Caldera Derived Key";

/// The server's secret `b`: 256 bits that no store holds.
pub struct ServerSecret(Zeroizing<U256>);

/// A public value of an exchange, `A` or `B`: a number below the prime. It is boxed, because it is large and lies in
/// enums whose other variants are not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicValue(Box<U3072>);

/// The two public values of an exchange that began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// The client's.
    pub a: PublicValue,
    /// The server's.
    pub b: PublicValue,
}

/// What a client claims at the end of an exchange.
#[derive(Clone)]
pub struct Claim<'a> {
    /// The name of the pool, or for a device its group.
    pub group: &'a str,
    /// The username, or for a device its key.
    pub who: &'a str,
    /// The secret block as it was sent: Base64.
    pub secret_block: &'a str,
    /// When it was signed.
    pub at: &'a ClaimTime,
    /// The signature as it was sent: Base64.
    pub signature: &'a str,
}

crate::secret::debug_hidden!(Claim);

impl ServerSecret {
    /// The secret that is spelt so.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(U256::from_be_slice(bytes)))
    }

    /// The secret of the exchange that this handle leads to.
    ///
    /// It follows from the server's key and the handle, and so needs to be kept nowhere: a stolen database has not the
    /// handle, and a client has not the key. Whoever had both `b` and `B` could work out the verifier.
    pub fn of(keys: &DigestKeys, pool: &PoolId, handle: &SessionHandle) -> Self {
        Self::from_bytes(keys.digest(&parts(pool, handle.expose())).as_bytes())
    }

    /// The secret of an exchange whose session lies under `kept_at`: under the key that digested the handle then,
    /// should the key file have been rotated since.
    pub fn of_kept(keys: &DigestKeys, pool: &PoolId, handle: &str, kept_at: &Digest) -> Self {
        let places = keys_of(keys, pool, handle);
        let secrets = keys.digests(&parts(pool, handle));
        let found = places.iter().zip(secrets).find(|(place, _)| *place == kept_at).map(|(_, secret)| secret);
        // A session that lies there was found under one of these places.
        Self::from_bytes(found.unwrap_or(Digest::nothing()).as_bytes())
    }
}

fn parts<'a>(pool: &'a PoolId, handle: &'a str) -> [&'a str; 3] {
    ["srp-secret", pool.as_str(), handle]
}

impl PublicValue {
    /// Reads a client's `A`; nothing, if it is no number in hexadecimal digits, or a multiple of the prime, with which
    /// the key would be known to everybody.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim_start_matches('0');
        let is_number = !digits.is_empty()
            && digits.len() <= 2 * VERIFIER_BYTES
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_number {
            return None;
        }
        let value = U3072::from_be_hex(&format!("{digits:0>width$}", width = 2 * VERIFIER_BYTES));
        // Below 2^3072 there is one multiple besides zero: the prime itself.
        let reduced = Option::<U3072>::from(value.checked_sub(PRIME.as_ref())).unwrap_or(value);
        (reduced != U3072::ZERO).then(|| Self(Box::new(reduced)))
    }

    /// The number in as few hexadecimal digits as it needs, as clients print theirs.
    pub fn to_hex(&self) -> String {
        hex(self.0.to_be_bytes().as_ref())
    }

    fn padded(&self) -> Vec<u8> {
        padded(self.0.to_be_bytes().as_ref())
    }

    fn element(&self) -> Element {
        FixedMontyForm::new(&self.0, &PARAMS)
    }
}

/// A number in as few hexadecimal digits as it needs.
///
/// Leading zeros would be part of the number to one client and not to another: pycognito pads the text, and
/// amazon-cognito-identity-js the number.
pub fn hex(number: &[u8]) -> String {
    let digits: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
    match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        significant => significant.to_owned(),
    }
}

impl Verifier {
    /// The server's `B`. One modular exponentiation.
    pub fn begin(&self, secret: &ServerSecret) -> PublicValue {
        let power = FixedMontyForm::new(&U3072::from_u8(2), &PARAMS).pow(&*secret.0);
        PublicValue(Box::new((multiplier() * self.element() + power).retrieve()))
    }

    /// Whether the claim was signed by somebody who knows the password. Two modular exponentiations, whoever it is,
    /// and a comparison in constant time.
    pub fn is_claim(&self, values: &Values, secret: &ServerSecret, claim: &Claim<'_>) -> bool {
        let Some(expected) = self.sign(values, secret, claim) else { return false };
        let given = STANDARD.decode(claim.signature).unwrap_or_default();
        expected.as_slice().ct_eq(&given).into()
    }

    /// The signature that the server expects; nothing, if the secret block is not Base64.
    fn sign(&self, values: &Values, secret: &ServerSecret, claim: &Claim<'_>) -> Option<[u8; 32]> {
        let key = self.session_key(values, secret);
        let block = STANDARD.decode(claim.secret_block).ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).ok()?;
        let mac = mac.chain_update(claim.group).chain_update(claim.who).chain_update(&block);
        Some(mac.chain_update(claim.at.as_str()).finalize().into_bytes().into())
    }

    /// The key at which both sides arrive: `(A · v^u)^b`.
    fn session_key(&self, values: &Values, secret: &ServerSecret) -> Zeroizing<[u8; 16]> {
        let u = Sha256::new().chain_update(values.a.padded()).chain_update(values.b.padded()).finalize();
        let shared = (values.a.element() * self.element().pow(&U256::from_be_slice(&u))).pow(&*secret.0);
        let shared = Zeroizing::new(padded(shared.retrieve().to_be_bytes().as_ref()));
        let mut key = Zeroizing::new([0; 16]);
        // HKDF fails only for outputs beyond 8,160 bytes.
        let expanded = Hkdf::<Sha256>::new(Some(&padded(&u)), &shared).expand(KEY_INFO, key.as_mut_slice());
        debug_assert!(expanded.is_ok());
        key
    }

    fn element(&self) -> Element {
        // Made by `derive`, `simulated` or `from_secret`, which know the length.
        FixedMontyForm::new(&U3072::from_be_slice(self.verifier.expose()), &PARAMS)
    }
}

/// `k`, which keeps a client from guessing two passwords at once.
fn multiplier() -> Element {
    let hash = Sha256::new().chain_update([0]).chain_update(PRIME.to_be_bytes()).chain_update([2]).finalize();
    FixedMontyForm::new(&U256::from_be_slice(&hash).resize(), &PARAMS)
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
