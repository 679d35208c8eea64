//! The account recovery of a pool (`AccountRecoverySetting`): the contact that gets the code for a new password.
//!
//! The code itself is in [`crate::code`]; the states in which a user can reset the password are in [`crate::user`].

use std::collections::BTreeSet;

use super::mfa::MfaFactor;
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
    /// factor of the user (*Documented*, pub-0037): the code and the second factor would be one.
    Contacts(Vec<ContactKind>),
    /// `admin_only`: only an administrator can reset the password.
    Administrator,
}

impl Recovery {
    /// Returns whether an account can be recovered by e-mail and in no other way.
    pub fn is_by_email_only(&self) -> bool {
        *self == Recovery::Contacts(vec![ContactKind::Email])
    }

    /// Returns the contact that gets the code. `factors` are the second factors of the user
    /// ([`second_factors`](crate::user::User::second_factors)).
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRecoveryContact`] if the user has no such contact (*Observed*, cog-0331),
    /// [`Refusal::RecoveryByAdministrator`] in a pool without self-service recovery (*Documented*).
    pub fn get_contact(
        &self,
        factors: &BTreeSet<MfaFactor>,
        attributes: &Attributes,
    ) -> Result<Contact, Refusal> {
        let is_factor = |kind: ContactKind| factors.contains(&MfaFactor::of_contact(kind));
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
    use crate::{
        fixture,
        pool::mfa::{MfaMode, PoolMfa},
        secret::Sealed,
        user::{User, software_token::SoftwareToken},
    };

    fn contact_kind(
        recovery: &Recovery,
        mode: MfaMode,
        active: &[MfaFactor],
        attributes: &Attributes,
    ) -> Result<ContactKind, Refusal> {
        let mut user = User { attributes: attributes.clone(), ..fixture::user("ann") };
        user.mfa.active = active.iter().copied().collect();
        let mfa = PoolMfa { mode, ..PoolMfa::default() };
        recovery.get_contact(&user.second_factors(&mfa), &user.attributes).map(|contact| contact.kind)
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

    /// Who reads the mailbox, or has the phone, would have both factors.
    #[test]
    fn contact_that_the_sign_in_uses_without_a_preference_does_not_qualify() {
        use ContactKind::{Email, PhoneNumber};
        use MfaFactor::{Sms, SoftwareToken as Token};
        let missing = || Err(Refusal::NoRecoveryContact);
        let both = || Recovery::Contacts(vec![Email, PhoneNumber]);
        // (setting, mode, factors of the pool, the user has an authenticator app, expected)
        let cases = [
            (both(), MfaMode::On, vec![MfaFactor::Email], false, Ok(PhoneNumber)),
            (both(), MfaMode::On, vec![Sms], false, Ok(Email)),
            (both(), MfaMode::On, vec![Sms, MfaFactor::Email], false, missing()),
            (both(), MfaMode::On, vec![Token], true, Ok(Email)),
            (both(), MfaMode::On, vec![Token, MfaFactor::Email], true, Ok(PhoneNumber)),
            (both(), MfaMode::Optional, vec![Sms, MfaFactor::Email], false, Ok(Email)),
            (both(), MfaMode::Off, vec![Sms, MfaFactor::Email], false, Ok(Email)),
            (Recovery::Contacts(vec![PhoneNumber]), MfaMode::On, vec![Sms], false, missing()),
            (Recovery::Legacy, MfaMode::On, vec![Sms], false, Ok(PhoneNumber)),
        ];
        for (recovery, mode, factors, has_token, expected) in cases {
            let mut user = fixture::user("ann");
            user.attributes = Attributes::from_iter([("email", "a@b.c"), ("phone_number", "+15550100")]);
            ContactKind::BOTH.into_iter().for_each(|kind| user.attributes.set_verified(kind, true));
            user.mfa.token = has_token.then(|| SoftwareToken::new(Sealed::from_text("x"), 1, None));
            let mfa = PoolMfa { mode, factors: factors.iter().copied().collect() };
            let actual = recovery
                .get_contact(&user.second_factors(&mfa), &user.attributes)
                .map(|contact| contact.kind);
            assert_eq!(actual, expected, "{recovery:?} {mode:?} {factors:?} {has_token}");
        }
    }

    #[test]
    fn recovery_with_a_verified_flag_but_no_contact_is_refused() {
        let attributes = Attributes::from_iter([("email_verified", "true"), ("email", "")]);
        let refused = Err(Refusal::NoRecoveryContact);
        assert_eq!(contact_kind(&Recovery::default(), MfaMode::Off, &[], &attributes), refused);
    }
}
