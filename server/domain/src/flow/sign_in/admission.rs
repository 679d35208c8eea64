//! Who may sign in at all, whatever they know.
//!
//! The status goes before the password: an unconfirmed user is told so even with a wrong one (cog-0167). An app client
//! that hides who exists admits nobody like somebody, and whoever they claim to be is told at the end that the password
//! is wrong (cog-0183, cog-0184). *Chosen*: that a user is disabled goes first, and the lock-out last.

use super::Step;
use crate::{
    Refusal,
    sign_in::lockout::Failures,
    user::{Status, User},
};

/// Admits a user, or nobody in particular where the app client hides who exists; or refuses.
pub fn admit<'a>(step: &Step<'a>) -> Result<Option<&'a User>, Refusal> {
    let hides = step.caller.client.hides_users;
    if let Some(user) = step.found.user {
        check_status(user, hides)?;
    } else if !hides {
        return Err(Refusal::UserNotFound);
    }
    Failures::check(step.found.failures, step.now)?;
    Ok(step.found.user)
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
        // They sign in with their identity provider. *Chosen*: here they are nobody with a password.
        Status::ExternalProvider => Err(Refusal::WrongPassword),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, flow::sign_in::fixture::House, secret::Sealed};

    /// cog-0162, cog-0167, cog-0169, cog-0184, cog-0185, cog-0211, cog-0212, cog-0221.
    #[test]
    fn who_may_sign_in() {
        use Refusal::{PasswordResetRequired, UserDisabled, UserNotConfirmed, WrongPassword};
        let force = Status::ForceChangePassword { expires_at: Timestamp::from_millis(0) };
        // (status, has a password, refusal of an enabled user by a LEGACY client, and by one that hides)
        let cases = [
            (Status::Confirmed, true, None, None),
            (Status::Confirmed, false, None, None),
            (force, true, None, None),
            (Status::Unconfirmed, true, Some(UserNotConfirmed), Some(UserNotConfirmed)),
            (Status::ResetRequired, true, Some(PasswordResetRequired), Some(PasswordResetRequired)),
            (Status::ResetRequired, false, Some(PasswordResetRequired), Some(WrongPassword)),
            (Status::ExternalProvider, false, Some(WrongPassword), Some(WrongPassword)),
        ];
        for (status, has_password, legacy, hiding) in cases {
            for (hides, expected) in [(false, legacy), (true, hiding)] {
                for enabled in [true, false] {
                    let mut house = House::new();
                    house.client.hides_users = hides;
                    house.user.status = status.clone();
                    house.user.enabled = enabled;
                    house.user.credential = has_password.then(|| Sealed::from_text("x"));
                    let expected = if enabled { expected.clone() } else { Some(UserDisabled) };
                    let admitted = admit(&house.step("ann"));
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
    fn nobody_is_refused_or_admitted_as_the_client_says() {
        let mut house = House::new();
        assert_eq!(admit(&house.step("nobody")), Err(Refusal::UserNotFound));
        house.client.hides_users = true;
        assert_eq!(admit(&house.step("nobody")), Ok(None));
    }

    #[test]
    fn whoever_is_locked_out_is_refused_somebody_or_not() {
        let mut house = House::new();
        house.client.hides_users = true;
        house.failures = Some(Failures { count: 8, last_at: house.now });
        for typed in ["ann", "nobody"] {
            assert_eq!(admit(&house.step(typed)), Err(Refusal::LockedOut));
        }
        house.user.status = Status::Unconfirmed;
        assert_eq!(admit(&house.step("ann")), Err(Refusal::UserNotConfirmed), "the lock-out goes last");
    }
}
