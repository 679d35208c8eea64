//! Contacts: the e-mail address or phone number of a user, how they are spelt, masked and chosen.
//!
//! What is sent to a contact is a [`crate::message::Message`]; whether a contact also signs in is
//! [`crate::alias`]'s matter.

use serde::{Deserialize, Serialize};

use crate::{attribute::Attributes, pool::Pool};

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

/// Which contact gets the sign-up code: one that the pool verifies by itself and the user has.
///
/// The phone wins where both qualify (*Documented* and *Observed*, cog-0082). An attribute sent as an empty string
/// counts as not supplied (*Observed*, cog-0079).
pub fn contact_for_code(pool: &Pool, attributes: &Attributes) -> Option<Contact> {
    ContactKind::BOTH
        .into_iter()
        .filter(|kind| pool.auto_verified.contains(kind))
        .find_map(|kind| attributes.contact(kind))
}

/// The contact that is claimed to have been written to when the name names nobody and the app client hides that.
///
/// *Chosen*, after cog-0329: the medium follows the form of the name and what the pool verifies; a name that is no
/// contact gets letters made from the simulated sub, so that asking twice shows the same.
pub fn simulated_contact(pool: &Pool, typed: &str, simulated_sub: &str) -> Contact {
    for kind in ContactKind::BOTH {
        if kind.is_formed(typed) && pool.auto_verified.contains(&kind) {
            return Contact { kind, value: typed.to_owned() };
        }
    }
    let hex: Vec<u8> = simulated_sub.bytes().filter(u8::is_ascii_hexdigit).collect();
    let letter = |at: usize| char::from(b'a' + hex.get(at).copied().unwrap_or(0) % 26);
    if pool.auto_verified.contains(&ContactKind::PhoneNumber) {
        let digits: String = hex.iter().take(4).map(|b| char::from(b'0' + b % 10)).collect();
        Contact { kind: ContactKind::PhoneNumber, value: format!("+1{digits}") }
    } else {
        Contact { kind: ContactKind::Email, value: format!("{}@{}", letter(0), letter(1)) }
    }
}

/// The contact that ForgotPassword claims to have written to when there is nobody to write to and the app client hides
/// that.
///
/// *Observed* (cog-0356): `u***@y***`, the same for every unknown name. The medium follows the form of the name
/// (*Documented*, cog-0329); for a phone number the digits are *Chosen*.
pub fn simulated_contact_for_recovery(pool: &Pool, typed: &str) -> Contact {
    let kind = ContactKind::PhoneNumber;
    if kind.is_formed(typed) && pool.auto_verified.contains(&kind) {
        Contact { kind, value: "+10000000000".to_owned() }
    } else {
        Contact { kind: ContactKind::Email, value: "u@y".to_owned() }
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
    use crate::fixture;

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

    #[test]
    fn the_phone_wins_and_empty_counts_as_absent() {
        use ContactKind::{Email, PhoneNumber};
        // (verified by the pool, email, phone, expected)
        type Case = (&'static [ContactKind], Option<&'static str>, Option<&'static str>, Option<ContactKind>);
        let cases: [Case; 8] = [
            (&[Email, PhoneNumber], Some("a@b.c"), Some("+1555"), Some(PhoneNumber)), // cog-0082
            (&[Email, PhoneNumber], Some("a@b.c"), None, Some(Email)),
            (&[Email, PhoneNumber], Some(""), Some("+1555"), Some(PhoneNumber)), // cog-0079
            (&[Email, PhoneNumber], Some("a@b.c"), Some(""), Some(Email)),       // cog-0080
            (&[Email, PhoneNumber], Some(""), Some(""), None),                   // cog-0081
            (&[Email], Some("a@b.c"), Some("+1555"), Some(Email)),
            (&[Email], None, Some("+1555"), None),     // cog-0087
            (&[], Some("a@b.c"), Some("+1555"), None), // cog-0085
        ];
        for (verified, email, phone, expected) in cases {
            let mut pool = fixture::pool();
            pool.auto_verified = verified.iter().copied().collect();
            let mut attributes = Attributes::default();
            if let Some(email) = email {
                attributes.set("email", email);
            }
            if let Some(phone) = phone {
                attributes.set("phone_number", phone);
            }
            assert_eq!(contact_for_code(&pool, &attributes).map(|c| c.kind), expected);
        }
    }

    #[test]
    fn a_simulated_contact_follows_the_name_and_the_pool() {
        let mut pool = fixture::pool();
        let masked = |pool: &Pool, typed: &str| simulated_contact(pool, typed, "0a1b2c3d").masked();
        assert_eq!(masked(&pool, "ann@example.com"), "a***@e***");
        assert_eq!(masked(&pool, "nobody"), masked(&pool, "nobody"));
        assert!(masked(&pool, "+15550100").contains('@'), "a pool that verifies no phones sends no SMS");
        pool.auto_verified.insert(ContactKind::PhoneNumber);
        assert_eq!(masked(&pool, "+15550100"), "+********0100");
    }
}
