//! A key that signs tokens: RSA-2048, RS256.
//!
//! `aws-lc-rs` signs with a key that is parsed once; `jsonwebtoken` would parse it for every signature, which takes as
//! long as the signature itself (0.24 of 0.27 ms). `jsonwebtoken` reads and verifies. The rules in `lido-domain` check
//! the times of a token, because they have the clock.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use lido_domain::{Refusal, secret::Secret, token::Claims};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The cryptographic library refused a key or could not sign. It gives no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signing key cannot be generated, parsed or used")]
pub struct KeyFault;

impl From<aws_lc_rs::error::Unspecified> for KeyFault {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}

impl From<aws_lc_rs::error::KeyRejected> for KeyFault {
    fn from(_: aws_lc_rs::error::KeyRejected) -> Self {
        Self
    }
}

/// A parsed key, to sign and to verify.
pub(super) struct SigningKey {
    kid: String,
    /// The encoded header of every token that it signs.
    header: String,
    pair: KeyPair,
    public: DecodingKey,
    modulus: String,
    exponent: String,
}

impl SigningKey {
    /// Generates a key and returns it as PKCS #8. It takes about a tenth of a second.
    pub(super) fn generate() -> Result<Secret, KeyFault> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        Ok(Secret::new(pair.as_der()?.as_ref()))
    }

    /// Parses a key that [`SigningKey::generate`] returned.
    pub(super) fn parse(pkcs8: &Secret) -> Result<Self, KeyFault> {
        let pair = KeyPair::from_pkcs8(pkcs8.expose())?;
        let public = pair.public_key();
        let (modulus, exponent) = (public.modulus(), public.exponent());
        let (modulus, exponent) =
            (modulus.big_endian_without_leading_zero(), exponent.big_endian_without_leading_zero());
        // The service's key ids are 32 bytes in Base64. *Chosen*: the hash of the modulus, so that a key keeps its id.
        let kid = STANDARD.encode(Sha256::digest(modulus));
        let header = URL_SAFE_NO_PAD.encode(json!({ "kid": kid, "alg": "RS256" }).to_string());
        let decoding = DecodingKey::from_rsa_raw_components(modulus, exponent);
        let (modulus, exponent) = (URL_SAFE_NO_PAD.encode(modulus), URL_SAFE_NO_PAD.encode(exponent));
        Ok(Self { kid, header, pair, public: decoding, modulus, exponent })
    }

    /// Returns a token with these claims.
    pub(super) fn sign(&self, claims: &Claims) -> Result<String, KeyFault> {
        let payload = serde_json::to_string(claims).map_err(|_| KeyFault)?;
        let message = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(payload));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Returns the claims of a token.
    ///
    /// # Errors
    /// The text is not a token, or this key did not sign it.
    pub(super) fn verify<T: DeserializeOwned + Clone>(&self, token: &str) -> Result<T, Refusal> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode(token, &self.public, &validation).map(|read| read.claims).map_err(|error| {
            match error.kind() {
                ErrorKind::InvalidSignature | ErrorKind::InvalidAlgorithm => {
                    Refusal::AccessTokenSignatureInvalid
                }
                _ => Refusal::AccessTokenInvalid,
            }
        })
    }

    /// Returns the public key as a JWK.
    pub(super) fn to_jwk(&self) -> Value {
        json!({ "alg": "RS256", "e": self.exponent, "kid": self.kid, "kty": "RSA", "n": self.modulus, "use": "sig" })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use lido_domain::token::AccessToken;

    use super::*;

    fn claims(token_use: &str) -> Claims {
        let claims = json!({
            "sub": "s", "client_id": "c", "event_id": "e", "token_use": token_use, "scope": "x", "exp": 1,
        });
        claims.as_object().expect("an object").clone()
    }

    /// cog-0334, cog-0336.
    #[test]
    fn key_verifies_only_tokens_that_it_signed() {
        let [one, other] =
            [(); 2].map(|()| SigningKey::parse(&SigningKey::generate().expect("made")).expect("read"));
        let token = one.sign(&claims("access")).expect("signed");
        assert_eq!(one.verify::<AccessToken>(&token).expect("its own").token_use, "access");
        assert_eq!(other.verify::<AccessToken>(&token).err(), Some(Refusal::AccessTokenSignatureInvalid));
        let (message, signature) = token.rsplit_once('.').expect("three parts");
        let (header, _) = message.split_once('.').expect("two parts");
        let payload = URL_SAFE_NO_PAD.encode(json!(claims("admin")).to_string());
        assert_eq!(
            one.verify::<AccessToken>(&format!("{header}.{payload}.{signature}")).err(),
            Some(Refusal::AccessTokenSignatureInvalid)
        );
        let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        for text in ["", "x", "x.y.z", &format!("{unsigned}.{payload}.")] {
            assert_eq!(one.verify::<AccessToken>(text).err(), Some(Refusal::AccessTokenInvalid), "{text}");
        }
        assert_eq!(format!("{one:?}"), format!("SigningKey({})", one.kid));
        assert_eq!(one.to_jwk()["e"], "AQAB");
        assert_eq!(STANDARD.decode(&one.kid).expect("Base64").len(), 32);
    }
}
