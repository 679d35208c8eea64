//! A user and the states it can be in.
//!
//! ```text
//! SignUp           -> Unconfirmed            PreSignUp auto-confirms -> Confirmed
//! ConfirmSignUp       Unconfirmed -> Confirmed, the contact that got the code becomes verified
//! AdminConfirmSignUp  Unconfirmed -> Confirmed, nothing becomes verified
//! ```
//!
//! `enabled` is a separate flag. The order in which an operation looks at all this is in [`crate::flow`].

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::Attributes,
    id::{Sub, Username},
    refusal::Refusal,
    secret::Sealed,
};

/// The status of a user, with the facts that belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Signed up, not confirmed.
    Unconfirmed,
    /// Confirmed.
    Confirmed,
    /// Came from an identity provider.
    ExternalProvider,
    /// Must set a new password by a code.
    ResetRequired,
    /// Has a temporary password from an administrator.
    ForceChangePassword {
        /// The instant from which the temporary password is no longer good.
        expires_at: Timestamp,
    },
}

impl Status {
    /// The word that the API has for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Status::Unconfirmed => "UNCONFIRMED",
            Status::Confirmed => "CONFIRMED",
            Status::ExternalProvider => "EXTERNAL_PROVIDER",
            Status::ResetRequired => "RESET_REQUIRED",
            Status::ForceChangePassword { .. } => "FORCE_CHANGE_PASSWORD",
        }
    }
}

/// A user of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The immutable id.
    pub sub: Sub,
    /// The immutable username; the sub's text in a username-attribute pool.
    pub username: Username,
    /// The status.
    pub status: Status,
    /// Whether the user may do anything at all.
    pub enabled: bool,
    /// The attributes, the verified flags among them; `sub` is not.
    pub attributes: Attributes,
    /// The sealed verifier of the password; nothing for a user without one.
    pub credential: Option<Sealed>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

impl User {
    /// Refuses to confirm a user who is not waiting for it.
    ///
    /// The status goes first, because a confirmed user is told so whatever else is wrong (*Observed*, cog-0004,
    /// cog-0054). What a disabled user meets is unknown; *Chosen*: the refusal that is recorded for an
    /// administrator's reset (cog-0302), for both twins.
    pub fn check_confirmable(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Unconfirmed if self.enabled => Ok(()),
            Status::Unconfirmed => Err(Refusal::UserDisabled),
            _ => Err(Refusal::NotUnconfirmed(self.status.clone())),
        }
    }

    /// The user, confirmed. The one transition that ConfirmSignUp and AdminConfirmSignUp share.
    pub fn confirmed(&self, now: Timestamp) -> Result<User, Refusal> {
        self.check_confirmable()?;
        Ok(User { status: Status::Confirmed, modified_at: now, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn only_an_enabled_unconfirmed_user_can_be_confirmed() {
        let now = Timestamp::from_millis(5);
        let all = [
            Status::Unconfirmed,
            Status::Confirmed,
            Status::ExternalProvider,
            Status::ResetRequired,
            Status::ForceChangePassword { expires_at: now },
        ];
        for status in all {
            for enabled in [true, false] {
                let user = User { status: status.clone(), enabled, ..fixture::user("ann") };
                let expected = match (&status, enabled) {
                    (Status::Unconfirmed, true) => Ok(Status::Confirmed),
                    (Status::Unconfirmed, false) => Err(Refusal::UserDisabled),
                    (other, _) => Err(Refusal::NotUnconfirmed(other.clone())),
                };
                assert_eq!(user.confirmed(now).map(|user| user.status), expected);
            }
        }
    }
}
