//! Encrypts codes to messages of the AWS Encryption SDK, as the service does.
//!
//! *Observed* in a recorded event: message format version 1, algorithm suite 0x0378 (AES-256-GCM, a data key derived by
//! HKDF with SHA-384, signed by ECDSA on P-384), one frame, and the pool's id in the encryption context. A function for
//! the service's messages can decrypt these too, with a raw AES keyring in place of the KMS keyring. The suite has no
//! key commitment, so the SDK needs the commitment policy `REQUIRE_ENCRYPT_ALLOW_DECRYPT`, as in the samples of the
//! service's guide.
//!
//! The format is public: "AWS Encryption SDK message format reference". Only a message with one short frame is
//! implemented, and no decryption. Tests decrypt messages with an implementation of their own, which also decrypts a
//! message of the SDK for Python.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P384, PrivateKey},
    error::{KeyRejected, Unspecified},
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use sha2::Sha384;
use zeroize::Zeroizing;

use super::sender_keys::{NAMESPACE, SenderKey};
use crate::entropy::{Entropy, NoEntropy};

/// The version, 1, and the type: customer authenticated encrypted data.
const VERSION_AND_TYPE: [u8; 2] = [0x01, 0x80];

/// The algorithm suite ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384.
const SUITE: [u8; 2] = [0x03, 0x78];

/// The content type (framed), four reserved bytes, the length of an IV, and the length of a frame that is not the last.
const CONTENT: [u8; 10] = [0x02, 0, 0, 0, 0, IV_BYTES as u8, 0, 0, 0x10, 0];

const IV_BYTES: usize = 12;
const TAG_BITS: u32 = 128;

/// The marker before the number of the last frame.
const LAST_FRAME: [u8; 4] = [0xff; 4];

/// The number of the only frame.
const FRAME_NUMBER: [u8; 4] = [0, 0, 0, 1];

/// The error of a code that could not be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code could not be encrypted")]
pub(super) struct EncryptionError;

macro_rules! encryption_errors {
    ($($error:ty),*) => {$(
        impl From<$error> for EncryptionError {
            fn from(_: $error) -> Self {
                Self
            }
        }
    )*};
}

encryption_errors!(NoEntropy, Unspecified, KeyRejected, hkdf::InvalidLength, std::num::TryFromIntError);

/// Encrypts `plain` and returns the message. `encryption_context` must be ordered by key, with keys that sort after
/// `aws-crypto-public-key`.
pub(super) fn encrypt(
    key: &SenderKey,
    encryption_context: &[(&str, &str)],
    plain: &[u8],
    entropy: &Entropy,
) -> Result<Vec<u8>, EncryptionError> {
    let signer = Signer::generate(entropy)?;
    let mut context = vec![("aws-crypto-public-key", signer.public_key.as_str())];
    context.extend(encryption_context);
    let context = serialize_context(&context)?;
    let (data_key, id): (Zeroizing<[u8; 32]>, [u8; 16]) =
        (Zeroizing::new(entropy.bytes()?), entropy.bytes()?);

    let mut message = [&VERSION_AND_TYPE[..], &SUITE, &id].concat();
    push_field(&mut message, &context)?;
    message.extend(1u16.to_be_bytes());
    push_data_key(&mut message, key, &data_key, &context, entropy.bytes()?)?;
    message.extend(CONTENT);

    let derived = derived_key(&data_key, &id)?;
    let no_iv = [0; IV_BYTES];
    let header_tag = seal(&derived, no_iv, &message, &[])?;
    message.extend(no_iv);
    message.extend(header_tag);

    let length = u32::try_from(plain.len())?;
    let mut iv = [0; IV_BYTES];
    iv[IV_BYTES - FRAME_NUMBER.len()..].copy_from_slice(&FRAME_NUMBER);
    let frame_aad =
        [&id[..], b"AWSKMSEncryptionClient Final Frame", &FRAME_NUMBER, &u64::from(length).to_be_bytes()]
            .concat();
    message.extend(LAST_FRAME);
    message.extend(FRAME_NUMBER);
    message.extend(iv);
    message.extend(length.to_be_bytes());
    message.extend(seal(&derived, iv, &frame_aad, plain)?);

    let signature = signer.sign(&message)?;
    push_field(&mut message, &signature)?;
    Ok(message)
}

/// The key pair that signs one message.
struct Signer {
    pair: EcdsaKeyPair,
    /// The compressed point in base64.
    public_key: String,
}

impl Signer {
    fn generate(entropy: &Entropy) -> Result<Self, EncryptionError> {
        let secret: Zeroizing<[u8; 48]> = Zeroizing::new(entropy.bytes()?);
        let public = PrivateKey::from_private_key(&ECDH_P384, secret.as_slice())?.compute_public_key()?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P384_SHA384_ASN1_SIGNING,
            secret.as_slice(),
            public.as_ref(),
        )?;
        Ok(Self { pair, public_key: STANDARD.encode(compressed(public.as_ref()).ok_or(EncryptionError)?) })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        Ok(self.pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec())
    }
}

/// Returns a point in the compressed form of SEC 1: whether y is odd, and x.
fn compressed(point: &[u8]) -> Option<Vec<u8>> {
    let coordinates = point.strip_prefix(&[0x04])?;
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
    Some([&[0x02 | (y.last()? & 1)], x].concat())
}

/// Serializes an encryption context: the number of pairs, and each key and value with its length.
fn serialize_context(context: &[(&str, &str)]) -> Result<Vec<u8>, EncryptionError> {
    let mut bytes = u16::try_from(context.len())?.to_be_bytes().to_vec();
    for (key, value) in context {
        push_field(&mut bytes, key.as_bytes())?;
        push_field(&mut bytes, value.as_bytes())?;
    }
    Ok(bytes)
}

/// Appends the data key, wrapped as the raw AES keyring does.
fn push_data_key(
    message: &mut Vec<u8>,
    key: &SenderKey,
    data_key: &[u8; 32],
    context: &[u8],
    iv: [u8; IV_BYTES],
) -> Result<(), EncryptionError> {
    push_field(message, NAMESPACE.as_bytes())?;
    let iv_bytes = u32::try_from(IV_BYTES)?.to_be_bytes();
    let provider_information = [key.name.as_bytes(), &TAG_BITS.to_be_bytes(), &iv_bytes, &iv].concat();
    push_field(message, &provider_information)?;
    push_field(message, &seal(&key.bytes, iv, context, data_key)?)
}

fn derived_key(data_key: &[u8; 32], id: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, EncryptionError> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha384>::new(None, data_key).expand_multi_info(&[&SUITE, id], derived.as_mut_slice())?;
    Ok(derived)
}

/// Encrypts with AES-256-GCM, and returns the ciphertext with its tag.
fn seal(key: &[u8; 32], iv: [u8; IV_BYTES], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?);
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::from(aad), &mut sealed)?;
    Ok(sealed)
}

fn push_field(message: &mut Vec<u8>, field: &[u8]) -> Result<(), EncryptionError> {
    message.extend(u16::try_from(field.len())?.to_be_bytes());
    message.extend(field);
    Ok(())
}
