//! Proof key for code exchange (RFC 7636): only the client that began an authorization can exchange its code.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// A code challenge: the SHA-256 of a verifier, in Base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

/// The error of a challenge that is not one of S256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidChallenge;

impl CodeChallenge {
    /// Reads the parameters `code_challenge` and `code_challenge_method`.
    ///
    /// *Documented*: each needs the other (oau-0022, oau-0024), and S256 is the only method (oau-0023). *Chosen*: a
    /// challenge that cannot be the SHA-256 of anything is refused too, because no verifier would be right.
    ///
    /// # Errors
    ///
    /// One parameter is missing, or they are no challenge of S256.
    pub fn read(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, InvalidChallenge> {
        match (challenge, method) {
            (None, None) => Ok(None),
            (Some(challenge), Some("S256")) => match URL_SAFE_NO_PAD.decode(challenge) {
                Ok(digest) if digest.len() == 32 => Ok(Some(Self(challenge.to_owned()))),
                _ => Err(InvalidChallenge),
            },
            _ => Err(InvalidChallenge),
        }
    }

    /// Returns whether this is the challenge of `verifier`. Compares in constant time.
    ///
    /// A verifier has 43 to 128 characters that need no encoding in a URL (RFC 7636, section 4.1).
    pub fn is_of(&self, verifier: &str) -> bool {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let is_right = bool::from(digest.as_bytes().ct_eq(self.0.as_bytes()));
        is_right && (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// oau-0022, oau-0023, oau-0024.
    #[test]
    fn challenge_needs_its_method_and_s256() {
        let read = CodeChallenge::read;
        assert_eq!(read(None, None), Ok(None));
        assert!(read(Some(CHALLENGE), Some("S256")).expect("good").is_some());
        for (challenge, method) in [
            (Some(CHALLENGE), None),
            (None, Some("S256")),
            (Some(CHALLENGE), Some("plain")),
            (Some(CHALLENGE), Some("s256")),
            (Some("short"), Some("S256")),
            (Some(VERIFIER.repeat(2).as_str()), Some("S256")),
        ] {
            assert_eq!(read(challenge, method), Err(InvalidChallenge), "{challenge:?} {method:?}");
        }
    }

    #[test]
    fn verifier_of_the_challenge_is_right() {
        let challenge = CodeChallenge(CHALLENGE.to_owned());
        assert!(challenge.is_of(VERIFIER));
        for wrong in ["", CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"] {
            assert!(!challenge.is_of(wrong), "{wrong}");
        }
        let short = "short";
        let of_short = CodeChallenge(URL_SAFE_NO_PAD.encode(Sha256::digest(short)));
        assert!(!of_short.is_of(short), "a verifier that can be guessed is refused");
    }
}
