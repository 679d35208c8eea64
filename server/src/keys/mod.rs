//! The server's keys: they seal secrets before they are stored, and compute digests.
//!
//! To seal is to encrypt with XChaCha20-Poly1305 and a random nonce, bound to a place (a pool, a user, a row) as
//! associated data: sealed bytes that are copied to another place cannot be opened. Each line of the key file is a key.
//! The first one seals and digests; all of them open and compare, so a new first line rotates the keys. HKDF derives
//! one key per purpose from each line, so that no purpose's key is usable for another.
//!
//! An attacker with the database alone has digests and sealed bytes; with the key file alone, nothing. With both, they
//! have client secrets, pending codes and answers of custom challenges, the secrets of authenticator apps and the
//! signing keys, and can guess passwords against the verifiers.
//!
//! [`mod@file`] reads the key file.

pub mod file;
mod place;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use lido_domain::{
    Timestamp,
    client::Client,
    code::Code,
    digest::DigestKeys,
    flow::sign_in::custom_auth::CustomChallenge,
    id::{ClientId, PoolId, Sub},
    secret::{Sealed, Secret},
    sign_in::srp::Verifier,
    user::software_token::TokenSecret,
};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::place::SecretPlace;
use crate::entropy::{Entropy, NoEntropy};

const NONCE_BYTES: usize = 24;

/// What the check value of a store says. It is no secret: only whether it can be opened matters.
const KEY_CHECK: &str = "lido key check 1";

/// The keys that are derived from a key file. All sealing and all digests use them.
pub struct Keys {
    /// Never empty. The first seals.
    derived: Vec<DerivedKeys>,
    digest: DigestKeys,
    entropy: Entropy,
}

/// The keys that are derived from one line of the key file, one per purpose.
struct DerivedKeys {
    /// Identifies the line in sealed text: four bytes in hexadecimal, which reveal nothing about the key.
    id: String,
    verifier: Zeroizing<[u8; 32]>,
    outbox: Zeroizing<[u8; 32]>,
    client_secret: Zeroizing<[u8; 32]>,
    signing_key: Zeroizing<[u8; 32]>,
    custom_challenge: Zeroizing<[u8; 32]>,
    software_token: Zeroizing<[u8; 32]>,
    device: Zeroizing<[u8; 32]>,
    key_check: Zeroizing<[u8; 32]>,
    page: Zeroizing<[u8; 32]>,
}

/// The purpose of a seal.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    Verifier,
    Outbox,
    ClientSecret,
    SigningKey,
    CustomChallenge,
    SoftwareToken,
    Device,
    KeyCheck,
    Page,
}

/// The error of sealing: there were no random bytes for a nonce, or the cipher refused the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret could not be sealed")]
pub struct SealError;

impl From<NoEntropy> for SealError {
    fn from(_: NoEntropy) -> Self {
        Self
    }
}

/// The error of opening: the key was removed from the key file, or the bytes were moved or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The key that sealed it is not in the key file.
    #[error("the key that sealed this is not in the key file")]
    OtherKey,
    /// The bytes are damaged, or were sealed for another place.
    #[error("sealed bytes are damaged or were sealed for another place")]
    Damaged,
}

impl Keys {
    /// Derives the keys from the lines of a key file. `first` seals and digests; `older` only open and compare.
    pub fn new(first: Zeroizing<[u8; 32]>, older: Vec<Zeroizing<[u8; 32]>>, entropy: Entropy) -> Self {
        let digest_key = |line: &Zeroizing<[u8; 32]>| *derive(line, "lido digest 1");
        let digest = DigestKeys::new(digest_key(&first), older.iter().map(digest_key));
        let derived = std::iter::once(&first).chain(&older).map(DerivedKeys::new).collect();
        Self { derived, digest, entropy }
    }

    /// Returns the keys for digests of codes, sessions and refresh tokens.
    pub fn digests(&self) -> &DigestKeys {
        &self.digest
    }

    /// Seals the verifier of a user's password, bound to the user.
    pub fn seal_verifier(&self, pool: &PoolId, sub: &Sub, verifier: &Verifier) -> Result<Sealed, SealError> {
        self.seal(Purpose::Verifier, &[pool.as_str(), sub.as_str()], &verifier.to_secret())
    }

    /// Opens a verifier from [`Keys::seal_verifier`].
    pub fn open_verifier(&self, pool: &PoolId, sub: &Sub, sealed: &Sealed) -> Result<Verifier, OpenError> {
        let opened = self.open(Purpose::Verifier, &[pool.as_str(), sub.as_str()], sealed)?;
        Verifier::from_secret(&opened).ok_or(OpenError::Damaged)
    }

    /// Seals the code of a message, bound to its row of the outbox.
    pub fn seal_outbox_code(&self, pool: &PoolId, row: &str, code: &Code) -> Result<Sealed, SealError> {
        self.seal(Purpose::Outbox, &[pool.as_str(), row], &Secret::new(code.expose()))
    }

    /// Opens a code from [`Keys::seal_outbox_code`].
    pub fn open_outbox_code(&self, pool: &PoolId, row: &str, sealed: &Sealed) -> Result<Code, OpenError> {
        let opened = self.open(Purpose::Outbox, &[pool.as_str(), row], sealed)?;
        opened.expose_str().map(Code::from_text).ok_or(OpenError::Damaged)
    }

    /// Seals a secret of an app client, bound to the client.
    pub fn seal_client_secret(
        &self,
        pool: &PoolId,
        client: &ClientId,
        secret: &Secret,
    ) -> Result<Sealed, SealError> {
        self.seal(Purpose::ClientSecret, &[pool.as_str(), client.as_str()], secret)
    }

    /// Opens a secret from [`Keys::seal_client_secret`].
    pub fn open_client_secret(
        &self,
        pool: &PoolId,
        client: &ClientId,
        sealed: &Sealed,
    ) -> Result<Secret, OpenError> {
        self.open(Purpose::ClientSecret, &[pool.as_str(), client.as_str()], sealed)
    }

    /// Seals a key that signs the tokens of a pool, bound to the pool and the key's `name`.
    pub fn seal_signing_key(&self, pool: &PoolId, name: &str, key: &Secret) -> Result<Sealed, SealError> {
        self.seal(Purpose::SigningKey, &[pool.as_str(), name], key)
    }

    /// Opens a key from [`Keys::seal_signing_key`].
    pub fn open_signing_key(&self, pool: &PoolId, name: &str, sealed: &Sealed) -> Result<Secret, OpenError> {
        self.open(Purpose::SigningKey, &[pool.as_str(), name], sealed)
    }

    /// Seals the secret of a user's authenticator app, bound to the user.
    pub fn seal_software_token(
        &self,
        pool: &PoolId,
        sub: &Sub,
        secret: &TokenSecret,
    ) -> Result<Sealed, SealError> {
        self.seal(Purpose::SoftwareToken, &[pool.as_str(), sub.as_str()], &secret.to_secret())
    }

    /// Opens a secret from [`Keys::seal_software_token`].
    pub fn open_software_token(
        &self,
        pool: &PoolId,
        sub: &Sub,
        sealed: &Sealed,
    ) -> Result<TokenSecret, OpenError> {
        let opened = self.open(Purpose::SoftwareToken, &[pool.as_str(), sub.as_str()], sealed)?;
        TokenSecret::from_secret(opened).ok_or(OpenError::Damaged)
    }

    /// Seals the private part of a custom challenge, bound to the user.
    pub fn seal_custom_challenge(
        &self,
        pool: &PoolId,
        sub: &Sub,
        challenge: &CustomChallenge,
    ) -> Result<Sealed, SealError> {
        self.seal(Purpose::CustomChallenge, &[pool.as_str(), sub.as_str()], &challenge.to_secret())
    }

    /// Opens a challenge from [`Keys::seal_custom_challenge`].
    pub fn open_custom_challenge(
        &self,
        pool: &PoolId,
        sub: &Sub,
        sealed: &Sealed,
    ) -> Result<CustomChallenge, OpenError> {
        let opened = self.open(Purpose::CustomChallenge, &[pool.as_str(), sub.as_str()], sealed)?;
        CustomChallenge::from_secret(&opened).ok_or(OpenError::Damaged)
    }

    /// Seals the verifier of a device's password, bound to the user and the device.
    pub fn seal_device_verifier(
        &self,
        pool: &PoolId,
        sub: &Sub,
        key: &str,
        verifier: &Verifier,
    ) -> Result<Sealed, SealError> {
        self.seal(Purpose::Device, &[pool.as_str(), sub.as_str(), key], &verifier.to_secret())
    }

    /// Opens a verifier from [`Keys::seal_device_verifier`].
    pub fn open_device_verifier(
        &self,
        pool: &PoolId,
        sub: &Sub,
        key: &str,
        sealed: &Sealed,
    ) -> Result<Verifier, OpenError> {
        let opened = self.open(Purpose::Device, &[pool.as_str(), sub.as_str(), key], sealed)?;
        Verifier::from_secret(&opened).ok_or(OpenError::Damaged)
    }

    /// Opens every secret of an app client.
    pub fn open_client_secrets(&self, pool: &PoolId, client: &Client) -> Result<Vec<Secret>, OpenError> {
        client
            .secrets
            .iter()
            .map(|secret| self.open_client_secret(pool, &client.id, &secret.sealed))
            .collect()
    }

    /// Opens the secret that an app client was created with, if it still has it. Only this one is shown to
    /// administrators.
    pub fn open_first_client_secret(
        &self,
        pool: &PoolId,
        client: &Client,
        created_at: Timestamp,
    ) -> Result<Option<Secret>, OpenError> {
        let first = client.first_secret(created_at);
        first.map(|secret| self.open_client_secret(pool, &client.id, &secret.sealed)).transpose()
    }

    /// Seals what a browser keeps between two pages, bound to the pool and to the token against forged forms.
    pub fn seal_page(&self, pool: &PoolId, csrf: &str, plain: &Secret) -> Result<Sealed, SealError> {
        self.seal(Purpose::Page, &[pool.as_str(), csrf], plain)
    }

    /// Opens what [`Keys::seal_page`] has sealed.
    pub fn open_page(&self, pool: &PoolId, csrf: &str, sealed: &Sealed) -> Result<Secret, OpenError> {
        self.open(Purpose::Page, &[pool.as_str(), csrf], sealed)
    }

    /// Seals the check value of a store under the first key.
    pub fn seal_key_check(&self) -> Result<Sealed, SealError> {
        self.seal(Purpose::KeyCheck, &[], &Secret::new(KEY_CHECK))
    }

    /// Seals the check value of a store under each key, the first one first.
    pub fn seal_key_checks(&self) -> Result<Vec<Sealed>, SealError> {
        let seal = |key| self.seal_under(key, Purpose::KeyCheck, &[], &Secret::new(KEY_CHECK));
        self.derived.iter().map(seal).collect()
    }

    /// Opens a value from [`Keys::seal_key_check`].
    pub fn open_key_check(&self, sealed: &Sealed) -> Result<(), OpenError> {
        match self.open(Purpose::KeyCheck, &[], sealed)?.expose_str() {
            Some(KEY_CHECK) => Ok(()),
            _ => Err(OpenError::Damaged),
        }
    }

    /// Returns whether the first key has sealed this.
    pub fn is_sealed_by_first(&self, sealed: &Sealed) -> bool {
        Self::key_id(sealed) == self.derived.first().map(|key| key.id.as_str())
    }

    /// Returns the id of the key that has sealed this.
    pub fn key_id(sealed: &Sealed) -> Option<&str> {
        sealed.as_text().split('.').nth(1)
    }

    /// Returns an id for a new row of the outbox, whose code is then sealed for it.
    pub fn new_row_id(&self) -> Result<String, NoEntropy> {
        self.entropy.uuid()
    }

    fn seal(&self, purpose: Purpose, place: &[&str], plain: &Secret) -> Result<Sealed, SealError> {
        self.seal_under(self.derived.first().ok_or(SealError)?, purpose, place, plain)
    }

    fn seal_under(
        &self,
        key: &DerivedKeys,
        purpose: Purpose,
        place: &[&str],
        plain: &Secret,
    ) -> Result<Sealed, SealError> {
        let nonce: [u8; NONCE_BYTES] = self.entropy.bytes()?;
        let aad = associated_data(purpose, place);
        let payload = Payload { msg: plain.expose(), aad: &aad };
        let sealed = key.cipher(purpose).encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
        let bytes = [nonce.as_slice(), &sealed].concat();
        Ok(Sealed::from_text(format!("1.{}.{}", key.id, URL_SAFE_NO_PAD.encode(bytes))))
    }

    fn open(&self, purpose: Purpose, place: &[&str], sealed: &Sealed) -> Result<Secret, OpenError> {
        let mut parts = sealed.as_text().splitn(3, '.');
        let (Some("1"), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(OpenError::Damaged);
        };
        let key = self.derived.iter().find(|key| key.id == id).ok_or(OpenError::OtherKey)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| OpenError::Damaged)?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::Damaged)?;
        let aad = associated_data(purpose, place);
        let payload = Payload { msg: body, aad: &aad };
        let plain =
            key.cipher(purpose).decrypt(&XNonce::from(*nonce), payload).map_err(|_| OpenError::Damaged)?;
        Ok(Secret::new(plain))
    }
}

impl DerivedKeys {
    fn new(line: &Zeroizing<[u8; 32]>) -> Self {
        let id = derive(line, "lido key id 1");
        Self {
            id: id.iter().take(4).map(|byte| format!("{byte:02x}")).collect(),
            verifier: derive(line, "lido seal verifier 1"),
            outbox: derive(line, "lido seal outbox 1"),
            client_secret: derive(line, "lido seal client secret 1"),
            signing_key: derive(line, "lido seal signing key 1"),
            custom_challenge: derive(line, "lido seal custom challenge 1"),
            software_token: derive(line, "lido seal software token 1"),
            device: derive(line, "lido seal device 1"),
            key_check: derive(line, "lido seal key check 1"),
            page: derive(line, "lido seal page 1"),
        }
    }

    fn cipher(&self, purpose: Purpose) -> XChaCha20Poly1305 {
        let key = match purpose {
            Purpose::Verifier => &self.verifier,
            Purpose::Outbox => &self.outbox,
            Purpose::ClientSecret => &self.client_secret,
            Purpose::SigningKey => &self.signing_key,
            Purpose::CustomChallenge => &self.custom_challenge,
            Purpose::SoftwareToken => &self.software_token,
            Purpose::Device => &self.device,
            Purpose::KeyCheck => &self.key_check,
            Purpose::Page => &self.page,
        };
        XChaCha20Poly1305::new((&**key).into())
    }
}

fn derive(line: &Zeroizing<[u8; 32]>, info: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    // HKDF fails only for an output of more than 8,160 bytes.
    let expanded = Hkdf::<Sha256>::new(None, line.as_slice()).expand(info.as_bytes(), key.as_mut_slice());
    debug_assert!(expanded.is_ok());
    key
}

/// Encodes a purpose and a place. Each part has its length, so that no two places have the same encoding.
fn associated_data(purpose: Purpose, place: &[&str]) -> Vec<u8> {
    let mut data = vec![match purpose {
        Purpose::Verifier => 1,
        Purpose::Outbox => 2,
        Purpose::ClientSecret => 3,
        Purpose::SigningKey => 4,
        Purpose::CustomChallenge => 6,
        Purpose::SoftwareToken => 5,
        Purpose::Device => 7,
        Purpose::KeyCheck => 8,
        Purpose::Page => 9,
    }];
    for part in place {
        data.extend((part.len() as u64).to_be_bytes());
        data.extend(part.as_bytes());
    }
    data
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} hidden)", self.derived.len())
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::{client::ClientSecret, id::Username};

    use super::*;

    fn keys(lines: &[u8]) -> Keys {
        let mut lines = lines.iter().map(|byte| Zeroizing::new([*byte; 32]));
        let first = lines.next().expect("a first line");
        Keys::new(first, lines.collect(), Entropy::fake(9))
    }

    #[test]
    fn seal_opens_only_at_its_place_and_purpose() {
        let keys = keys(&[1]);
        let (pool, sub) = (PoolId::new("r_p"), Sub::new("s"));
        let verifier = Verifier::derive(&pool, &Username::new("ann"), &Secret::new("Passw0rd!"), [3; 16]);
        let sealed = keys.seal_verifier(&pool, &sub, &verifier).expect("seals");
        assert_eq!(keys.open_verifier(&pool, &sub, &sealed).expect("opens").salt(), verifier.salt());
        assert_eq!(keys.open_verifier(&PoolId::new("r_q"), &sub, &sealed).err(), Some(OpenError::Damaged));
        assert_eq!(keys.open_verifier(&pool, &Sub::new("t"), &sealed).err(), Some(OpenError::Damaged));
        let as_code = keys.open_outbox_code(&pool, sub.as_str(), &sealed);
        assert_eq!(as_code.err(), Some(OpenError::Damaged), "another purpose has another key");
    }

    #[test]
    fn rotated_keys_open_old_seals_and_seal_with_the_first() {
        let (pool, code) = (PoolId::new("r_p"), Code::from_text("123456"));
        let old = keys(&[1]).seal_outbox_code(&pool, "row", &code).expect("seals");
        let rotated = keys(&[2, 1]);
        assert_eq!(rotated.open_outbox_code(&pool, "row", &old).expect("opens").expose(), "123456");
        let new = rotated.seal_outbox_code(&pool, "row", &code).expect("seals");
        assert_eq!(keys(&[1]).open_outbox_code(&pool, "row", &new).err(), Some(OpenError::OtherKey));
        assert!(keys(&[2]).open_outbox_code(&pool, "row", &new).is_ok());
    }

    #[test]
    fn every_secret_of_a_client_is_opened() {
        let (keys, pool) = (keys(&[1]), PoolId::new("r_p"));
        let mut client = Client::new(ClientId::new("c"));
        for text in ["one", "two"] {
            let sealed = keys.seal_client_secret(&pool, &client.id, &Secret::new(text)).expect("seals");
            let created_at = Timestamp::from_millis(0);
            client.secrets.push(ClientSecret { id: text.into(), sealed, created_at });
        }
        let opened = keys.open_client_secrets(&pool, &client).expect("opens");
        assert_eq!(opened.iter().map(Secret::expose).collect::<Vec<_>>(), [b"one", b"two"]);
        client.id = ClientId::new("d");
        assert_eq!(keys.open_client_secrets(&pool, &client).err(), Some(OpenError::Damaged));
    }

    #[test]
    fn damaged_seal_does_not_open() {
        let keys = keys(&[1]);
        let pool = PoolId::new("r_p");
        let sealed = keys.seal_outbox_code(&pool, "row", &Code::from_text("123456")).expect("seals");
        let text = sealed.as_text();
        let mut last = text.to_owned();
        let end = if last.pop() == Some('A') { 'B' } else { 'A' };
        last.push(end);
        for damaged in
            [last, text[..text.len() - 8].to_owned(), String::new(), "1.x".into(), text.replace("1.", "2.")]
        {
            assert!(keys.open_outbox_code(&pool, "row", &Sealed::from_text(damaged)).is_err());
        }
    }

    #[test]
    fn seals_of_equal_text_differ_and_debug_hides_keys() {
        let keys = keys(&[1]);
        let pool = PoolId::new("r_p");
        let seal = || keys.seal_outbox_code(&pool, "row", &Code::from_text("123456")).expect("seals");
        assert_ne!(seal(), seal());
        assert_eq!(format!("{keys:?}"), "Keys(1 hidden)");
    }
}
