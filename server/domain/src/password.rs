//! The password policy of a pool, one rule at a time.
//!
//! How a password is kept is [`crate::srp`]; that inner blanks pass and outer ones do not is a constraint of the API
//! and was checked before.

use serde::{Deserialize, Serialize};

use crate::{refusal::Refusal, secret::Secret};

/// What a pool asks of a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub history_size: u32,
    /// Days for which a temporary password is good.
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
