//! The destination of a sent code: a code proves that its owner receives what is sent to one contact, and so it is good for
//! as long only as that contact is what it was for the user when it was sent.
//!
//! *Chosen*: the service documents nothing about codes whose destination has changed. Otherwise the receiver of an old address
//! could confirm a user, sign in, or set a new password, after the user or an administrator has replaced the address.
//! `flow/sent_code_tests.rs` has a table of all kinds of codes and all ways to change a destination.

use crate::{
    attribute::contact::Contact,
    code::{PendingCode, Purpose},
    pool::Pool,
    user::User,
};

/// What the destination of a code must still be for the user when the code is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationRule {
    /// The user's contact.
    Own,
    /// The user's contact, and verified: nothing else is sent a code for a new password.
    OwnAndVerified,
    /// The user's contact, or a new value of it that waits for the code.
    OwnOrWaiting,
    /// A contact of a kind that the user had none of, and still has no other.
    New,
}

impl DestinationRule {
    /// Returns the rule for pending codes of this purpose.
    pub fn of_purpose(purpose: Purpose, pool: &Pool) -> Self {
        match purpose {
            Purpose::SignUp => DestinationRule::Own,
            Purpose::ForgotPassword => DestinationRule::OwnAndVerified,
            Purpose::VerifyEmail | Purpose::VerifyPhoneNumber => {
                let waits =
                    Purpose::kind_verified_by(purpose).is_some_and(|kind| pool.verifies_before_update(kind));
                if waits { DestinationRule::OwnOrWaiting } else { DestinationRule::Own }
            }
        }
    }

    /// Returns whether a code that was sent to `destination` is still good for the user.
    pub fn is_met(self, user: &User, destination: &Contact) -> bool {
        let own = user.attributes.contact(destination.kind);
        let is_own = own.as_ref() == Some(destination);
        match self {
            DestinationRule::Own => is_own,
            DestinationRule::OwnAndVerified => is_own && user.attributes.is_verified(destination.kind),
            // A value that does not wait any more has taken its code with it: see `AttributeChange`.
            DestinationRule::OwnOrWaiting => true,
            DestinationRule::New => is_own || own.is_none(),
        }
    }
}

/// Returns the pending code of the user, unless its destination has changed since it was sent.
pub fn usable_code<'a>(
    pool: &Pool,
    user: &User,
    purpose: Purpose,
    pending: Option<&'a PendingCode>,
) -> Option<&'a PendingCode> {
    let rule = DestinationRule::of_purpose(purpose, pool);
    pending.filter(|pending| rule.is_met(user, &pending.contact))
}
