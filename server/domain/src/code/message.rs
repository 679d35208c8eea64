//! Messages that carry a code or a temporary password, sent after the commit.
//!
//! The server stores a [`Message`] as an outbox row, with the code sealed, in the same commit as the other changes of
//! the verdict. Templates and delivery are in the server's `delivery` module.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    attribute::contact::{Contact, ContactKind},
    code::{Code, Purpose},
    id::{ClientId, Sub, Username},
    pool::Pool,
};

/// The maximum duration of a sign-in, and of the validity of its code (*Documented*: AuthSessionValidity is 3 to 15
/// minutes).
const LONGEST_SIGN_IN: Duration = Duration::from_secs(15 * 60);

/// The reason for which a message is sent. It is also the suffix of the trigger source `CustomMessage_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageReason {
    /// `SignUp`.
    SignUp,
    /// `ResendCode`.
    ResendCode,
    /// `ForgotPassword`: the user forgot the password, or an administrator reset it.
    ForgotPassword,
    /// `UpdateUserAttribute`: a contact was changed and must be verified.
    UpdateUserAttribute,
    /// `VerifyUserAttribute`: the user asked to verify a contact.
    VerifyUserAttribute,
    /// `AdminCreateUser`: an invitation with a temporary password.
    AdminCreateUser,
    /// `Authentication`: a one-time code for a sign-in.
    Authentication,
}

impl MessageReason {
    /// Returns the suffix of the trigger source.
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

    /// Returns the purpose of the pending code in such a message to a contact of this kind.
    ///
    /// Returns `None` if the message carries no [`crate::code::PendingCode`]: a temporary password is stored with the
    /// user, and a code for a sign-in with its session.
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

    /// Returns the time after which such a message is not sent any more, because its code or password has expired.
    pub fn ttl(self, to: ContactKind, pool: &Pool) -> Duration {
        match (self.purpose(to), self) {
            (Some(purpose), _) => purpose.ttl(),
            (None, MessageReason::Authentication) => LONGEST_SIGN_IN,
            (None, _) => {
                // A validity of zero days is allowed, and the invitation is sent nevertheless.
                let days = pool.password_policy.temporary_validity_days.max(1);
                Duration::from_secs(u64::from(days) * 24 * 60 * 60)
            }
        }
    }

    /// Returns whether the mail may contain a link in place of a code.
    ///
    /// Only a sign-up can be confirmed with a link (*Documented* for sign-ups; *Chosen* for the other reasons, since
    /// the page behind the link only confirms users).
    pub const fn may_be_link(self) -> bool {
        matches!(self, MessageReason::SignUp | MessageReason::ResendCode)
    }
}

/// A message with a code or a temporary password to one contact of a user.
#[derive(Clone, Debug)]
pub struct Message {
    /// The reason for the message.
    pub reason: MessageReason,
    /// The sub of the user.
    pub of: Sub,
    /// The username, for templates.
    pub username: Username,
    /// The app client of the request, or `None` if the caller is an administrator.
    pub client: Option<ClientId>,
    /// The recipient.
    pub to: Contact,
    /// The code, or the temporary password of an invitation, in clear. It is sealed before it is stored.
    pub code: Code,
    /// Whether the answer neither waits for the delivery nor depends on it, because the app client hides users: without a
    /// user there is no message to wait for.
    pub is_hidden: bool,
    /// Whether the recipient is a verified contact of the user. Other recipients have a limit over all users; see
    /// [`crate::flow::destination_limit`].
    pub is_verified: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn message_reason_determines_ttl_and_whether_a_link_is_allowed() {
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
