//! What decides which first factors a sign-in offers to a user, or to a [simulated](super::simulated) one.
//!
//! Which of them a pool allows is in [`crate::flow::sign_in::select_challenge`].

use crate::{
    attribute::contact::ContactKind,
    pool::{Pool, passkeys::RelyingParty},
    user::{Status, User, mfa::MfaRequirement, passkey},
};

/// The first factors that a user has, and what keeps the user from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactorTraits {
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether the password is temporary. Then no other factor is offered (cog-0176).
    pub has_temporary_password: bool,
    /// Whether there is an e-mail address.
    pub has_email: bool,
    /// Whether there is a phone number.
    pub has_phone_number: bool,
    /// Whether there is a passkey for the relying party of the pool.
    pub has_passkey: bool,
    /// Whether a second factor follows. Then codes are not offered as the first.
    pub needs_second_factor: bool,
}

impl FactorTraits {
    /// Returns those of a user. `relying_party` is the one for pools that configure none.
    pub fn of(pool: &Pool, relying_party: Option<&str>, user: &User) -> Self {
        let party = RelyingParty::get_for_pool(pool, relying_party).ok();
        let has = |kind| user.attributes.contact(kind).is_some();
        Self {
            has_password: user.credential.is_some(),
            has_temporary_password: matches!(user.status, Status::ForceChangePassword { .. }),
            has_email: has(ContactKind::Email),
            has_phone_number: has(ContactKind::PhoneNumber),
            has_passkey: party.is_some_and(|party| passkey::usable(user, &party).next().is_some()),
            needs_second_factor: MfaRequirement::of(&pool.mfa, user) != MfaRequirement::Nothing,
        }
    }

    /// Returns whether there is a contact of this kind.
    pub const fn has_contact(&self, kind: ContactKind) -> bool {
        match kind {
            ContactKind::Email => self.has_email,
            ContactKind::PhoneNumber => self.has_phone_number,
        }
    }
}
