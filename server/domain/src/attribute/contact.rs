//! Contacts: the e-mail address or phone number of a user, how they are spelt and masked.
//!
//! Which contact of a user a code goes to is in [`crate::pool::contact`]; what is sent, a
//! [`crate::code::message::Message`]; whether a contact also signs in, in [`crate::pool::alias`].

use serde::{Deserialize, Serialize};

/// The two attributes that a message can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// `phone_number`, reached by SMS.
    PhoneNumber,
    /// `email`, reached by mail.
    Email,
}

impl ContactKind {
    /// Both kinds, the one that wins first.
    pub const BOTH: [ContactKind; 2] = [ContactKind::PhoneNumber, ContactKind::Email];

    /// The attribute that holds the contact.
    pub const fn attribute(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "phone_number",
            ContactKind::Email => "email",
        }
    }

    /// The attribute that says whether it was verified.
    pub const fn verified_attribute(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "phone_number_verified",
            ContactKind::Email => "email_verified",
        }
    }

    /// `SMS` or `EMAIL`, as DeliveryMedium prints it.
    pub const fn medium(self) -> &'static str {
        match self {
            ContactKind::PhoneNumber => "SMS",
            ContactKind::Email => "EMAIL",
        }
    }

    /// Whether `text` has the form of this kind.
    pub fn is_formed(self, text: &str) -> bool {
        match self {
            ContactKind::PhoneNumber => is_phone_number(text),
            ContactKind::Email => is_email(text),
        }
    }
}

/// A contact: which attribute, and the value it had when it was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which attribute.
    pub kind: ContactKind,
    /// The address or number.
    pub value: String,
}

impl Contact {
    /// What an answer shows of it.
    ///
    /// *Observed* (cog-0086, cog-0352): `t***@t***` and `+********0388`. Whether the number of asterisks follows
    /// the length of the number is unknown; *Chosen*: always eight.
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

/// `local@domain` without blanks or control characters.
///
/// The service's exact rule is unknown; *Chosen*: the dot-atom of RFC 5321 with letters beyond ASCII allowed, at
/// most 64 octets before the `@`, domain labels of letters, digits and inner hyphens, no dot required.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_atom = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+/=?^_`{|}~-".contains(c)
            || (!c.is_ascii() && !c.is_whitespace())
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

/// A plus sign and 1 to 15 digits, the first not zero (*Documented*: E.164).
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
    fn masks() {
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
    fn forms() {
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
            assert_eq!(ContactKind::Email.is_formed(text), formed, "{text}");
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
            assert_eq!(ContactKind::PhoneNumber.is_formed(text), formed, "{text}");
        }
    }
}
