//! Decryption of messages of the AWS Encryption SDK with a raw AES keyring, as a custom sender function does it.
//!
//! Written from the format's reference and tested with a message of the SDK for Python, so that it shares no code with the
//! server.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA384, KeyType, Salt},
    signature::{ECDSA_P384_SHA384_ASN1, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The content of a decrypted message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecryptedMessage {
    pub(crate) plain: String,
    /// The encryption context, without the public key of the signature.
    pub(crate) context: Vec<(String, String)>,
    /// The namespace and the name of the key.
    pub(crate) key: (String, String),
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn number(&mut self, count: usize) -> usize {
        self.take(count).iter().fold(0, |number, byte| (number << 8) | usize::from(*byte))
    }

    fn field(&mut self) -> &'a [u8] {
        let count = self.number(2);
        self.take(count)
    }

    fn text(&mut self) -> String {
        String::from_utf8(self.field().to_vec()).expect("text")
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn open(key: &[u8], iv: &[u8], aad: &[u8], sealed: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes"));
    let (mut sealed, iv) = (sealed.to_vec(), iv.try_into().expect("12 bytes"));
    let plain = key.open_in_place(Nonce::assume_unique_for_key(iv), Aad::from(aad), &mut sealed);
    plain.expect("an authentic ciphertext").to_vec()
}

/// Decrypts a message (Base64) of suite 0x0378 with one data key and one frame, and verifies its signature.
pub(crate) fn decrypt(message: &str, key: &[u8; 32]) -> DecryptedMessage {
    let message = STANDARD.decode(message).expect("base64");
    let read = |reader: &Reader<'_>| message.len() - reader.rest.len();
    let mut reader = Reader { rest: &message };
    assert_eq!(reader.take(4), [0x01, 0x80, 0x03, 0x78]);
    let id = reader.take(16);
    let context = reader.field();
    assert_eq!(reader.number(2), 1, "one data key");
    let namespace = reader.text();
    let provider_info = reader.field();
    let (name, info) = provider_info.split_at(provider_info.len() - 20);
    assert_eq!(info[..8], [0, 0, 0, 128, 0, 0, 0, 12], "bits of the tag, bytes of the IV");
    let data_key = open(key, &info[8..], context, reader.field());

    assert_eq!(reader.take(6), [2, 0, 0, 0, 0, 12], "framed, reserved, bytes of the IV");
    reader.take(4);
    let header = &message[..read(&reader)];
    let salt = Salt::new(HKDF_SHA384, &[]).extract(&data_key);
    let mut derived = [0; 32];
    let info = [&[0x03, 0x78], id];
    salt.expand(&info, Bytes32).and_then(|key| key.fill(&mut derived)).expect("derived");
    let (iv, tag) = (reader.take(12), reader.take(16));
    assert!(open(&derived, iv, header, tag).is_empty(), "the header is authentic");

    assert_eq!(reader.take(8), [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1], "the first frame is the final one");
    let (iv, length) = (reader.take(12), reader.number(4));
    let sealed = reader.take(length + 16);
    let length = u64::try_from(length).expect("short").to_be_bytes();
    let aad = [id, b"AWSKMSEncryptionClient Final Frame", &[0, 0, 0, 1], &length].concat();
    let plain = open(&derived, iv, &aad, sealed);
    let signed = &message[..read(&reader)];
    let signature = reader.field();
    assert!(reader.rest.is_empty());

    let mut pairs = Reader { rest: context };
    let count = pairs.number(2);
    let mut context: Vec<_> = (0..count).map(|_| (pairs.text(), pairs.text())).collect();
    assert!(context.is_sorted());
    let (public_key_name, public_key) = context.remove(0);
    assert_eq!(public_key_name, "aws-crypto-public-key");
    let public_key = STANDARD.decode(public_key).expect("base64");
    UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, public_key)
        .verify(signed, signature)
        .expect("a valid signature");
    let name = String::from_utf8(name.to_vec()).expect("text");
    DecryptedMessage { plain: String::from_utf8(plain).expect("text"), context, key: (namespace, name) }
}

/// The message was made by the AWS Encryption SDK for Python 4.0.7.
#[test]
fn decrypt_message_of_the_sdk_returns_its_plaintext() {
    let message = "AYADeKJHpgJv+0+f6CMZrqvidZwAfAACABVhd3MtY3J5cHRvLXB1YmxpYy1rZXkAREFpK2dkTzNBb3Z4SWc4M3BGTTBpR09R\
        dWJvdGNFeXQ2M2daWGUwV0srb0hmczIwMUdCa2J6a0FtV2dqaFVrRUFhUT09AAt1c2VycG9vbC1pZAAOdXMtZWFzdC0xX3Bvb2wAAQAEbGlk\
        bwA+YXJuOmF3czprbXM6dXMtZWFzdC0xOjAwMDAwMDAwMDAwMDprZXkvb25lAAAAgAAAAAwzBnjlR9zwBowB/SAAMBKz2H/ET+TLE9/4kLde\
        wWCqzOIFgX+GO/dYHHk9rDqoc6jFLyZ9RGiZYHjaZeEdhwIAAAAADAAAEAAAAAAAAAAAAAAAAAA4XNv+bb4RJKM/4/MO6O2J/////wAAAAEA\
        AAAAAAAAAAAAAAEAAAAGfSX/lPY/IdEACLfJFQDW9IjkfidukwBnMGUCMGicmgQzWV3uk8bGNqEUXYhcbcyw1T1Geaz+7emDyzPDmT5a8CDK\
        FZSqVnWcybCQ9QIxANT24VY9BU6tlDepJnCR3B5J4xRmz+PAAGfX6H6PUszdmILuecyFG1dMwVfEKRlncg==";
    let expected = DecryptedMessage {
        plain: "123456".into(),
        context: vec![("userpool-id".into(), "us-east-1_pool".into())],
        key: ("lido".into(), "arn:aws:kms:us-east-1:000000000000:key/one".into()),
    };
    assert_eq!(decrypt(message, &[7; 32]), expected);
}
