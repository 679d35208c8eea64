//! The SRP-6a verifier of a password. The server stores nothing else of a password.
//!
//! The group is the 3,072-bit group of RFC 5054 with g = 2 and SHA-256. `x` is computed as Cognito's clients do: `x =
//! H(pad(salt) | H(poolName | username | ":" | password))`, where the pool name is the part of the pool id after `_`
//! (*Observed* in amazon-cognito-identity-js and pycognito). `pad` writes a number in whole bytes, and adds a leading
//! zero byte if the first bit is set.
//!
//! A verifier is enough to check a password and to complete an SRP exchange, but the password cannot be read from it.
//! The exchange is in [`exchange`], the timestamp that a client signs in [`claim_time`], and the arithmetic of the
//! group in `group`.

pub mod claim_time;
pub mod exchange;
mod group;

use crypto_bigint::{U256, U3072};
use group::{ELEMENT_BYTES, PRIME};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    digest::DigestKeys,
    id::{PoolId, Username},
    secret::Secret,
};

/// The length of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// The salt and the verifier of one password.
///
/// # Examples
///
/// ```
/// use lido_domain::{
///     id::{PoolId, Username},
///     secret::Secret,
///     sign_in::srp::Verifier,
/// };
///
/// let (pool, ann) = (PoolId::new("us-east-1_abcdefghi"), Username::new("ann"));
/// let verifier = Verifier::derive(&pool, &ann, &Secret::new("Passw0rd!"), [7; 16]);
/// assert!(verifier.is_password(&pool, &ann, &Secret::new("Passw0rd!")));
/// assert!(!verifier.is_password(&pool, &ann, &Secret::new("passw0rd!")));
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    salt: [u8; SALT_BYTES],
    /// `g^x mod N`: 384 bytes, big-endian.
    verifier: Secret,
}

impl Verifier {
    /// Computes the verifier of `password`.
    ///
    /// This takes one exponentiation of the generator, in constant time. It is most of the work of a request with a
    /// password, so a caller does it once per request, and not on the threads that serve connections.
    pub fn derive(pool: &PoolId, username: &Username, password: &Secret, salt: [u8; SALT_BYTES]) -> Self {
        let inner = Sha256::new()
            .chain_update(pool.name())
            .chain_update(username.as_str())
            .chain_update(":")
            .chain_update(password.expose())
            .finalize();
        let x = Sha256::new().chain_update(padded(&salt)).chain_update(inner).finalize();
        let x = Zeroizing::new(U256::from_be_slice(&x));
        let power = group::generator_power(&x).retrieve();
        Self { salt, verifier: Secret::new(power.to_be_bytes().as_ref()) }
    }

    /// Creates a verifier from the numbers that a client computed for a device.
    ///
    /// Returns `None` if the salt is longer than [`SALT_BYTES`], or if the verifier is not between 1 and the prime.
    pub fn from_client(salt: &[u8], verifier: &[u8]) -> Option<Self> {
        let salt = number::<SALT_BYTES>(salt)?;
        let value = U3072::from_be_slice(&number::<ELEMENT_BYTES>(verifier)?);
        let is_good = value > U3072::ONE && value < *PRIME.as_ref();
        is_good.then(|| Self { salt, verifier: Secret::new(value.to_be_bytes().as_ref()) })
    }

    /// Returns the simulated verifier for a user that does not exist or has no password.
    ///
    /// It is the same for the same sub, be it a user's or a simulated one, and no password matches it. It is made without a modular exponentiation, so
    /// that an exchange takes the same number of them as for other users. Clients cannot detect this, because they only
    /// see `B`.
    pub fn simulated(keys: &DigestKeys, pool: &PoolId, sub: &str) -> Self {
        let block = |part: &str| keys.digest(&["simulated-verifier", part, pool.as_str(), sub]);
        let salt_block = block("salt");
        let mut salt = [0; SALT_BYTES];
        for (to, from) in salt.iter_mut().zip(salt_block.as_bytes()) {
            *to = *from;
        }
        let blocks = (0..ELEMENT_BYTES / 32).map(|at| *block(&at.to_string()).as_bytes());
        let bytes: Vec<u8> = blocks.flatten().collect();
        let reduced = group::element(&U3072::from_be_slice(&bytes)).retrieve();
        Self { salt, verifier: Secret::new(reduced.to_be_bytes().as_ref()) }
    }

    /// Returns the salt, which a challenge sends to the client.
    pub fn salt(&self) -> &[u8; SALT_BYTES] {
        &self.salt
    }

    /// Returns whether `password` has this verifier. Compares in constant time.
    pub fn is_password(&self, pool: &PoolId, username: &Username, password: &Secret) -> bool {
        let again = Self::derive(pool, username, password, self.salt);
        again.verifier.expose().ct_eq(self.verifier.expose()).into()
    }

    /// Returns the salt and the verifier as bytes, to be sealed.
    pub fn to_secret(&self) -> Secret {
        Secret::new([self.salt.as_slice(), self.verifier.expose()].concat())
    }

    /// Creates the verifier from the bytes that [`Verifier::to_secret`] returned. Returns `None` if the length is
    /// wrong.
    pub fn from_secret(opened: &Secret) -> Option<Self> {
        let (salt, verifier) = opened.expose().split_first_chunk::<SALT_BYTES>()?;
        (verifier.len() == ELEMENT_BYTES).then(|| Self { salt: *salt, verifier: Secret::new(verifier) })
    }
}

/// Returns a big-endian number in `BYTES` bytes, or `None` if it needs more.
fn number<const BYTES: usize>(written: &[u8]) -> Option<[u8; BYTES]> {
    let significant: Vec<u8> = written.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut number = [0; BYTES];
    number.get_mut(BYTES.checked_sub(significant.len())?..)?.copy_from_slice(&significant);
    Some(number)
}

/// Returns a number in as few bytes as possible, with a leading zero byte if the first bit is set.
fn padded(number: &[u8]) -> Vec<u8> {
    let significant: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    match significant.first() {
        Some(first) if *first < 0x80 => significant,
        _ => [&[0], significant.as_slice()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values are SHA-256 of the verifier's 384 bytes. They were computed in Python with big integers and
    /// the padding of amazon-cognito-identity-js.
    #[test]
    fn verifier_equals_that_of_cognito_clients() {
        let ascending: [u8; 16] = std::array::from_fn(|at| at as u8);
        let mut high = [7u8; 16];
        high[0] = 0x90;
        let mut short = [1u8; 16];
        short[..3].copy_from_slice(&[0, 0, 0x80]);
        let cases = [
            (ascending, "7fa1ea528884f969bd779fcf90c6494c76fa9a5148496c2ecd8cfa8839357388"),
            (high, "4f4da67129154644e286ff605213626d577eee1e2bc10c5d4b162a7600dd2c8d"),
            (short, "9a36671c9d5968d43335e9380357590763cc9bc8a846142fe1eedad70c7752b5"),
        ];
        let (pool, username) = (PoolId::new("eu-west-1_9abcDEF12"), Username::new("alice"));
        for (salt, expected) in cases {
            let made = Verifier::derive(&pool, &username, &Secret::new("Passw0rd!"), salt);
            let hash: String =
                Sha256::digest(made.verifier.expose()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, expected);
        }
    }

    #[test]
    fn verifier_matches_its_password_after_serialization() {
        let (pool, username) = (PoolId::new("eu-west-1_9abcDEF12"), Username::new("alice"));
        let made = Verifier::derive(&pool, &username, &Secret::new("Passw0rd!"), [9; SALT_BYTES]);
        let again = Verifier::from_secret(&made.to_secret()).expect("same length");
        assert!(again.is_password(&pool, &username, &Secret::new("Passw0rd!")));
        assert!(!again.is_password(&pool, &username, &Secret::new("passw0rd!")));
        assert!(!again.is_password(&pool, &Username::new("bob"), &Secret::new("Passw0rd!")));
        assert!(Verifier::from_secret(&Secret::new("short")).is_none());
    }

    #[test]
    fn simulated_verifier_is_the_same_for_the_same_name() {
        let (keys, pool) = (crate::fixture::keys(), PoolId::new("eu-west-1_9abcDEF12"));
        let made = |name| Verifier::simulated(&keys, &pool, name);
        assert_eq!(made("ann").to_secret().expose(), made("ann").to_secret().expose());
        assert_ne!(made("ann").salt(), made("bob").salt());
        assert_ne!(made("ann").verifier.expose(), made("bob").verifier.expose());
        assert!(Verifier::from_secret(&made("ann").to_secret()).is_some());
        assert!(!made("ann").is_password(&pool, &Username::new("ann"), &Secret::new("Passw0rd!")));
    }

    #[test]
    fn verifier_from_client_accepts_padded_and_refuses_invalid_numbers() {
        let (pool, username) = (PoolId::new("eu-west-1_9abcDEF12"), Username::new("alice"));
        let made = Verifier::derive(&pool, &username, &Secret::new("Passw0rd!"), [0x90; SALT_BYTES]);
        let value = made.verifier.expose();
        for padding in [&[][..], &[0], &[0, 0]] {
            let (salt, written) = ([padding, &made.salt].concat(), [padding, value].concat());
            let again = Verifier::from_client(&salt, &written).expect("good numbers");
            assert!(again.is_password(&pool, &username, &Secret::new("Passw0rd!")));
        }
        let short = Verifier::from_client(&[7], value).expect("a short salt");
        assert_eq!(short.salt, {
            let mut salt = [0; SALT_BYTES];
            salt[SALT_BYTES - 1] = 7;
            salt
        });
        let prime = PRIME.to_be_bytes();
        for (salt, written) in
            [(&[1; 17][..], value), (&[1], &[][..]), (&[1], &[1]), (&[1], prime.as_ref()), (&[1], &[1; 385])]
        {
            assert!(Verifier::from_client(salt, written).is_none(), "{}", written.len());
        }
    }

    #[test]
    fn padded_number_has_a_zero_byte_before_a_set_first_bit() {
        assert_eq!(padded(&[0, 0, 1]), [1]);
        assert_eq!(padded(&[0x80]), [0, 0x80]);
        assert_eq!(padded(&[0, 0]), [0]);
    }
}
