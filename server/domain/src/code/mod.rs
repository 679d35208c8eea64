//! Codes that users receive: six or eight digits, stored as a keyed digest, valid for a limited time and for one use.
//!
//! The code in clear is only in a [`message::Message`]. The limit on guesses is in [`crate::user::attempt`].

pub mod destination;
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

/// The validity of a code that confirms a sign-up or verifies a contact (*Documented*, cog-0015: not configurable).
pub const CONTACT_CODE_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// The validity of a code that resets a password.
const RESET_CODE_TTL: Duration = Duration::from_secs(60 * 60);

/// A code in clear. `Debug` does not print it.
#[derive(Clone)]
pub struct Code(Secret);

impl Code {
    /// Creates a code of six digits from eight random bytes. The bias of the remainder is below 1/10^13.
    ///
    /// ```
    /// use lido_domain::code::Code;
    ///
    /// let code = Code::from_random(&[0, 0, 0, 0, 0, 0, 0x04, 0xd2]);
    /// assert_eq!(code.expose(), "001234");
    /// ```
    pub fn from_random(random: &[u8; 8]) -> Self {
        Self::from_text(&format!("{:06}", u64::from_be_bytes(*random) % 1_000_000))
    }

    /// Creates a code of eight digits, the length of one-time codes for a sign-in (*Observed* for mail, cog-0224;
    /// *Chosen* for SMS).
    pub fn eight_digits_from_random(random: &[u8; 8]) -> Self {
        Self::from_text(&format!("{:08}", u64::from_be_bytes(*random) % 100_000_000))
    }

    /// Returns the code with only its last six digits, the length of codes for second factors (*Observed* in public
    /// reports). A shorter code is returned unchanged.
    ///
    /// Each digit of a code is uniformly random, so the last six are a random code of six digits.
    pub fn shortened(&self) -> Self {
        let digits = self.expose();
        Self::from_text(digits.len().checked_sub(6).and_then(|from| digits.get(from..)).unwrap_or(digits))
    }

    /// Creates a code with this text: one that was stored, or the fixed one of `lido dev --confirmation-code`.
    pub fn from_text(text: &str) -> Self {
        Self(Secret::new(text))
    }

    /// Returns the digits in clear, for a message.
    pub fn expose(&self) -> &str {
        self.0.expose_str().unwrap_or_default()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(hidden)")
    }
}

/// The purpose of a code. A code for one purpose is not accepted for another.
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
    /// All purposes.
    pub const ALL: [Purpose; 4] =
        [Purpose::SignUp, Purpose::ForgotPassword, Purpose::VerifyEmail, Purpose::VerifyPhoneNumber];

    /// Returns the purpose of a code that verifies a contact of this kind.
    pub const fn verifying(kind: ContactKind) -> Self {
        match kind {
            ContactKind::Email => Purpose::VerifyEmail,
            ContactKind::PhoneNumber => Purpose::VerifyPhoneNumber,
        }
    }

    /// Returns the kind of contact that a code for this purpose verifies, if it was requested for that.
    pub const fn kind_verified_by(self) -> Option<ContactKind> {
        match self {
            Purpose::VerifyEmail => Some(ContactKind::Email),
            Purpose::VerifyPhoneNumber => Some(ContactKind::PhoneNumber),
            Purpose::SignUp | Purpose::ForgotPassword => None,
        }
    }

    /// Returns the validity of a code for this purpose (*Documented* on the page of quotas; cog-0015, cog-0347).
    pub const fn ttl(self) -> Duration {
        match self {
            Purpose::SignUp | Purpose::VerifyEmail | Purpose::VerifyPhoneNumber => CONTACT_CODE_TTL,
            Purpose::ForgotPassword => RESET_CODE_TTL,
        }
    }

    /// Returns the name that is used in digests and in keys of records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::SignUp => "sign_up",
            Purpose::ForgotPassword => "forgot_password",
            Purpose::VerifyEmail => "verify_email",
            Purpose::VerifyPhoneNumber => "verify_phone_number",
        }
    }
}

/// The stored form of a code that was sent and is not used yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCode {
    /// The keyed digest of pool, user, purpose and code.
    digest: Digest,
    /// The contact to which the code was sent. The right code verifies this contact.
    pub contact: Contact,
    /// The instant from which the code is no longer valid.
    pub expires_at: Timestamp,
}

impl PendingCode {
    /// Creates the stored form of `code`, which was sent to `contact` of the user `of`.
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

/// Refuses a typed code that is not the pending one.
///
/// The digest is computed and compared even if no code is pending, so that a user without a code, or a user that does
/// not exist, takes the same work.
///
/// # Errors
///
/// [`Refusal::CodeExpired`] if no code is pending (cog-0042) or it has expired, even if the typed code is wrong too
/// (cog-0022); [`Refusal::CodeMismatch`] if the typed code is wrong.
pub fn check_code(
    keys: &DigestKeys,
    pool: &PoolId,
    of: &Sub,
    purpose: Purpose,
    pending: Option<&PendingCode>,
    typed: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    match (pending, is_right(keys, pool, of, purpose, pending, typed)) {
        (None, _) => Err(Refusal::CodeExpired),
        (Some(pending), _) if pending.expires_at <= now => Err(Refusal::CodeExpired),
        (Some(_), false) => Err(Refusal::CodeMismatch),
        (Some(_), true) => Ok(()),
    }
}

/// Refuses a typed code that is not the pending one, and tells only a caller who typed the right one that it has expired.
///
/// That a code is or was pending shows that the user exists. So this is the check for an app client that hides users.
///
/// # Errors
///
/// [`Refusal::CodeMismatch`] if no code is pending or the typed code is wrong; [`Refusal::CodeExpired`] if the right code
/// has expired.
pub fn check_code_of_hidden_user(
    keys: &DigestKeys,
    pool: &PoolId,
    of: &Sub,
    purpose: Purpose,
    pending: Option<&PendingCode>,
    typed: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    match (pending, is_right(keys, pool, of, purpose, pending, typed)) {
        (None, _) | (Some(_), false) => Err(Refusal::CodeMismatch),
        (Some(pending), true) if pending.expires_at <= now => Err(Refusal::CodeExpired),
        (Some(_), true) => Ok(()),
    }
}

/// Returns whether the typed code is the pending one. The digest is computed and compared even if none is pending.
fn is_right(
    keys: &DigestKeys,
    pool: &PoolId,
    of: &Sub,
    purpose: Purpose,
    pending: Option<&PendingCode>,
    typed: &str,
) -> bool {
    let zero = Digest::zero();
    let stored = pending.map_or(&zero, |pending| &pending.digest);
    keys.is_digest_of(stored, &["code", pool.as_str(), of.as_str(), purpose.as_str(), typed])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn code_from_any_random_bytes_has_six_digits() {
        for byte in 0..=255u8 {
            let code = Code::from_random(&[byte; 8]);
            assert_eq!(code.expose().len(), 6);
            assert!(code.expose().bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(format!("{:?}", Code::from_text("123456")), "Code(hidden)");
    }

    #[test]
    fn typed_code_is_accepted_only_if_right_and_not_expired() {
        let (keys, pool, sub) = (fixture::keys(), PoolId::new("r_p"), Sub::new("s"));
        let contact = Contact { kind: ContactKind::Email, value: "a@b.c".into() };
        let sent = Timestamp::from_millis(0);
        let pending =
            PendingCode::new(&keys, &pool, &sub, Purpose::SignUp, &Code::from_text("123456"), contact, sent);
        let last = Timestamp::from_millis(CONTACT_CODE_TTL.as_millis() as i64 - 1);
        let late = sent.after(CONTACT_CODE_TTL);
        let (expired, mismatch) = (Err(Refusal::CodeExpired), Err(Refusal::CodeMismatch));
        // (pending, typed, time, outcome, outcome at an app client that hides users)
        let cases = [
            (Some(&pending), "123456", sent, Ok(()), Ok(())),
            (Some(&pending), "123456", last, Ok(()), Ok(())),
            (Some(&pending), "123456", late, expired.clone(), expired.clone()),
            (Some(&pending), "000000", late, expired.clone(), mismatch.clone()),
            (Some(&pending), "123457", sent, mismatch.clone(), mismatch.clone()),
            (Some(&pending), "123", sent, mismatch.clone(), mismatch.clone()), // cog-0007
            (Some(&pending), "1234567", sent, mismatch.clone(), mismatch.clone()), // cog-0007
            (None, "123456", sent, expired, mismatch),                         // cog-0042
        ];
        for (pending, typed, now, expected, hidden) in cases {
            let purpose = Purpose::SignUp;
            assert_eq!(check_code(&keys, &pool, &sub, purpose, pending, typed, now), expected, "{typed}");
            let checked = check_code_of_hidden_user(&keys, &pool, &sub, purpose, pending, typed, now);
            assert_eq!(checked, hidden, "{typed}");
        }
    }

    #[test]
    fn code_for_another_pool_or_user_is_refused() {
        let (keys, pool, sub) = (fixture::keys(), PoolId::new("r_p"), Sub::new("s"));
        let contact = Contact { kind: ContactKind::Email, value: "a@b.c".into() };
        let now = Timestamp::from_millis(0);
        let pending =
            PendingCode::new(&keys, &pool, &sub, Purpose::SignUp, &Code::from_text("123456"), contact, now);
        for (pool, sub) in [(PoolId::new("r_q"), sub.clone()), (pool.clone(), Sub::new("t"))] {
            let result = check_code(&keys, &pool, &sub, Purpose::SignUp, Some(&pending), "123456", now);
            assert_eq!(result, Err(Refusal::CodeMismatch));
        }
    }
}
