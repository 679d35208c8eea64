//! GlobalSignOut and AdminUserGlobalSignOut: revoke every token of a user.

use crate::{Change, Refusal, Verdict, user::User};

/// Ends all grants of the user. *Chosen*: for users of every status, enabled or not; the time of the last change stays.
pub fn sign_out(user: Option<&User>) -> Verdict<()> {
    match user {
        Some(user) => {
            Verdict { remember: vec![Change::SignOut(Box::new(user.signed_out()))], answer: Ok(()) }
        }
        None => Verdict::refuse(Refusal::UserNotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn sign_out_ends_all_grants_of_the_user() {
        let ann = fixture::user("ann");
        let verdict = sign_out(Some(&ann));
        assert!(matches!(verdict.remember.as_slice(), [Change::SignOut(user)] if **user == ann.signed_out()));
        assert_eq!(verdict.answer, Ok(()));
        assert_eq!(sign_out(None).answer, Err(Refusal::UserNotFound));
    }
}
