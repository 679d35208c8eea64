//! The password policy of a pool, one rule at a time.
//!
//! How a password is kept is [`crate::sign_in::srp`]; that inner blanks pass and outer ones do not is a constraint of the API
//! and was checked before.

use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{refusal::Refusal, secret::Secret};

/// What a pool asks of a password.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct PasswordPolicy {
    /// Fewest characters, 6 to 99.
    pub minimum_length: u32,
    /// One of A to Z.
    pub require_uppercase: bool,
    /// One of a to z.
    pub require_lowercase: bool,
    /// One of 0 to 9.
    pub require_numbers: bool,
    /// One of the listed symbols.
    pub require_symbols: bool,
    /// How many former passwords may not come back, 0 to 24.
    #[serde(rename = "PasswordHistorySize")]
    pub history_size: u32,
    /// Days for which a temporary password is good.
    #[serde(rename = "TemporaryPasswordValidityDays")]
    pub temporary_validity_days: u32,
}

impl Default for PasswordPolicy {
    /// What a pool has that was created without a policy (*Documented*).
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

/// A rule of the policy, as a refusal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// Too short.
    Length,
    /// No capital letter.
    Uppercase,
    /// No small letter.
    Lowercase,
    /// No digit.
    Numbers,
    /// No symbol.
    Symbols,
}

/// The characters that count as symbols (*Documented*, cog-0397); a blank counts only inside.
const SYMBOLS: &str = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-";

/// What a temporary password is spelt with.
const CLASSES: [&[u8]; 4] =
    [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!@#%^*-_=+?.:"];

/// The shortest temporary password that is generated.
const SHORTEST_TEMPORARY: usize = 12;

/// The greatest minimum that a policy can have (*Documented*).
const MOST_CHARACTERS: usize = 99;

/// The random bytes that a temporary password takes: for each character its class, itself and its place.
pub const RANDOM_BYTES: usize = MOST_CHARACTERS * 3 * 4;

impl PasswordPolicy {
    /// Refuses the first rule that is broken: length first, then the classes in the policy's order (*Chosen*; one at
    /// a time is *Observed*). Letters and digits are those of Basic Latin (cog-0398); other characters are allowed
    /// and count for nothing but the length.
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
        match rules.into_iter().find(|(_, kept)| !kept) {
            Some((rule, _)) => Err(Refusal::PasswordPolicy(rule)),
            None => Ok(()),
        }
    }

    /// How long a temporary password is good.
    pub fn temporary_ttl(&self) -> Duration {
        Duration::from_secs(u64::from(self.temporary_validity_days) * 24 * 60 * 60)
    }

    /// A temporary password that keeps every rule of this policy, whichever of them it asks for.
    ///
    /// *Chosen*: twelve characters, or as many as the policy asks for. Characters that are easily taken for others are
    /// left out, and so are symbols that mean something in HTML, since it goes into a mail. With four bytes a character
    /// the bias of the remainder is below one in 10^7.
    pub fn generate_temporary(&self, random: &[u8; RANDOM_BYTES]) -> Secret {
        let mut numbers = random.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes));
        let mut below = |count: usize| {
            let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
            (numbers.next().unwrap_or_default() % count) as usize
        };
        let length = (self.minimum_length as usize).clamp(SHORTEST_TEMPORARY, MOST_CHARACTERS);
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        for at in 0..length {
            // One of each class, and then any.
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
    fn one_rule_at_a_time() {
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
            let verdict = PasswordPolicy::default().check(&Secret::new(password));
            assert_eq!(verdict.err(), broken.map(Refusal::PasswordPolicy), "{password:?}");
        }
    }

    #[test]
    fn every_documented_symbol_counts() {
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
    fn a_generated_password_keeps_the_strictest_policy() {
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
        assert_eq!(seen.len(), 3 * 256, "other bytes, another password; the first two policies get the same");
    }

    #[test]
    fn a_lax_policy_asks_for_length_alone() {
        let lax = PasswordPolicy {
            minimum_length: 6,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_symbols: false,
            ..PasswordPolicy::default()
        };
        assert_eq!(lax.check(&Secret::new("漢字漢字漢字")), Ok(()));
        assert_eq!(lax.check(&Secret::new("12345")), Err(Refusal::PasswordPolicy(PasswordRule::Length)));
    }
}
