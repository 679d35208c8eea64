//! How a user comes back to an account whose password is lost: AccountRecoverySetting.
//!
//! Which contact gets the code that resets a password is decided here; the code itself is [`crate::code`], and who may
//! reset anything is [`crate::user`].

use crate::{
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    refusal::Refusal,
};

/// The ways that a pool allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// A code to the first of these that the user has and has verified.
    Contacts(Vec<ContactKind>),
    /// `admin_only`: nobody is sent a code.
    Administrator,
}

impl Default for Recovery {
    /// Without the setting the phone goes first (*Documented*, cog-0400).
    fn default() -> Self {
        Recovery::Contacts(ContactKind::BOTH.to_vec())
    }
}

impl Recovery {
    /// The contact that gets the code, or a refusal (*Observed*, cog-0331; *Documented* for `admin_only`: the pool must
    /// have self-service recovery).
    pub fn contact(&self, attributes: &Attributes) -> Result<Contact, Refusal> {
        match self {
            Recovery::Administrator => Err(Refusal::RecoveryByAdministrator),
            Recovery::Contacts(order) => order
                .iter()
                .filter(|kind| attributes.is_verified(**kind))
                .find_map(|kind| attributes.contact(*kind))
                .ok_or(Refusal::NoRecoveryContact),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_verified_contact_gets_the_code() {
        use ContactKind::{Email, PhoneNumber};
        let missing = Err(Refusal::NoRecoveryContact);
        let contacts = |kinds: &[ContactKind]| Recovery::Contacts(kinds.to_vec());
        // (setting, the phone is verified, the e-mail address is verified, expected)
        let cases = [
            (Recovery::default(), true, true, Ok(PhoneNumber)), // cog-0400
            (Recovery::default(), false, true, Ok(Email)),      // cog-0400
            (Recovery::default(), false, false, missing.clone()), // cog-0331
            (contacts(&[Email, PhoneNumber]), true, true, Ok(Email)),
            (contacts(&[Email, PhoneNumber]), true, false, Ok(PhoneNumber)),
            (contacts(&[Email]), true, false, missing),
            (Recovery::Administrator, true, true, Err(Refusal::RecoveryByAdministrator)),
        ];
        for (recovery, phone, email, expected) in cases {
            let mut attributes = Attributes::from_iter([("email", "a@b.c"), ("phone_number", "+15550100")]);
            attributes.set_verified(PhoneNumber, phone);
            attributes.set_verified(Email, email);
            assert_eq!(recovery.contact(&attributes).map(|contact| contact.kind), expected, "{recovery:?}");
        }
    }

    #[test]
    fn a_flag_without_a_contact_reaches_nobody() {
        let attributes = Attributes::from_iter([("email_verified", "true"), ("email", "")]);
        assert_eq!(Recovery::default().contact(&attributes), Err(Refusal::NoRecoveryContact));
    }
}
