//! A user who is moved to a server whose keys do not open all of the user's secrets.

use crate::{
    pool::mfa::MfaFactor,
    secret::Sealed,
    user::{Status, User},
};

impl User {
    /// Returns the user without the secrets that are lost: the password, former ones, and the authenticator app.
    ///
    /// *Chosen*, as users arrive from an import job (*Documented* there): a user whose password is lost must set a
    /// new one with a code. An unconfirmed user stays unconfirmed, because a move proves no address. A lost
    /// authenticator app is turned off, since no code of it could be right. Passkeys need no key and stay.
    pub fn without_lost_secrets(&self, is_lost: impl Fn(&Sealed) -> bool) -> User {
        let mut user = self.clone();
        user.former_credentials.retain(|former| !is_lost(former));
        user.mfa.pending_token = user.mfa.pending_token.filter(|token| !is_lost(token));
        if user.mfa.token.as_ref().is_some_and(|token| is_lost(&token.secret)) {
            user.mfa.token = None;
            user.mfa.turn_off(MfaFactor::SoftwareToken);
        }
        if user.credential.as_ref().is_some_and(is_lost) {
            user.credential = None;
            user.status = match user.status {
                Status::Confirmed | Status::ForceChangePassword { .. } => Status::ResetRequired,
                status @ (Status::Unconfirmed | Status::ExternalProvider | Status::ResetRequired) => status,
            };
        }
        user
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, fixture};

    #[test]
    fn status_of_a_user_whose_password_is_lost() {
        let expires_at = Timestamp::from_millis(9);
        let cases = [
            (Status::Unconfirmed, Status::Unconfirmed),
            (Status::Confirmed, Status::ResetRequired),
            (Status::ResetRequired, Status::ResetRequired),
            (Status::ForceChangePassword { expires_at }, Status::ResetRequired),
            (Status::ExternalProvider, Status::ExternalProvider),
        ];
        for (status, expected) in cases {
            let credential = Some(Sealed::from_text("lost"));
            let user = User { status, credential, ..fixture::user("ann") };
            let moved = user.without_lost_secrets(|sealed| sealed.as_text() == "lost");
            assert_eq!((moved.status, moved.credential), (expected, None));
            assert_eq!(user.without_lost_secrets(|_| false), user, "nothing is lost");
        }
    }

    #[test]
    fn user_without_a_password_keeps_the_status() {
        let user = User { status: Status::Confirmed, ..fixture::user("ann") };
        assert_eq!(user.without_lost_secrets(|_| true), user);
    }

    #[test]
    fn lost_former_passwords_and_pending_apps_are_dropped_alone() {
        let mut user = User { status: Status::Confirmed, ..fixture::user("ann") };
        user.credential = Some(Sealed::from_text("kept"));
        user.former_credentials = vec![Sealed::from_text("kept too"), Sealed::from_text("lost")];
        user.mfa.pending_token = Some(Sealed::from_text("lost"));
        let moved = user.without_lost_secrets(|sealed| sealed.as_text() == "lost");
        assert_eq!(moved.former_credentials, [Sealed::from_text("kept too")]);
        assert_eq!((moved.mfa.pending_token, moved.status), (None, Status::Confirmed));
        assert_eq!(moved.credential, user.credential);
    }
}
