//! The account recovery of a pool (`AccountRecoverySetting`): the contact that gets the code for a new password.
//!
//! The code itself is in [`crate::code`]; the states in which a user can reset the password are in [`crate::user`].

use crate::{
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    refusal::Refusal,
};

/// The recovery mechanisms that a pool allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// A code is sent to the first of these contacts that the user has and that is verified.
    Contacts(Vec<ContactKind>),
    /// `admin_only`: only an administrator can reset the password.
    Administrator,
}

impl Default for Recovery {
    /// Returns the mechanisms of a pool without the setting: the phone number, then the e-mail address (*Documented*,
    /// cog-0400).
    fn default() -> Self {
        Recovery::Contacts(ContactKind::BOTH.to_vec())
    }
}

impl Recovery {
    /// Returns whether an account can be recovered by e-mail and in no other way.
    pub fn is_by_email_only(&self) -> bool {
        *self == Recovery::Contacts(vec![ContactKind::Email])
    }

    /// Returns the contact that gets the code.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRecoveryContact`] if the user has no such contact (*Observed*, cog-0331),
    /// [`Refusal::RecoveryByAdministrator`] in a pool without self-service recovery (*Documented*).
    pub fn get_contact(&self, attributes: &Attributes) -> Result<Contact, Refusal> {
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
    fn recovery_code_is_sent_to_the_first_verified_contact() {
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
            assert_eq!(
                recovery.get_contact(&attributes).map(|contact| contact.kind),
                expected,
                "{recovery:?}"
            );
        }
    }

    #[test]
    fn recovery_with_a_verified_flag_but_no_contact_is_refused() {
        let attributes = Attributes::from_iter([("email_verified", "true"), ("email", "")]);
        assert_eq!(Recovery::default().get_contact(&attributes), Err(Refusal::NoRecoveryContact));
    }
}
