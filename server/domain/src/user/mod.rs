//! A user and the states it can be in.
//!
//! ```text
//!        SignUp                 AdminCreateUser            an identity provider
//!           |                          |                            |
//!           v                          v                            v
//!     UNCONFIRMED          FORCE_CHANGE_PASSWORD <-+ (3)    EXTERNAL_PROVIDER
//!           |                |         |     |     |                |
//!           |                |         |     +-----+                |
//!     ConfirmSignUp,      (1), or      |                            |
//!     AdminConfirmSignUp, the first    | (2), once the              | (1)
//!     (1)                 sign-in      | temporary password         |
//!           |                |         | has expired                |
//!           v                v         |                            |
//!        +--------------------------+  |                            |
//!  ----> |        CONFIRMED         | <-|----------------------------+
//!   (4)  +--------------------------+  |
//!              |               ^       |
//!              | (2)           | (1), or a new password by the code
//!              v               |       v
//!        +----------------------------------+
//!        |          RESET_REQUIRED          | <-+ (2): another code
//!        +----------------------------------+   |
//!                            |                  |
//!                            +------------------+
//!
//!  (1) AdminSetUserPassword, a permanent password; with a temporary one that is good, ChangePassword too
//!  (2) AdminResetUserPassword
//!  (3) AdminSetUserPassword, a temporary password: from any state; AdminCreateUser RESEND: from this one
//!  (4) SignUp that PreSignUp confirms; AdminCreateUser of a user who needs no password
//! ```
//!
//! `enabled` is a separate flag, which AdminEnableUser and AdminDisableUser set in any state. DeleteUser and
//! AdminDeleteUser end every state; all that is not drawn changes none. What each operation answers in each state,
//! enabled or not, is one table: `flow/status_tests.rs`.
//!
//! A transition is a function that can refuse. The order in which an operation looks at all this is in
//! [`crate::flow`].

pub mod attempt;
pub mod auth_event;
pub mod device;
pub mod group;
pub mod mfa;
pub mod passkey;
pub mod search;
pub mod software_token;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    attribute::Attributes,
    id::{Sub, Username},
    pool::password::PasswordPolicy,
    refusal::Refusal,
    secret::Sealed,
    user::{mfa::UserMfa, passkey::Passkey},
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
    /// The sealed verifiers of the passwords that the user had before, the newest first; no more than the pool's
    /// policy looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_credentials: Vec<Sealed>,
    /// The second factors; boxed, because few users have any.
    #[serde(default, skip_serializing_if = "UserMfa::is_default")]
    pub mfa: Box<UserMfa>,
    /// The passkeys, in the order in which they were registered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Passkey>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

impl User {
    /// A new user, enabled, with neither password nor past.
    pub fn new(sub: Sub, username: Username, status: Status, attributes: Attributes, now: Timestamp) -> Self {
        Self {
            sub,
            username,
            status,
            enabled: true,
            attributes,
            credential: None,
            former_credentials: Vec::new(),
            mfa: Box::default(),
            passkeys: Vec::new(),
            created_at: now,
            modified_at: now,
        }
    }

    /// Refuses a disabled user.
    pub fn check_enabled(&self) -> Result<(), Refusal> {
        if self.enabled { Ok(()) } else { Err(Refusal::UserDisabled) }
    }

    /// Refuses to confirm a user who is not waiting for it.
    ///
    /// The status goes first, because a confirmed user is told so whatever else is wrong (*Observed*, cog-0004,
    /// cog-0054). What a disabled user meets is unknown; *Chosen*: the refusal that is recorded for an
    /// administrator's reset (cog-0302), for both twins.
    pub fn check_confirmable(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Unconfirmed => self.check_enabled(),
            _ => Err(Refusal::NotUnconfirmed(self.status.clone())),
        }
    }

    /// The user, confirmed. The one transition that ConfirmSignUp and AdminConfirmSignUp share.
    pub fn confirmed(&self, now: Timestamp) -> Result<User, Refusal> {
        self.check_confirmable()?;
        Ok(User { status: Status::Confirmed, modified_at: now, ..self.clone() })
    }

    /// Refuses to send another temporary password to a user who has none (*Documented* type, cog-0293), and to one
    /// who is disabled (*Chosen*, as for a reset).
    pub fn check_invited(&self) -> Result<(), Refusal> {
        self.check_enabled()?;
        match self.status {
            Status::ForceChangePassword { .. } => Ok(()),
            _ => Err(Refusal::NotInvited(self.status.clone())),
        }
    }

    /// Refuses to begin a reset of the password.
    ///
    /// A disabled user is refused as such (*Observed*, cog-0302). With a temporary password that is still good nothing
    /// can be reset (*Observed*, cog-0301), with one that has expired it can (*Documented*, cog-0403). Whoever is not
    /// confirmed, or has the password elsewhere, is refused alike (*Chosen*, by the same text: there is no password to
    /// come back to). *Chosen*: enabled is looked at first.
    pub fn check_resettable(&self, now: Timestamp) -> Result<(), Refusal> {
        self.check_enabled()?;
        match self.status {
            Status::Confirmed | Status::ResetRequired => Ok(()),
            Status::ForceChangePassword { expires_at } if expires_at <= now => Ok(()),
            Status::ForceChangePassword { .. } | Status::Unconfirmed | Status::ExternalProvider => {
                Err(Refusal::NotResettable)
            }
        }
    }

    /// The user, who must set a new password by a code. A temporary password is gone with that: it was never the
    /// user's own, and so is nothing to compare a new one with.
    pub fn reset(&self, now: Timestamp) -> Result<User, Refusal> {
        self.check_resettable(now)?;
        let credential = self.own_credential().cloned();
        Ok(User { status: Status::ResetRequired, credential, modified_at: now, ..self.clone() })
    }

    /// The user with a password of their own, and so confirmed (*Documented*: whatever the status was, a federated
    /// user's included).
    pub fn with_password(&self, credential: Sealed, policy: &PasswordPolicy, now: Timestamp) -> User {
        self.with_credential(credential, Status::Confirmed, policy, now)
    }

    /// The user with a temporary password, good from now on for as long as the policy says (*Documented*).
    pub fn with_temporary_password(
        &self,
        credential: Sealed,
        policy: &PasswordPolicy,
        now: Timestamp,
    ) -> User {
        let status = Status::ForceChangePassword { expires_at: now.after(policy.temporary_ttl()) };
        self.with_credential(credential, status, policy, now)
    }

    fn with_credential(
        &self,
        credential: Sealed,
        status: Status,
        policy: &PasswordPolicy,
        now: Timestamp,
    ) -> User {
        let former_credentials = self.credentials_not_to_repeat(policy).cloned().collect();
        User { status, credential: Some(credential), former_credentials, modified_at: now, ..self.clone() }
    }

    /// The sealed verifiers of the passwords that a new one must not match, the newest first.
    ///
    /// *Documented* is "any of n previous passwords". *Chosen*: the present one is the first of the n, and a temporary
    /// one counts for nothing, since it may be kept as one's own (*Observed*, cog-0237).
    pub fn credentials_not_to_repeat(&self, policy: &PasswordPolicy) -> impl Iterator<Item = &Sealed> {
        self.own_credential().into_iter().chain(&self.former_credentials).take(policy.history_size as usize)
    }

    fn own_credential(&self) -> Option<&Sealed> {
        match self.status {
            Status::ForceChangePassword { .. } => None,
            _ => self.credential.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn sealed(text: &str) -> Sealed {
        Sealed::from_text(text)
    }

    fn policy(history_size: u32) -> PasswordPolicy {
        PasswordPolicy { history_size, ..PasswordPolicy::default() }
    }

    fn not_to_repeat(user: &User, history_size: u32) -> Vec<String> {
        let policy = policy(history_size);
        user.credentials_not_to_repeat(&policy).map(|sealed| sealed.as_text().to_owned()).collect()
    }

    #[test]
    fn the_newest_passwords_are_remembered_and_no_more_than_the_policy_asks() {
        let now = Timestamp::from_millis(5);
        let mut user = User { status: Status::Confirmed, ..fixture::user("ann") };
        for password in ["a", "b", "c", "d"] {
            user = user.with_password(sealed(password), &policy(3), now);
        }
        assert_eq!(not_to_repeat(&user, 3), ["d", "c", "b"]);
        assert_eq!(not_to_repeat(&user, 2), ["d", "c"], "a policy that became laxer");
        assert_eq!(not_to_repeat(&user, 0), [""; 0]);
        let user = user.with_password(sealed("e"), &policy(0), now);
        assert!(user.former_credentials.is_empty(), "a pool without history keeps none");
    }

    #[test]
    fn a_temporary_password_is_never_part_of_the_past() {
        // cog-0237
        let now = Timestamp::from_millis(5);
        let user = fixture::user("ann").with_password(sealed("own"), &policy(5), now);
        let invited = user.with_temporary_password(sealed("temporary"), &policy(5), now);
        assert_eq!(not_to_repeat(&invited, 5), ["own"]);
        let user = invited.with_password(sealed("next"), &policy(5), now);
        assert_eq!(not_to_repeat(&user, 5), ["next", "own"]);
    }

    #[test]
    fn a_reset_keeps_the_password_only_to_compare_with_it() {
        let now = Timestamp::from_millis(5);
        let user = fixture::user("ann").with_password(sealed("own"), &policy(5), now);
        assert_eq!(not_to_repeat(&user.reset(now).expect("confirmed"), 5), ["own"]);
        let invited = fixture::user("ann").with_temporary_password(sealed("temporary"), &policy(5), now);
        let late = now.after(policy(5).temporary_ttl());
        assert_eq!(invited.reset(now), Err(Refusal::NotResettable)); // cog-0301
        assert_eq!(invited.reset(late).expect("expired").credential, None); // cog-0403
    }
}
