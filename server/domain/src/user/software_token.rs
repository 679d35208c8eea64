//! The codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds.
//!
//! *Documented*: SHA-1 and nothing else, and one step of drift to either side. A code is good once (cog-0231): the step
//! of the last one is remembered, and neither it nor an earlier one comes again. The secret is sealed by the server
//! wherever it is kept; a rule is handed it opened.

use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Builder, Totp};

use crate::{
    Timestamp,
    refusal::Refusal,
    secret::{Sealed, Secret},
};

/// How long a secret is: its text has 52 characters, as the service's have (*Observed* in public reports).
pub const SECRET_BYTES: usize = 32;

/// The seconds of a step.
const STEP_SECONDS: u64 = 30;

/// How far a client's clock may be off, in steps (*Documented*: 30 seconds before or after).
const DRIFT: u16 = 1;

/// An authenticator app that was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftwareToken {
    /// Its secret, sealed for the user.
    pub secret: Sealed,
    /// The step of the last code that was used.
    last_step: u64,
    /// What the user calls the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The secret that the server and an authenticator app share.
#[derive(Clone, Debug)]
pub struct TokenSecret(Secret);

impl TokenSecret {
    /// A new secret.
    pub fn generate(random: &[u8; SECRET_BYTES]) -> Self {
        Self(Secret::new(random.as_slice()))
    }

    /// The bytes, to be sealed.
    pub fn to_secret(&self) -> Secret {
        self.0.clone()
    }

    /// Reads what [`TokenSecret::to_secret`] gave; nothing, if it has another length.
    pub fn from_secret(opened: Secret) -> Option<Self> {
        (opened.expose().len() == SECRET_BYTES).then_some(Self(opened))
    }

    /// The text that the user types into the app, or that its QR code holds.
    pub fn to_base32(&self) -> Secret {
        Secret::new(totp_rs::Secret::from(self.0.expose().to_vec()).to_base32())
    }

    /// The step of which `code` is, around `now`; nothing, if it is of none. Codes are compared in constant time.
    pub fn find_step(&self, code: &str, now: Timestamp) -> Option<u64> {
        self.totp().check(code, u64::try_from(now.as_seconds()).ok()?)
    }

    fn totp(&self) -> Totp {
        // It panics with ten digits and more. What it calls compliant is a secret of its own length and no other; ours
        // is longer.
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(DRIFT)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.expose().to_vec())
            .build_noncompliant()
    }

    /// The code of the step that it is `now`.
    #[cfg(test)]
    pub(crate) fn code_at(&self, now: Timestamp) -> String {
        self.totp().generate(u64::try_from(now.as_seconds()).expect("after 1970")).to_string()
    }
}

impl SoftwareToken {
    /// A token that was verified by the code of this step.
    pub fn new(secret: Sealed, step: u64, name: Option<String>) -> Self {
        Self { secret, last_step: step, name }
    }

    /// The token after `code` was used, or a refusal. `secret` is its own, opened.
    pub fn used(&self, secret: &TokenSecret, code: &str, now: Timestamp) -> Result<Self, Refusal> {
        match secret.find_step(code, now) {
            None => Err(Refusal::SoftwareTokenMismatch),
            Some(step) if step <= self.last_step => Err(Refusal::SoftwareTokenUsed),
            Some(step) => Ok(Self { last_step: step, ..self.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, for SHA-1; it is shorter than ours.
    fn rfc() -> TokenSecret {
        TokenSecret(Secret::new("12345678901234567890"))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Its table has eight digits; ours are the last six of them.
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in cases {
            assert_eq!(rfc().find_step(code, at(seconds)), u64::try_from(seconds / 30).ok(), "{seconds}");
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven() {
        let code = "050471";
        let cases = [
            (1_111_111_079, false),
            (1_111_111_080, true),
            (1_111_111_110, true),
            (1_111_111_169, true),
            (1_111_111_170, false),
        ];
        for (seconds, is_right) in cases {
            assert_eq!(rfc().find_step(code, at(seconds)).is_some(), is_right, "{seconds}");
        }
        for nonsense in ["", "05047", "0504711", "abcdef"] {
            assert_eq!(rfc().find_step(nonsense, at(1_111_111_110)), None);
        }
    }

    /// cog-0231.
    #[test]
    fn a_code_is_good_once_and_no_earlier_one_comes_after_it() {
        let (early, late) = (rfc().code_at(at(3_000)), rfc().code_at(at(3_030)));
        let now = at(101 * 30);
        let token = SoftwareToken::new(Sealed::from_text("x"), 99, None);
        let used = token.used(&rfc(), &late, now).expect("a fresh code");
        assert_eq!(used.used(&rfc(), &late, now), Err(Refusal::SoftwareTokenUsed));
        assert_eq!(used.used(&rfc(), &early, now), Err(Refusal::SoftwareTokenUsed));
        let next = rfc().code_at(at(3_060));
        assert!(used.used(&rfc(), &next, now).is_ok());
        assert_eq!(token.used(&rfc(), "000000", now), Err(Refusal::SoftwareTokenMismatch));
    }

    #[test]
    fn a_secret_is_spelt_as_apps_read_it() {
        let secret = TokenSecret::generate(&[7; SECRET_BYTES]);
        let text = secret.to_base32();
        let text = text.expose_str().expect("text");
        assert_eq!(text.len(), 52);
        assert!(text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')), "{text}");
        assert!(TokenSecret::from_secret(secret.to_secret()).is_some());
        assert!(TokenSecret::from_secret(Secret::new("short")).is_none());
        assert!(!format!("{secret:?}").contains("7"));
    }
}
