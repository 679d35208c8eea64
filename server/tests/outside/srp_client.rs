//! The client side of SRP as Cognito's clients compute it, with another big-number library than the server's.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

const PRIME: &str = concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33",
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864",
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2",
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);

/// The TIMESTAMP of the tests.
pub(crate) const TIME: &str = "Sat Nov 21 07:30:00 UTC 2026";

/// The state of a client that has started SRP.
pub(crate) struct SrpClient {
    prime: BigUint,
    secret: BigUint,
}

/// The challenge parameters of the server.
pub(crate) struct Challenge<'a> {
    /// The id of the pool, or the group key of a device.
    pub(crate) pool: &'a str,
    pub(crate) user: &'a str,
    pub(crate) salt: &'a str,
    pub(crate) b: &'a str,
    pub(crate) secret_block: &'a str,
}

impl SrpClient {
    pub(crate) fn new(secret: u128) -> Self {
        let prime = number(PRIME);
        // Long enough that the exchange wraps around the prime.
        let secret = BigUint::from(secret).pow(7) + 1u8;
        Self { prime, secret }
    }

    pub(crate) fn a(&self) -> BigUint {
        BigUint::from(2u8).modpow(&self.secret, &self.prime)
    }

    pub(crate) fn srp_a(&self) -> String {
        self.a().to_str_radix(16)
    }

    /// Returns the signature that proves knowledge of `password`.
    pub(crate) fn sign(&self, challenge: &Challenge<'_>, password: &str) -> String {
        let (a, b, g) = (self.a(), number(challenge.b), BigUint::from(2u8));
        let k = hash(&[&padded(&self.prime), &padded(&g)]);
        let u = hash(&[&padded(&a), &padded(&b)]);
        let pool = group(challenge.pool);
        let x = secret_number(challenge.pool, challenge.user, &number(challenge.salt), password);
        let salt = number(challenge.salt).to_bytes_be();
        let verifier = BigUint::from_bytes_be(&verifier(challenge.pool, challenge.user, &salt, password));
        let base = (&b + &self.prime * &k - &k * verifier) % &self.prime;
        let shared = base.modpow(&(&self.secret + &u * &x), &self.prime);
        let prk = mac(&padded(&u), &[&padded(&shared)]);
        let key = mac(&prk, &[b"Caldera Derived Key", &[1]]);
        let block = STANDARD.decode(challenge.secret_block).expect("Base64");
        let message: [&[u8]; 4] = [pool.as_bytes(), challenge.user.as_bytes(), &block, TIME.as_bytes()];
        STANDARD.encode(mac(&key[..16], &message))
    }
}

/// Returns the verifier of a password, which a device sends when it is confirmed.
pub(crate) fn verifier(group: &str, user: &str, salt: &[u8], password: &str) -> Vec<u8> {
    let x = secret_number(group, user, &BigUint::from_bytes_be(salt), password);
    padded(&BigUint::from(2u8).modpow(&x, &number(PRIME)))
}

/// Returns the part of a pool id after the Region, or the whole group key of a device.
fn group(pool: &str) -> &str {
    pool.split_once('_').map_or(pool, |(_, name)| name)
}

fn secret_number(pool: &str, user: &str, salt: &BigUint, password: &str) -> BigUint {
    let inner = Sha256::digest(format!("{}{user}:{password}", group(pool)));
    hash(&[&padded(salt), &inner])
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).expect("hexadecimal digits")
}

fn padded(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    if bytes[0] < 0x80 { bytes } else { [vec![0], bytes].concat() }
}

fn hash(parts: &[&[u8]]) -> BigUint {
    BigUint::from_bytes_be(&Sha256::digest(parts.concat()))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    parts.iter().fold(mac, |mac, part| mac.chain_update(part)).finalize().into_bytes().to_vec()
}
