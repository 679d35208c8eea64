//! Software tokens, the codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds.
//!
//! *Documented*: only SHA-1 is supported, and the clock may differ by one step in either direction. A code is accepted
//! once (cog-0231): the step of the last code is stored, and codes of that step or an earlier one are refused. Stored
//! secrets are sealed; a rule gets them in clear as an argument.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, Builder, Totp};

use crate::{
    Timestamp,
    refusal::Refusal,
    secret::{Sealed, Secret},
    time::MAX_CLOCK_DIFFERENCE,
};

/// The length of a secret in bytes. Its text has 52 characters, as in the service (*Observed* in public reports).
pub const SECRET_BYTES: usize = 32;

/// The lengths in bytes that a secret from elsewhere may have. RFC 4226 asks for 16 at least; many examples have 10.
const GIVEN_BYTES: std::ops::RangeInclusive<usize> = 10..=128;

/// The length of a step in seconds.
const STEP_SECONDS: u64 = 30;

/// The allowed difference of the client's clock, in steps (*Documented*: 30 seconds before or after).
const DRIFT: u16 = 1;

/// A verified authenticator app of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoftwareToken {
    /// The secret, sealed for the user.
    pub secret: Sealed,
    /// The step of the last used code.
    last_step: u64,
    /// The friendly name of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The secret that the server and an authenticator app share.
#[derive(Clone, Debug)]
pub struct TokenSecret(Secret);

impl TokenSecret {
    /// Creates a random secret.
    pub fn generate(random: &[u8; SECRET_BYTES]) -> Self {
        Self(Secret::new(random.as_slice()))
    }

    /// Returns the bytes in clear, to be sealed.
    pub fn to_secret(&self) -> Secret {
        self.0.clone()
    }

    /// Creates the secret from the bytes that [`TokenSecret::to_secret`] returned. Returns `None` if the length is
    /// wrong.
    pub fn from_secret(opened: Secret) -> Option<Self> {
        GIVEN_BYTES.contains(&opened.expose().len()).then_some(Self(opened))
    }

    /// Creates the secret from the text of [`TokenSecret::to_base32`], or of another server. Returns `None` if it is not
    /// Base32 of 10 to 128 bytes.
    pub fn from_base32(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('=').to_ascii_uppercase();
        let bytes = totp_rs::Secret::try_from_base32(text).ok()?;
        Self::from_secret(Secret::new(bytes.as_bytes().to_vec()))
    }

    /// Returns whether both are the same. Compares in constant time.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.expose().ct_eq(other.0.expose()).into()
    }

    /// Returns the secret in Base32, as the user types it into the app or as a QR code contains it.
    pub fn to_base32(&self) -> Secret {
        Secret::new(totp_rs::Secret::from(self.0.expose().to_vec()).to_base32())
    }

    /// Returns the step to which `code` belongs, among the steps that are allowed at `now`.
    ///
    /// Returns `None` if it belongs to none of them. Codes are compared in constant time.
    pub fn find_step(&self, code: &str, now: Timestamp) -> Option<u64> {
        self.totp().check(code, u64::try_from(now.as_seconds()).ok()?)
    }

    fn totp(&self) -> Totp {
        // The builder panics for ten or more digits. Its compliant mode requires another secret length than ours.
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(DRIFT)
            .with_step_duration(STEP_SECONDS)
            .with_secret(self.0.expose().to_vec())
            .build_noncompliant()
    }

    /// Returns the code of the step at `now`.
    #[cfg(test)]
    pub(crate) fn code_at(&self, now: Timestamp) -> String {
        self.totp().generate(u64::try_from(now.as_seconds()).expect("after 1970")).to_string()
    }
}

/// Returns the latest step whose code a server can have accepted until `now`. A later one shows that the clock was put
/// back.
fn latest_step(now: Timestamp) -> u64 {
    let latest = now.after(MAX_CLOCK_DIFFERENCE).as_seconds();
    u64::try_from(latest).unwrap_or(0) / STEP_SECONDS + u64::from(DRIFT)
}

impl SoftwareToken {
    /// Creates a token that was verified with the code of `step`.
    pub fn new(secret: Sealed, step: u64, name: Option<String>) -> Self {
        Self { secret, last_step: step, name }
    }

    /// Returns the token after `code` was used. `secret` is the token's secret in clear.
    ///
    /// # Errors
    ///
    /// [`Refusal::SoftwareTokenMismatch`] if the code is wrong, [`Refusal::SoftwareTokenUsed`] if it or a later code
    /// was used before.
    ///
    /// *Chosen*: if the clock was put back since, a code of the present is accepted, rather than none until the clock shows
    /// the old time again.
    pub fn use_code(&self, secret: &TokenSecret, code: &str, now: Timestamp) -> Result<Self, Refusal> {
        match secret.find_step(code, now) {
            None => Err(Refusal::SoftwareTokenMismatch),
            Some(step) if step <= self.last_step && self.last_step <= latest_step(now) => {
                Err(Refusal::SoftwareTokenUsed)
            }
            Some(step) => Ok(Self { last_step: step, ..self.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret for SHA-1 in RFC 6238, appendix B. It is shorter than the secrets that we generate.
    fn rfc() -> TokenSecret {
        TokenSecret(Secret::new("12345678901234567890"))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn software_token_codes_match_the_rfc_6238_test_vectors() {
        // The codes in the RFC have eight digits; ours are the last six of them.
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
    fn software_token_code_within_one_step_of_drift_is_accepted() {
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
        for malformed in ["", "05047", "0504711", "abcdef"] {
            assert_eq!(rfc().find_step(malformed, at(1_111_111_110)), None);
        }
    }

    /// cog-0231.
    #[test]
    fn software_token_code_that_was_used_or_is_older_is_refused() {
        let (early, late) = (rfc().code_at(at(3_000)), rfc().code_at(at(3_030)));
        let now = at(101 * 30);
        let token = SoftwareToken::new(Sealed::from_text("x"), 99, None);
        let used = token.use_code(&rfc(), &late, now).expect("a fresh code");
        assert_eq!(used.use_code(&rfc(), &late, now), Err(Refusal::SoftwareTokenUsed));
        assert_eq!(used.use_code(&rfc(), &early, now), Err(Refusal::SoftwareTokenUsed));
        let next = rfc().code_at(at(3_060));
        assert!(used.use_code(&rfc(), &next, now).is_ok());
        assert_eq!(token.use_code(&rfc(), "000000", now), Err(Refusal::SoftwareTokenMismatch));
    }

    #[test]
    fn token_secret_is_base32_of_52_characters() {
        let secret = TokenSecret::generate(&[7; SECRET_BYTES]);
        let text = secret.to_base32();
        let text = text.expose_str().expect("text");
        assert_eq!(text.len(), 52);
        assert!(text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')), "{text}");
        assert!(TokenSecret::from_secret(secret.to_secret()).is_some());
        assert!(TokenSecret::from_secret(Secret::new("short")).is_none());
        assert!(!format!("{secret:?}").contains("7"));
    }

    #[test]
    fn software_token_is_usable_after_the_clock_was_put_back() {
        let used_at = 1_111_111_110;
        let step = u64::try_from(used_at / 30).expect("after 1970");
        let token = SoftwareToken::new(Sealed::from_text("x"), step, None);
        for (jump, is_accepted) in [
            (0, false),
            (30, true),
            (-30, false),
            (-60, false),
            (-180, true),
            (-3_600, true),
            (-86_400, true),
        ] {
            let now = at(used_at + jump);
            let used = token.use_code(&rfc(), &rfc().code_at(now), now);
            assert_eq!(used.is_ok(), is_accepted, "{jump}");
            if let Ok(used) = used {
                let again = used.use_code(&rfc(), &rfc().code_at(now), now);
                assert_eq!(again, Err(Refusal::SoftwareTokenUsed), "{jump}");
            }
        }
    }
}
