//! A WebAuthn authenticator and the browser in front of it, in software: creates passkeys and signs with them.
//!
//! Both follow the specification. A test of a refusal changes one field first, so that exactly one thing is wrong.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The flag of authenticator data that the user was present (UP).
pub(crate) const USER_PRESENT: u8 = 0x01;
/// The flag of authenticator data that the user was verified (UV).
pub(crate) const USER_VERIFIED: u8 = 0x04;
/// The flag of authenticator data that a new credential is attached (AT).
const ATTESTED_CREDENTIAL_DATA: u8 = 0x40;
/// The COSE identifier of ECDSA with SHA-256.
pub(crate) const ES256: i64 = -7;

/// An authenticator with one passkey, and the browser's page.
#[derive(Debug)]
pub(crate) struct Authenticator {
    /// The key pair of the passkey.
    pub(crate) key: EcdsaKeyPair,
    /// The credential id of the passkey.
    pub(crate) id: Vec<u8>,
    /// The origin of the browser's page.
    pub(crate) origin: String,
    /// Whether the page is in a frame of another origin.
    pub(crate) is_cross_origin: bool,
    /// The relying party id to use in place of that in the options.
    pub(crate) relying_party: Option<String>,
    /// The flags about the user.
    pub(crate) flags: u8,
    /// The signature counter.
    pub(crate) counter: u32,
    /// The COSE identifier of the algorithm that the public key is labelled with.
    pub(crate) algorithm: i64,
    /// The user handle from the creation options, once the passkey is created.
    pub(crate) user_handle: Option<String>,
}

impl Authenticator {
    /// Creates an authenticator that verifies its user, behind a browser on a page of `origin`.
    pub(crate) fn new(origin: &str, id: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            id: id.as_bytes().to_vec(),
            origin: origin.to_owned(),
            is_cross_origin: false,
            relying_party: None,
            flags: USER_PRESENT | USER_VERIFIED,
            counter: 0,
            algorithm: ES256,
            user_handle: None,
        }
    }

    /// Returns the credential id in base64url, as JSON has it.
    pub(crate) fn encoded_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// Creates the passkey, as `navigator.credentials.create()` does, and returns the RegistrationResponseJSON.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.user_handle = Some(text(&options["user"]["id"]).to_owned());
        let relying_party =
            self.relying_party.clone().unwrap_or_else(|| text(&options["rp"]["id"]).to_owned());
        let mut data = self.authenticator_data(&relying_party, self.flags | ATTESTED_CREDENTIAL_DATA);
        data.extend([0; 16]); // the AAGUID of an authenticator that does not tell its model
        data.extend(u16::try_from(self.id.len()).expect("a short id").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut attestation = vec![0xa3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        attestation.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
        attestation.extend(data);
        json!({
            "id": self.encoded_id(),
            "rawId": self.encoded_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", options)),
                "transports": ["internal", "hybrid", "by carrier pigeon"],
            },
        })
    }

    /// Signs the challenge, as `navigator.credentials.get()` does, and returns the AuthenticationResponseJSON.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let relying_party = self.relying_party.clone().unwrap_or_else(|| text(&options["rpId"]).to_owned());
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(&relying_party, self.flags);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signed");
        json!({
            "id": self.encoded_id(),
            "rawId": self.encoded_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.user_handle,
            },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let client_data = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.is_cross_origin,
        });
        client_data.to_string().into_bytes()
    }

    fn authenticator_data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        [&Sha256::digest(relying_party)[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// Returns the public key as a COSE_Key.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let algorithm = u8::try_from(-1 - self.algorithm).expect("a small number");
        let mut key = vec![0xa5, 0x01, 0x02, 0x03];
        key.extend(if algorithm < 24 { vec![0x20 | algorithm] } else { vec![0x38, algorithm] });
        key.extend([0x20, 0x01, 0x21, 0x58, 0x20]);
        key.extend(&point[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[33..65]);
        key
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
