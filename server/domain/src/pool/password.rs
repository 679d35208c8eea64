//! The password policy of a pool, and the generation of temporary passwords.
//!
//! The stored form of passwords is in [`crate::sign_in::srp`]. The API's own constraint (spaces are allowed, but not at
//! the beginning or end) is checked before these rules.

use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{refusal::Refusal, secret::Secret};

/// The password policy of a pool.
///
/// # Examples
///
/// ```
/// use lido_domain::{
///     Refusal,
///     pool::password::{PasswordPolicy, PasswordRule},
///     secret::Secret,
/// };
///
/// let policy = PasswordPolicy { minimum_length: 10, ..PasswordPolicy::default() };
/// assert_eq!(policy.check(&Secret::new("Aa1!bb")), Err(Refusal::PasswordPolicy(PasswordRule::Length)));
/// assert_eq!(policy.check(&Secret::new("Aa1bbbbbbb")), Err(Refusal::PasswordPolicy(PasswordRule::Symbols)));
/// assert_eq!(policy.check(&Secret::new("Aa1!bbbbbb")), Ok(()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PasswordPolicy {
    /// The minimum number of characters, 6 to 99.
    pub minimum_length: u32,
    /// Whether a letter A to Z is required.
    pub require_uppercase: bool,
    /// Whether a letter a to z is required.
    pub require_lowercase: bool,
    /// Whether a digit 0 to 9 is required.
    pub require_numbers: bool,
    /// Whether a symbol is required.
    pub require_symbols: bool,
    /// The number of previous passwords that a new one must not match, 0 to 24.
    #[serde(rename = "PasswordHistorySize")]
    pub history_size: u32,
    /// The validity of a temporary password in days.
    #[serde(rename = "TemporaryPasswordValidityDays")]
    pub temporary_validity_days: u32,
}

impl Default for PasswordPolicy {
    /// Returns the policy of a pool that was created without one (*Documented*).
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            history_size: 0,
            temporary_validity_days: 7,
        }
    }
}

/// A rule of the password policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// The minimum length.
    Length,
    /// At least one upper-case letter.
    Uppercase,
    /// At least one lower-case letter.
    Lowercase,
    /// At least one digit.
    Numbers,
    /// At least one symbol.
    Symbols,
}

/// The characters that count as symbols (*Documented*, cog-0397). A space counts too, except at the beginning or end.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// The characters of temporary passwords, by class.
const CLASSES: [&[u8]; 4] =
    [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!@#%^*-_=+?.:"];

/// The minimum length of a generated temporary password.
const SHORTEST_TEMPORARY: usize = 12;

/// The greatest minimum length that a policy can have (*Documented*), and the maximum length of a temporary password.
const LONGEST_TEMPORARY: usize = 99;

/// The number of random bytes for a temporary password: four bytes each for the class, the choice and the position of
/// every character.
pub const RANDOM_BYTES: usize = LONGEST_TEMPORARY * 3 * 4;

impl PasswordPolicy {
    /// Refuses a password that violates the policy.
    ///
    /// Letters and digits are those of ASCII (cog-0398). Other characters are allowed, but count only for the length.
    ///
    /// # Errors
    ///
    /// [`Refusal::PasswordPolicy`] with the first rule that is violated: the length, then the classes in the order of
    /// the policy (*Chosen*; that only one rule is reported is *Observed*).
    pub fn check(&self, password: &Secret) -> Result<(), Refusal> {
        let text = password.expose_str().unwrap_or_default();
        let has = |class: fn(char) -> bool| text.chars().any(class);
        let is_symbol = |c: char| SYMBOLS.contains(c);
        let rules = [
            (PasswordRule::Length, text.chars().count() >= self.minimum_length as usize),
            (PasswordRule::Uppercase, !self.require_uppercase || has(|c| c.is_ascii_uppercase())),
            (PasswordRule::Lowercase, !self.require_lowercase || has(|c| c.is_ascii_lowercase())),
            (PasswordRule::Numbers, !self.require_numbers || has(|c| c.is_ascii_digit())),
            (
                PasswordRule::Symbols,
                !self.require_symbols || has(is_symbol) || text.trim_matches(' ').contains(' '),
            ),
        ];
        match rules.into_iter().find(|(_, is_met)| !is_met) {
            Some((rule, _)) => Err(Refusal::PasswordPolicy(rule)),
            None => Ok(()),
        }
    }

    /// Returns the validity of a temporary password.
    pub fn temporary_ttl(&self) -> Duration {
        Duration::from_secs(u64::from(self.temporary_validity_days) * 24 * 60 * 60)
    }

    /// Returns a random temporary password that satisfies this policy, and any other with the same or a smaller minimum
    /// length.
    ///
    /// *Chosen*: twelve characters, or the minimum length of the policy if that is greater. Characters that look alike
    /// are not used, nor symbols with a meaning in HTML, because the password is sent by mail. With four bytes for each
    /// choice the bias of the remainder is below 1/10^7.
    pub fn generate_temporary(&self, random: &[u8; RANDOM_BYTES]) -> Secret {
        let mut numbers = random.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes));
        let mut below = |count: usize| {
            let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
            (numbers.next().unwrap_or_default() % count) as usize
        };
        let length = (self.minimum_length as usize).clamp(SHORTEST_TEMPORARY, LONGEST_TEMPORARY);
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        for at in 0..length {
            // One character of each class, then characters of random classes.
            let class = match CLASSES.get(at) {
                Some(class) => class,
                None => CLASSES.get(below(CLASSES.len())).unwrap_or(&CLASSES[0]),
            };
            text.extend(class.get(below(class.len())));
        }
        for last in (1..text.len()).rev() {
            text.swap(last, below(last + 1));
        }
        Secret::new(text.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_check_reports_the_first_violated_rule() {
        use PasswordRule::{Length, Lowercase, Numbers, Symbols, Uppercase};
        let cases = [
            ("", Some(Length)),
            ("Aa1!", Some(Length)),
            ("aaaaaaaa", Some(Uppercase)),
            ("AAAAAAAA", Some(Lowercase)),
            ("Aaaaaaaa", Some(Numbers)),
            ("Aaaaaaa1", Some(Symbols)),
            ("Aaaaaa1!", None),
            ("Aaaa aa1", None),
            ("Aaaaaaa1 ", Some(Symbols)),
            ("ÄÄÄÄaa1!", Some(Uppercase)),
            ("Aaaaaa١!", Some(Numbers)),
            ("Aaaaaa1€", Some(Symbols)),
            ("Ää漢字aA1-", None),
        ];
        for (password, broken) in cases {
            let result = PasswordPolicy::default().check(&Secret::new(password));
            assert_eq!(result.err(), broken.map(Refusal::PasswordPolicy), "{password:?}");
        }
    }

    #[test]
    fn every_documented_symbol_satisfies_the_symbol_rule() {
        for symbol in SYMBOLS.chars() {
            assert_eq!(
                PasswordPolicy::default().check(&Secret::new(format!("Aaaaaaa1{symbol}"))),
                Ok(()),
                "{symbol}"
            );
        }
        assert_eq!(SYMBOLS.chars().count(), 32);
    }

    #[test]
    fn generated_password_satisfies_the_strictest_policy() {
        let mut seen = std::collections::BTreeSet::new();
        for (minimum_length, length) in [(6, 12), (12, 12), (40, 40), (99, 99)] {
            let policy = PasswordPolicy { minimum_length, ..PasswordPolicy::default() };
            for seed in 0..=255u8 {
                let random = std::array::from_fn(|at| (at as u8).wrapping_mul(seed).wrapping_add(seed));
                let password = policy.generate_temporary(&random);
                assert_eq!(policy.check(&password), Ok(()), "{seed}");
                let text = password.expose_str().expect("ASCII").to_owned();
                assert_eq!(text.len(), length);
                assert!(!text.contains(['<', '>', '&', '"', '\'', '{', '}', ' ', '0', 'O', 'l', 'I', '1']));
                seen.insert(text);
            }
        }
        assert_eq!(
            seen.len(),
            3 * 256,
            "other bytes give another password; the first two policies give the same ones"
        );
    }

    #[test]
    fn policy_without_required_classes_checks_the_length_only() {
        let policy = PasswordPolicy {
            minimum_length: 6,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_symbols: false,
            ..PasswordPolicy::default()
        };
        assert_eq!(policy.check(&Secret::new("漢字漢字漢字")), Ok(()));
        assert_eq!(policy.check(&Secret::new("12345")), Err(Refusal::PasswordPolicy(PasswordRule::Length)));
    }
}
