//! A message that must leave the house after the commit.
//!
//! The server turns it into an outbox row with the code sealed, in the same commit as everything else that the
//! verdict remembers; templates and transport are its matter too.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    attribute::contact::{Contact, ContactKind},
    code::{Code, Purpose},
    id::{ClientId, Sub, Username},
    pool::Pool,
};

/// The longest that a sign-in may take, and with it the code that belongs to one (*Documented*: AuthSessionValidity is
/// 3 to 15 minutes).
const LONGEST_SIGN_IN: Duration = Duration::from_secs(15 * 60);

/// Why a message is sent; also the suffix of the trigger sources `CustomMessage_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageReason {
    /// `SignUp`.
    SignUp,
    /// `ResendCode`.
    ResendCode,
    /// `ForgotPassword`: asked for by the user, or begun by an administrator's reset.
    ForgotPassword,
    /// `UpdateUserAttribute`: a contact was changed and waits to be verified.
    UpdateUserAttribute,
    /// `VerifyUserAttribute`: the user asked to verify a contact.
    VerifyUserAttribute,
    /// `AdminCreateUser`: the invitation, which carries a temporary password.
    AdminCreateUser,
    /// `Authentication`: a code to sign in with.
    Authentication,
}

impl MessageReason {
    /// The suffix of the trigger source.
    pub const fn as_str(self) -> &'static str {
        match self {
            MessageReason::SignUp => "SignUp",
            MessageReason::ResendCode => "ResendCode",
            MessageReason::ForgotPassword => "ForgotPassword",
            MessageReason::UpdateUserAttribute => "UpdateUserAttribute",
            MessageReason::VerifyUserAttribute => "VerifyUserAttribute",
            MessageReason::AdminCreateUser => "AdminCreateUser",
            MessageReason::Authentication => "Authentication",
        }
    }

    /// What the code is for that such a message takes to a contact of this kind; nothing, if no code is pending for
    /// it: a temporary password is the user's, and a code to sign in with its session's.
    pub const fn purpose(self, to: ContactKind) -> Option<Purpose> {
        match self {
            MessageReason::SignUp | MessageReason::ResendCode => Some(Purpose::SignUp),
            MessageReason::ForgotPassword => Some(Purpose::ForgotPassword),
            MessageReason::UpdateUserAttribute | MessageReason::VerifyUserAttribute => {
                Some(Purpose::verifying(to))
            }
            MessageReason::AdminCreateUser | MessageReason::Authentication => None,
        }
    }

    /// How long such a message to a contact of this kind is worth sending: at the latest then, what it carries is good
    /// for nothing.
    pub fn ttl(self, to: ContactKind, pool: &Pool) -> Duration {
        match (self.purpose(to), self) {
            (Some(purpose), _) => purpose.ttl(),
            (None, MessageReason::Authentication) => LONGEST_SIGN_IN,
            (None, _) => {
                // Zero days are a setting too, and the invitation leaves all the same.
                let days = pool.password_policy.temporary_validity_days.max(1);
                Duration::from_secs(u64::from(days) * 24 * 60 * 60)
            }
        }
    }

    /// Whether the mail may carry a link in place of its code: only a sign-up is confirmed by one (*Documented* for
    /// sign-ups; *Chosen* for the rest, since the page confirms users and nothing else).
    pub const fn may_be_link(self) -> bool {
        matches!(self, MessageReason::SignUp | MessageReason::ResendCode)
    }
}

/// A code on its way to a contact.
#[derive(Clone, Debug)]
pub struct Message {
    /// Why.
    pub reason: MessageReason,
    /// Whose code it is.
    pub of: Sub,
    /// The username, which templates may show.
    pub username: Username,
    /// The app client that asked, if one did.
    pub client: Option<ClientId>,
    /// Where it goes.
    pub to: Contact,
    /// The code in clear, or the temporary password of an invitation; sealed before it is stored.
    pub code: Code,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn how_long_each_is_worth_sending_and_which_may_be_a_link() {
        use MessageReason::{
            AdminCreateUser, Authentication, ForgotPassword, ResendCode, SignUp, UpdateUserAttribute,
            VerifyUserAttribute,
        };
        let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
        let mut pool = fixture::pool();
        pool.password_policy.temporary_validity_days = 3;
        let cases = [
            (SignUp, hours(24), true), // cog-0015
            (ResendCode, hours(24), true),
            (ForgotPassword, hours(1), false), // cog-0347
            (UpdateUserAttribute, hours(24), false),
            (VerifyUserAttribute, hours(24), false),
            (AdminCreateUser, hours(72), false),
            (Authentication, Duration::from_secs(15 * 60), false), // cog-0208
        ];
        let to = ContactKind::Email;
        for (reason, ttl, may_be_link) in cases {
            assert_eq!((reason.ttl(to, &pool), reason.may_be_link()), (ttl, may_be_link), "{reason:?}");
        }
        pool.password_policy.temporary_validity_days = 0;
        assert_eq!(AdminCreateUser.ttl(to, &pool), hours(24));
    }
}
