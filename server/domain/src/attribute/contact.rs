//! The contacts of a user, e-mail address and phone number: their valid forms and how they are masked.
//!
//! The choice of the contact that gets a code is in [`crate::pool::contact`], the message in
//! [`crate::code::message::Message`], and the use of contacts as sign-in names in [`crate::pool::alias`].

use serde::{Deserialize, Serialize};

use super::characters::is_name_character;

/// The two attributes to which a message can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// `phone_number`, reached by SMS.
    PhoneNumber,
    /// `email`, reached by mail.
    Email,
}

impl ContactKind {
    /// Both kinds, in the order of preference for codes.
    pub const BOTH: [ContactKind; 2] = [ContactKind::PhoneNumber, ContactKind::Email];

    /// Returns the name of the attribute.
    pub const fn attribute(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "phone_number",
            ContactKind::Email => "email",
        }
    }

    /// Returns the name of the verified flag.
    pub const fn verified_attribute(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "phone_number_verified",
            ContactKind::Email => "email_verified",
        }
    }

    /// Returns the value of `DeliveryMedium`: `SMS` or `EMAIL`.
    pub const fn medium(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "SMS",
            ContactKind::Email => "EMAIL",
        }
    }

    /// Returns whether `text` is a valid contact of this kind.
    pub fn is_well_formed(self, text: &str) -> bool {
        match self {
            ContactKind::PhoneNumber => is_phone_number(text),
            ContactKind::Email => is_email(text),
        }
    }
}

/// A contact: the kind, and the value at the time when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The kind.
    pub kind: ContactKind,
    /// The address or number.
    pub value: String,
}

impl Contact {
    /// Returns the masked form for responses.
    ///
    /// *Observed* (cog-0086, cog-0352): `t***@t***` and `+********0388`. It is unknown whether the number of asterisks
    /// depends on the length of the phone number; *Chosen*: always eight.
    pub fn masked(&self) -> String {
        match self.kind {
            ContactKind::Email => {
                let (local, domain) = self.value.rsplit_once('@').unwrap_or((self.value.as_str(), ""));
                let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
                format!("{}***@{}***", first(local), first(domain))
            }
            ContactKind::PhoneNumber => {
                let digits: Vec<char> = self.value.chars().filter(char::is_ascii_digit).collect();
                let tail: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
                format!("+********{tail}")
            }
        }
    }
}

/// Returns whether the text is an e-mail address: `local@domain`, without spaces or control characters.
///
/// The service's exact rule is unknown. *Chosen*: the dot-atom of RFC 5321, with the characters of names beyond ASCII; at most
/// 64 octets before the `@`; domain labels of letters, digits and inner hyphens; no dot required in the domain.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+/=?^_`{|}~-".contains(c)
            || (!c.is_ascii() && is_name_character(c))
    };
    let is_label = |label: &str| {
        !label.starts_with('-')
            && !label.ends_with('-')
            && (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && c.is_alphanumeric()))
    };
    local.len() <= 64
        && text.len() <= 254
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
        && domain.split('.').all(is_label)
}

/// Returns whether the text is a plus sign and 1 to 15 digits, the first not zero (*Documented*: E.164).
fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_masked_as_observed() {
        let cases = [
            (ContactKind::Email, "test@test.com", "t***@t***"), // cog-0086, cog-0128
            (ContactKind::Email, "ülrich@österreich.at", "ü***@ö***"),
            (ContactKind::Email, "a@b", "a***@b***"),
            (ContactKind::PhoneNumber, "+15555550388", "+********0388"), // cog-0352
            (ContactKind::PhoneNumber, "+12", "+********12"),
        ];
        for (kind, value, masked) in cases {
            assert_eq!(Contact { kind, value: value.to_owned() }.masked(), masked);
        }
    }

    #[test]
    fn email_addresses_and_phone_numbers_are_validated() {
        let emails = [
            ("test@test.com", true),
            ("first.last+tag@sub.example.co.uk", true),
            ("o'neil@example.com", true),
            ("a@localhost", true),
            ("用户@例え.jp", true),
            ("", false),
            ("@", false),
            ("a@", false),
            ("@b.c", false),
            ("plain", false),
            ("a b@c.d", false),
            ("a..b@c.d", false),
            (".a@c.d", false),
            ("a@c..d", false),
            ("a@-c.d", false),
            ("a@b@c.d", false),
            ("a@b_c.d", false),
        ];
        for (text, formed) in emails {
            assert_eq!(ContactKind::Email.is_well_formed(text), formed, "{text}");
        }
        let numbers = [
            ("+15555550100", true),
            ("+123456789012345", true),
            ("+1", true),
            ("", false),
            ("+", false),
            ("15555550100", false),
            ("+1234567890123456", false),
            ("+1 555 555 0100", false),
            ("+0555", false),
            ("+1(555)", false),
        ];
        for (text, formed) in numbers {
            assert_eq!(ContactKind::PhoneNumber.is_well_formed(text), formed, "{text}");
        }
    }
}
