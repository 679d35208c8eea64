//! The contact to which a pool sends a code, and the one in the answer of ForgotPassword for a user that does not exist.
//!
//! Contacts are defined in [`crate::attribute::contact`]. The contact for the code that resets a password is selected
//! in [`crate::pool::recovery`].

use crate::{
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    pool::Pool,
};

/// Returns the contact that gets the sign-up code: one that the user has and the pool verifies automatically.
///
/// The phone number is preferred (*Documented* and *Observed*, cog-0082). An empty attribute counts as absent
/// (*Observed*, cog-0079).
pub fn contact_for_code(pool: &Pool, attributes: &Attributes) -> Option<Contact> {
    ContactKind::BOTH
        .into_iter()
        .filter(|kind| pool.auto_verified.contains(kind))
        .find_map(|kind| attributes.contact(kind))
}

/// Returns the simulated contact in the answer of ForgotPassword for a user that does not exist, where the app client
/// hides that.
///
/// *Observed* (cog-0356): `u***@y***`, the same for every unknown name. The medium depends on the form of the name
/// (*Documented*, cog-0329); the digits of a phone number are *Chosen*.
pub fn simulated_contact_for_recovery(pool: &Pool, typed: &str) -> Contact {
    let kind = ContactKind::PhoneNumber;
    if kind.is_well_formed(typed) && pool.auto_verified.contains(&kind) {
        Contact { kind, value: "+10000000000".to_owned() }
    } else {
        Contact { kind: ContactKind::Email, value: "u@y".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn code_is_sent_to_the_phone_first_and_never_to_an_empty_contact() {
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
}
