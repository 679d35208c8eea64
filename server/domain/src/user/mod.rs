//! A user of a pool, its states, and the transitions between them.
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
//! AdminDeleteUser remove the user in any state. Operations that are not in the picture do not change the state. The
//! tables in `flow/status_tests.rs` list the answer of each operation in each state, for enabled and disabled users.
//!
//! A transition is a function that can refuse. The order of the checks in each operation is in [`crate::flow`].

pub mod attempt;
pub mod auth_event;
pub mod auth_method;
pub mod device;
pub mod first_factors;
pub mod group;
pub mod mfa;
mod moved;
pub mod names;
pub mod passkey;
pub mod search;
pub mod sent_messages;
pub mod simulated;
pub mod software_token;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Timestamp,
    attribute::{Attributes, contact::Contact},
    digest::Digest,
    id::{Sub, Username},
    pool::password::PasswordPolicy,
    refusal::Refusal,
    secret::Sealed,
    user::{mfa::UserMfa, passkey::Passkey},
};

/// The status of a user, with the data that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// UNCONFIRMED: the user has signed up and is not confirmed yet.
    Unconfirmed,
    /// CONFIRMED: the user is confirmed.
    Confirmed,
    /// EXTERNAL_PROVIDER: the user was created at a sign-in with an identity provider.
    ExternalProvider,
    /// RESET_REQUIRED: the user must set a new password with a code.
    ResetRequired,
    /// FORCE_CHANGE_PASSWORD: the user has a temporary password from an administrator.
    ForceChangePassword {
        /// The instant from which the temporary password is no longer valid.
        expires_at: Timestamp,
    },
}

impl Status {
    /// Returns the value of `UserStatus` in the API.
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
    /// The immutable username. In a username-attribute pool it is the text of the sub.
    pub username: Username,
    /// The status.
    pub status: Status,
    /// Whether the user is enabled. A disabled user cannot sign in.
    pub enabled: bool,
    /// The attributes, including the verified flags, without `sub`.
    pub attributes: Attributes,
    /// The sealed verifier of the password, or `None` if the user has no password.
    pub credential: Option<Sealed>,
    /// The sealed verifiers of earlier passwords, newest first, as many as the pool's password policy compares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_credentials: Vec<Sealed>,
    /// The second factors. They are boxed because few users have any.
    #[serde(default, skip_serializing_if = "UserMfa::is_default")]
    pub mfa: Box<UserMfa>,
    /// The passkeys, in the order in which they were registered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Passkey>,
    /// How many times the user was signed out everywhere. A sign-in from before the last time has ended.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sign_outs: u64,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub modified_at: Timestamp,
}

impl User {
    /// Creates an enabled user without a password.
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
            sign_outs: 0,
            created_at: now,
            modified_at: now,
        }
    }

    /// Returns whether this is a contact of the user, and verified.
    pub fn has_verified(&self, contact: &Contact) -> bool {
        self.attributes.is_verified(contact.kind)
            && self.attributes.contact(contact.kind).as_ref() == Some(contact)
    }

    /// Returns the user as signed out everywhere: all grants that began before have ended.
    pub fn signed_out(&self) -> User {
        User { sign_outs: self.sign_outs.wrapping_add(1), ..self.clone() }
    }

    /// Returns a digest that changes with the password, and when the user is signed out everywhere. What has begun with a former
    /// one has ended.
    pub fn sign_in_state(&self) -> Digest {
        Self::sign_in_state_of(Some(self))
    }

    /// Returns the same of a user or, at the same cost, of the simulated user of a name that leads to no user.
    ///
    /// It needs no key: it is stored beside the sealed verifier that it is made from.
    pub fn sign_in_state_of(user: Option<&User>) -> Digest {
        let sign_outs = user.map_or(0, |user| user.sign_outs);
        let credential = user.and_then(|user| user.credential.as_ref()).map_or("", Sealed::as_text);
        let state = Sha256::new().chain_update(sign_outs.to_be_bytes()).chain_update(credential);
        Digest::from_bytes(state.finalize().into())
    }

    /// Returns whether the user has everything that a sign-in needs, so that it can be continued without a page: the user is
    /// enabled and confirmed, and must not replace a password.
    pub fn may_continue_sign_in(&self) -> bool {
        self.enabled && matches!(self.status, Status::Confirmed | Status::ExternalProvider)
    }

    /// Refuses a disabled user.
    pub fn check_enabled(&self) -> Result<(), Refusal> {
        if self.enabled { Ok(()) } else { Err(Refusal::UserDisabled) }
    }

    /// Refuses to confirm a user who is not UNCONFIRMED.
    ///
    /// The status is checked first: the answer for a confirmed user does not depend on anything else (*Observed*,
    /// cog-0004, cog-0054). The service's answer for a disabled user is unknown; *Chosen*: the refusal that is recorded
    /// for AdminResetUserPassword (cog-0302), both in ConfirmSignUp and in AdminConfirmSignUp.
    pub fn check_confirmable(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Unconfirmed => self.check_enabled(),
            _ => Err(Refusal::NotUnconfirmed(self.status.clone())),
        }
    }

    /// Returns the user as confirmed. ConfirmSignUp and AdminConfirmSignUp share this transition.
    ///
    /// # Errors
    ///
    /// Those of [`User::check_confirmable`].
    pub fn confirmed(&self, now: Timestamp) -> Result<User, Refusal> {
        self.check_confirmable()?;
        Ok(User { status: Status::Confirmed, modified_at: now, ..self.clone() })
    }

    /// Refuses to send a new temporary password to a user who has none (error type reported, cog-0293), or who is
    /// disabled (*Chosen*, as for a reset).
    pub fn check_invited(&self) -> Result<(), Refusal> {
        self.check_enabled()?;
        match self.status {
            Status::ForceChangePassword { .. } => Ok(()),
            _ => Err(Refusal::NoTemporaryPassword(self.status.clone())),
        }
    }

    /// Refuses a reset of the password where the user's status does not allow one.
    ///
    /// A disabled user is refused with [`Refusal::UserDisabled`] (*Observed*, cog-0302); *Chosen*: this is checked
    /// first. A temporary password cannot be reset while it is valid (*Observed*, cog-0301), but after it has expired
    /// (*Documented*, cog-0403). An unconfirmed user and a user from an identity provider are refused with the same
    /// text (*Chosen*: they have no password to reset).
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

    /// Returns the user as RESET_REQUIRED: the user must set a new password with a code.
    ///
    /// A temporary password is removed, because it is not compared with new passwords. The user's own password is kept
    /// for that comparison.
    ///
    /// # Errors
    ///
    /// Those of [`User::check_resettable`].
    pub fn reset(&self, now: Timestamp) -> Result<User, Refusal> {
        self.check_resettable(now)?;
        let credential = self.own_credential().cloned();
        Ok(User { status: Status::ResetRequired, credential, modified_at: now, ..self.clone() })
    }

    /// Returns the user with a permanent password and as confirmed, from any status (*Documented*, also for users from
    /// an identity provider).
    pub fn with_password(&self, credential: Sealed, policy: &PasswordPolicy, now: Timestamp) -> User {
        self.with_credential(credential, Status::Confirmed, policy, now)
    }

    /// Returns the user with a temporary password, which is valid from `now` for the time of the policy (*Documented*).
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

    /// Returns the sealed verifiers of the passwords that a new one must not match, newest first.
    ///
    /// *Documented* is "any of n previous passwords". *Chosen*: the present password is the first of the n. A temporary
    /// password is not among them, because a user may keep it as permanent password (*Observed*, cog-0237).
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

/// Returns whether a number is left out of a record.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) const fn is_zero(number: &u64) -> bool {
    *number == 0
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
    fn password_history_is_as_long_as_the_policy_requires() {
        let now = Timestamp::from_millis(5);
        let mut user = User { status: Status::Confirmed, ..fixture::user("ann") };
        for password in ["a", "b", "c", "d"] {
            user = user.with_password(sealed(password), &policy(3), now);
        }
        assert_eq!(not_to_repeat(&user, 3), ["d", "c", "b"]);
        assert_eq!(not_to_repeat(&user, 2), ["d", "c"], "a policy with a shorter history");
        assert_eq!(not_to_repeat(&user, 0), [""; 0]);
        let user = user.with_password(sealed("e"), &policy(0), now);
        assert!(
            user.former_credentials.is_empty(),
            "a pool without a password history stores no former passwords"
        );
    }

    #[test]
    fn temporary_password_is_not_in_the_history() {
        // cog-0237
        let now = Timestamp::from_millis(5);
        let user = fixture::user("ann").with_password(sealed("own"), &policy(5), now);
        let invited = user.with_temporary_password(sealed("temporary"), &policy(5), now);
        assert_eq!(not_to_repeat(&invited, 5), ["own"]);
        let user = invited.with_password(sealed("next"), &policy(5), now);
        assert_eq!(not_to_repeat(&user, 5), ["next", "own"]);
    }

    #[test]
    fn reset_keeps_a_permanent_password_for_comparison_only() {
        let now = Timestamp::from_millis(5);
        let user = fixture::user("ann").with_password(sealed("own"), &policy(5), now);
        assert_eq!(not_to_repeat(&user.reset(now).expect("confirmed"), 5), ["own"]);
        let invited = fixture::user("ann").with_temporary_password(sealed("temporary"), &policy(5), now);
        let late = now.after(policy(5).temporary_ttl());
        assert_eq!(invited.reset(now), Err(Refusal::NotResettable)); // cog-0301
        assert_eq!(invited.reset(late).expect("expired").credential, None); // cog-0403
    }
}
