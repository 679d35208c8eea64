//! Admission: whether a user may sign in, independent of what they prove.
//!
//! The status is checked before the password: an unconfirmed user is refused for the status even with a wrong password
//! (cog-0167). If the app client hides users, an unknown user is admitted, and refused at the end as if the password
//! were wrong (cog-0183, cog-0184). *Chosen*: a disabled user is refused first, and the lock-out is checked last.
//!
//! *Chosen*: a page, which everyone can open, tells the status only to a user who has given a right first factor
//! (`check_proven`). The form for a password does so, and hides users, whatever the app client's operations do; the others do
//! so if the app client hides users. Until then the user is asked for the factors that the user has, as a confirmed one is.

use super::Step;
use crate::{
    Refusal,
    sign_in::lockout::Failures,
    user::{Status, User},
};

/// Returns the user who may sign in, or `None` for an unknown or federated user if the app client hides users.
///
/// # Errors
///
/// Refuses a user who may not sign in, and an unknown user if the app client does not hide users. Where the status is hidden
/// until the first factor is proven, only a user who is locked out is refused.
pub fn admit<'a>(step: &Step<'a>) -> Result<Option<&'a User>, Refusal> {
    let hides = step.caller.client.hides_users;
    // *Chosen*: a federated user has no password here, and is no user for an app client that hides users.
    let is_hidden = |user: &User| {
        let on_page = step.authorizing.is_some();
        user.status == Status::ExternalProvider && (on_page || hides && user.enabled)
    };
    let user = step.found.user.filter(|user| !is_hidden(user));
    match user {
        // Checked after the first factor.
        _ if step.hides_status() => {}
        Some(user) => check_status(user, hides)?,
        None if hides => {}
        None => return Err(Refusal::UserNotFound),
    }
    Failures::check(step.found.failures, step.now)?;
    Ok(user)
}

/// Refuses a user who has given the right first factor on a page and may not sign in.
///
/// # Errors
///
/// The refusal of the status. Operations have checked it before.
pub(super) fn check_proven(step: &Step<'_>, user: &User) -> Result<(), Refusal> {
    if step.hides_status() { check_status(user, true) } else { Ok(()) }
}

fn check_status(user: &User, hides: bool) -> Result<(), Refusal> {
    if !user.enabled {
        return Err(Refusal::UserDisabled);
    }
    match user.status {
        Status::Confirmed | Status::ForceChangePassword { .. } => Ok(()),
        Status::Unconfirmed => Err(Refusal::UserNotConfirmed),
        // *Documented* (cog-0185) for imported users, and those have no password.
        Status::ResetRequired if hides && user.credential.is_none() => Err(Refusal::WrongPassword),
        Status::ResetRequired => Err(Refusal::PasswordResetRequired),
        // *Chosen*: federated users have no password here.
        Status::ExternalProvider => Err(Refusal::WrongPassword),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, flow::sign_in::setup::SignInSetup, secret::Sealed};

    /// cog-0162, cog-0167, cog-0169, cog-0184, cog-0185, cog-0211, cog-0212, cog-0221.
    #[test]
    fn admit_by_status_admits_or_refuses() {
        use Refusal::{PasswordResetRequired, UserDisabled, UserNotConfirmed, WrongPassword};
        let force = Status::ForceChangePassword { expires_at: Timestamp::from_millis(0) };
        // (status, has a password, refusal of an enabled user by a LEGACY client, and by one that hides users)
        let cases = [
            (Status::Confirmed, true, None, None),
            (Status::Confirmed, false, None, None),
            (force, true, None, None),
            (Status::Unconfirmed, true, Some(UserNotConfirmed), Some(UserNotConfirmed)),
            (Status::ResetRequired, true, Some(PasswordResetRequired), Some(PasswordResetRequired)),
            (Status::ResetRequired, false, Some(PasswordResetRequired), Some(WrongPassword)),
        ];
        for (status, has_password, legacy, hiding) in cases {
            for (hides, expected) in [(false, legacy), (true, hiding)] {
                for enabled in [true, false] {
                    let mut setup = SignInSetup::new();
                    setup.client.hides_users = hides;
                    setup.user.status = status.clone();
                    setup.user.enabled = enabled;
                    setup.user.credential = has_password.then(|| Sealed::from_text("x"));
                    let expected = if enabled { expected.clone() } else { Some(UserDisabled) };
                    let admitted = admit(&setup.step("ann"));
                    assert_eq!(
                        admitted.map(|user| user.is_some()),
                        expected.map_or(Ok(true), Err),
                        "{status:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn admit_federated_user_is_refused_or_treated_as_unknown() {
        let mut setup = SignInSetup::new();
        setup.user.status = Status::ExternalProvider;
        assert_eq!(admit(&setup.step("ann")), Err(Refusal::WrongPassword));
        setup.client.hides_users = true;
        assert_eq!(admit(&setup.step("ann")), Ok(None));
        setup.user.enabled = false;
        assert_eq!(admit(&setup.step("ann")), Err(Refusal::UserDisabled));
    }

    #[test]
    fn admit_unknown_user_only_if_client_hides_users() {
        let mut setup = SignInSetup::new();
        assert_eq!(admit(&setup.step("unknown")), Err(Refusal::UserNotFound));
        setup.client.hides_users = true;
        assert_eq!(admit(&setup.step("unknown")), Ok(None));
    }

    #[test]
    fn admit_while_locked_out_is_refused() {
        let mut setup = SignInSetup::new();
        setup.client.hides_users = true;
        setup.failures = Some(Failures { count: 8, last_at: setup.now });
        for typed in ["ann", "unknown"] {
            assert_eq!(admit(&setup.step(typed)), Err(Refusal::LockedOut));
        }
        setup.user.status = Status::Unconfirmed;
        assert_eq!(admit(&setup.step("ann")), Err(Refusal::UserNotConfirmed), "the lock-out is checked last");
    }
}
