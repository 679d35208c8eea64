//! The account recovery of a pool (`AccountRecoverySetting`): the contact that gets the code for a new password.
//!
//! The code itself is in [`crate::code`]; the states in which a user can reset the password are in [`crate::user`].

use std::collections::BTreeSet;

use super::mfa::{MfaFactor, MfaMode, PoolMfa};
use crate::{
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    refusal::Refusal,
};

/// The recovery mechanisms that a pool allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recovery {
    /// The pool does not have the setting: a code is sent to the verified phone number, else to the verified e-mail
    /// address (*Documented*, cog-0400), also if the contact is a second factor (*Documented*, pub-0037).
    #[default]
    Legacy,
    /// A code is sent to the first of these contacts that the user has, that is verified, and that is not a second
    /// factor of the user (*Documented*, pub-0037).
    Contacts(Vec<ContactKind>),
    /// `admin_only`: only an administrator can reset the password.
    Administrator,
}

impl Recovery {
    /// Returns whether an account can be recovered by e-mail and in no other way.
    pub fn is_by_email_only(&self) -> bool {
        *self == Recovery::Contacts(vec![ContactKind::Email])
    }

    /// Returns the contact that gets the code. `mfa` is the setting of the pool, `active` are the factors that the user
    /// has turned on.
    ///
    /// *Chosen*: a contact is a second factor if the user has turned that factor on and the pool has MFA.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRecoveryContact`] if the user has no such contact (*Observed*, cog-0331),
    /// [`Refusal::RecoveryByAdministrator`] in a pool without self-service recovery (*Documented*).
    pub fn get_contact(
        &self,
        mfa: &PoolMfa,
        active: &BTreeSet<MfaFactor>,
        attributes: &Attributes,
    ) -> Result<Contact, Refusal> {
        let is_factor =
            |kind: ContactKind| mfa.mode != MfaMode::Off && active.contains(&MfaFactor::of_contact(kind));
        let qualifying: Vec<_> = match self {
            Recovery::Administrator => return Err(Refusal::RecoveryByAdministrator),
            Recovery::Legacy => ContactKind::BOTH.into(),
            Recovery::Contacts(order) => order.iter().copied().filter(|kind| !is_factor(*kind)).collect(),
        };
        let mut verified = qualifying.into_iter().filter(|kind| attributes.is_verified(*kind));
        verified.find_map(|kind| attributes.contact(kind)).ok_or(Refusal::NoRecoveryContact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact_kind(
        recovery: &Recovery,
        mode: MfaMode,
        active: &[MfaFactor],
        attributes: &Attributes,
    ) -> Result<ContactKind, Refusal> {
        let (mfa, active) = (PoolMfa { mode, ..PoolMfa::default() }, active.iter().copied().collect());
        recovery.get_contact(&mfa, &active, attributes).map(|contact| contact.kind)
    }

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
            assert_eq!(contact_kind(&recovery, MfaMode::Off, &[], &attributes), expected, "{recovery:?}");
        }
    }

    /// pub-0037.
    #[test]
    fn contact_that_is_a_second_factor_does_not_qualify_where_the_setting_is_set() {
        use ContactKind::{Email, PhoneNumber};
        use MfaFactor::{Sms, SoftwareToken};
        let missing = || Err(Refusal::NoRecoveryContact);
        let both = || Recovery::Contacts(vec![PhoneNumber, Email]);
        // (setting, mode, factors that the user has turned on, expected)
        let cases = [
            (both(), MfaMode::Optional, vec![], Ok(PhoneNumber)),
            (both(), MfaMode::Optional, vec![SoftwareToken], Ok(PhoneNumber)),
            (both(), MfaMode::Optional, vec![Sms], Ok(Email)),
            (both(), MfaMode::On, vec![Sms], Ok(Email)),
            (both(), MfaMode::On, vec![Sms, MfaFactor::Email], missing()),
            (both(), MfaMode::Off, vec![Sms], Ok(PhoneNumber)),
            (Recovery::Contacts(vec![PhoneNumber]), MfaMode::Optional, vec![Sms], missing()),
            (Recovery::Contacts(vec![Email]), MfaMode::Optional, vec![MfaFactor::Email], missing()),
            (Recovery::Legacy, MfaMode::On, vec![Sms], Ok(PhoneNumber)),
        ];
        for (recovery, mode, active, expected) in cases {
            let mut attributes = Attributes::from_iter([("email", "a@b.c"), ("phone_number", "+15550100")]);
            ContactKind::BOTH.into_iter().for_each(|kind| attributes.set_verified(kind, true));
            let actual = contact_kind(&recovery, mode, &active, &attributes);
            assert_eq!(actual, expected, "{recovery:?} {mode:?} {active:?}");
        }
    }

    #[test]
    fn recovery_with_a_verified_flag_but_no_contact_is_refused() {
        let attributes = Attributes::from_iter([("email_verified", "true"), ("email", "")]);
        let refused = Err(Refusal::NoRecoveryContact);
        assert_eq!(contact_kind(&Recovery::default(), MfaMode::Off, &[], &attributes), refused);
    }
}
