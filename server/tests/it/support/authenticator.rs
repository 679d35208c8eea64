//! An authenticator in software, with the browser before it: it makes passkeys and signs with them.
//!
//! It does what WebAuthn says an honest pair of the two does; whoever tests a refusal bends one of its fields first.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Flags of authenticator data.
pub(crate) const PRESENT: u8 = 0x01;
pub(crate) const VERIFIED: u8 = 0x04;
const HAS_PASSKEY: u8 = 0x40;
pub(crate) const ES256: i64 = -7;

/// An authenticator that holds one passkey.
#[derive(Debug)]
pub(crate) struct Authenticator {
    pub(crate) key: EcdsaKeyPair,
    /// The id of the passkey.
    pub(crate) id: Vec<u8>,
    /// The page on which the browser is.
    pub(crate) origin: String,
    /// Whether that page stands in a frame of another.
    pub(crate) is_framed: bool,
    /// The relying party, if it is another than that of the options.
    pub(crate) party: Option<String>,
    /// What it says of its user.
    pub(crate) flags: u8,
    /// How often it has signed.
    pub(crate) counter: u32,
    /// What it says that its key is.
    pub(crate) algorithm: i64,
    /// Whose passkey it is, as it was told when it made it.
    pub(crate) user: Option<String>,
}

impl Authenticator {
    /// One that verifies its user, behind a browser on this page.
    pub(crate) fn new(origin: &str, id: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            id: id.as_bytes().to_vec(),
            origin: origin.to_owned(),
            is_framed: false,
            party: None,
            flags: PRESENT | VERIFIED,
            counter: 0,
            algorithm: ES256,
            user: None,
        }
    }

    /// The id as it is told.
    pub(crate) fn told_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// `navigator.credentials.create()`.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.user = Some(text(&options["user"]["id"]).to_owned());
        let party = self.party.clone().unwrap_or_else(|| text(&options["rp"]["id"]).to_owned());
        let mut data = self.data(&party, self.flags | HAS_PASSKEY);
        data.extend([0; 16]); // an authenticator of no kind
        data.extend(u16::try_from(self.id.len()).expect("a short id").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        let mut attestation = vec![0xa3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        attestation.extend(u16::try_from(data.len()).expect("short data").to_be_bytes());
        attestation.extend(data);
        json!({
            "id": self.told_id(),
            "rawId": self.told_id(),
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

    /// `navigator.credentials.get()`.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let party = self.party.clone().unwrap_or_else(|| text(&options["rpId"]).to_owned());
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(&party, self.flags);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signed");
        json!({
            "id": self.told_id(),
            "rawId": self.told_id(),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.user,
            },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": self.is_framed,
        });
        said.to_string().into_bytes()
    }

    fn data(&self, party: &str, flags: u8) -> Vec<u8> {
        [&Sha256::digest(party)[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The public key as COSE writes it.
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
