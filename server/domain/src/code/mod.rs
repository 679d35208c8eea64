//! Confirmation codes: six digits, kept as a keyed digest, good for a while, used once.
//!
//! The code itself travels only in a [`crate::code::message::Message`]. How often one may guess is [`crate::user::attempt`].

pub mod message;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::contact::{Contact, ContactKind},
    digest::{Digest, DigestKeys},
    id::{PoolId, Sub},
    refusal::Refusal,
    secret::Secret,
};

/// How long a sign-up code is good (*Documented*, cog-0015: not configurable).
pub const CODE_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a code that resets a password is good.
const RESET_CODE_TTL: Duration = Duration::from_secs(60 * 60);

/// A code in clear, on its way to somebody.
#[derive(Clone)]
pub struct Code(Secret);

impl Code {
    /// Six digits from eight random bytes: the bias of the remainder is below one in 10^13.
    pub fn from_random(random: &[u8; 8]) -> Self {
        Self::fixed(&format!("{:06}", u64::from_be_bytes(*random) % 1_000_000))
    }

    /// Eight digits, as codes to sign in with have (*Observed*, cog-0224); of SMS it is *Chosen*.
    pub fn eight_from_random(random: &[u8; 8]) -> Self {
        Self::fixed(&format!("{:08}", u64::from_be_bytes(*random) % 100_000_000))
    }

    /// Its last six digits: codes of second factors have six (*Observed* in public reports), and of digits that are all
    /// drawn alike the last ones are, too.
    pub fn shortened(&self) -> Self {
        let digits = self.expose();
        Self::fixed(digits.len().checked_sub(6).and_then(|from| digits.get(from..)).unwrap_or(digits))
    }

    /// This very code, for `lido dev --confirmation-code`.
    pub fn fixed(text: &str) -> Self {
        Self(Secret::new(text))
    }

    /// The digits, to be put into a message.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(hidden)")
    }
}

/// What a code is for; a code for one purpose serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Confirming a sign-up.
    SignUp,
    /// Setting a new password for a forgotten one.
    ForgotPassword,
    /// Verifying the e-mail address.
    VerifyEmail,
    /// Verifying the phone number.
    VerifyPhoneNumber,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Purpose; 4] =
        [Purpose::SignUp, Purpose::ForgotPassword, Purpose::VerifyEmail, Purpose::VerifyPhoneNumber];

    /// The purpose of a code that verifies a contact of this kind.
    pub const fn verifying(kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => Purpose::VerifyEmail,
            ContactKind::PhoneNumber => Purpose::VerifyPhoneNumber,
        }
    }

    /// How long a code for this is good (*Documented* on the page of quotas; cog-0015, cog-0347).
    pub const fn ttl(self) -> Duration {
        match self {
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::VerifyPhoneNumber => CODE_TTL,
            Purpose::ForgotPassword => RESET_CODE_TTL,
        }
    }

    /// A short word for digests and keys of records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::SignUp => "sign_up",
            Purpose::ForgotPassword => "forgot_password",
            Purpose::VerifyEmail => "verify_email",
            Purpose::VerifyPhoneNumber => "verify_phone_number",
        }
    }
}

/// A code that somebody was sent and has not used: its digest, where it went and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCode {
    /// Keyed digest of pool, user, purpose and code.
    digest: Digest,
    /// Where it was sent: what a right code verifies.
    pub contact: Contact,
    /// The instant from which it is no longer good.
    pub expires_at: Timestamp,
}

impl PendingCode {
    /// Remembers `code` for the user.
    pub fn new(
        keys: &DigestKeys,
        pool: &PoolId,
        of: &Sub,
        purpose: Purpose,
        code: &Code,
        contact: Contact,
        now: Timestamp,
    ) -> Self {
        let digest = keys.digest(&["code", pool.as_str(), of.as_str(), purpose.as_str(), code.expose()]);
        Self { digest, contact, expires_at: now.after(purpose.ttl()) }
    }
}

/// Compares what was typed with the pending code.
///
/// The digest is worked out and compared whatever is pending, so that a user without a code, or no user at all, costs
/// the same. No live code is `CodeExpired` (cog-0042), and expiry comes before the comparison (cog-0022).
pub fn check_code(
    keys: &DigestKeys,
    pool: &PoolId,
    of: &Sub,
    purpose: Purpose,
    pending: Option<&PendingCode>,
    typed: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let nothing = Digest::nothing();
    let kept = pending.map_or(&nothing, |pending| &pending.digest);
    let is_right = keys.is_digest_of(kept, &["code", pool.as_str(), of.as_str(), purpose.as_str(), typed]);
    match pending {
        None => Err(Refusal::CodeExpired),
        Some(pending) if pending.expires_at <= now => Err(Refusal::CodeExpired),
        Some(_) if !is_right => Err(Refusal::CodeMismatch),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn six_digits_whatever_the_bytes() {
        for byte in 0..=255u8 {
            let code = Code::from_random(&[byte; 8]);
            assert_eq!(code.expose().len(), 6);
            assert!(code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(format!("{:?}", Code::fixed("123456")), "Code(hidden)");
    }

    #[test]
    fn what_a_typed_code_meets() {
        let (keys, pool, sub) = (fixture::keys(), PoolId::new("r_p"), Sub::new("s"));
        let contact = Contact { kind: ContactKind::Email, value: "a@b.c".into() };
        let sent = Timestamp::from_millis(0);
        let pending =
            PendingCode::new(&keys, &pool, &sub, Purpose::SignUp, &Code::fixed("123456"), contact, sent);
        let last = Timestamp::from_millis(CODE_TTL.as_millis() as i64 - 1);
        let late = sent.after(CODE_TTL);
        let cases = [
            (Some(&pending), "123456", sent, Ok(())),
            (Some(&pending), "123456", last, Ok(())),
            (Some(&pending), "123456", late, Err(Refusal::CodeExpired)),
            (Some(&pending), "000000", late, Err(Refusal::CodeExpired)),
            (Some(&pending), "123457", sent, Err(Refusal::CodeMismatch)),
            (Some(&pending), "123", sent, Err(Refusal::CodeMismatch)), // cog-0007
            (Some(&pending), "1234567", sent, Err(Refusal::CodeMismatch)), // cog-0007
            (None, "123456", sent, Err(Refusal::CodeExpired)),         // cog-0042
        ];
        for (pending, typed, now, expected) in cases {
            assert_eq!(
                check_code(&keys, &pool, &sub, Purpose::SignUp, pending, typed, now),
                expected,
                "{typed}"
            );
        }
    }

    #[test]
    fn a_code_is_bound_to_pool_and_user() {
        let (keys, pool, sub) = (fixture::keys(), PoolId::new("r_p"), Sub::new("s"));
        let contact = Contact { kind: ContactKind::Email, value: "a@b.c".into() };
        let now = Timestamp::from_millis(0);
        let pending =
            PendingCode::new(&keys, &pool, &sub, Purpose::SignUp, &Code::fixed("123456"), contact, now);
        for (pool, sub) in [(PoolId::new("r_q"), sub.clone()), (pool.clone(), Sub::new("t"))] {
            let met = check_code(&keys, &pool, &sub, Purpose::SignUp, Some(&pending), "123456", now);
            assert_eq!(met, Err(Refusal::CodeMismatch));
        }
    }
}
