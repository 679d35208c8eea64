//! A message that must leave the house after the commit.
//!
//! The server turns it into an outbox row with the code sealed, in the same commit as everything else that the
//! verdict remembers; templates and transport are its matter too.

use serde::{Deserialize, Serialize};

use crate::{
    code::Code,
    contact::Contact,
    id::{ClientId, Sub, Username},
};

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
