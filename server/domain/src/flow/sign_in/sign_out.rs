//! GlobalSignOut and AdminUserGlobalSignOut: every token of a user ends, whoever asks.

use crate::{Change, Refusal, Verdict, user::User};

/// Signs the user out everywhere. *Chosen*: whatever state they are in.
pub fn sign_out(user: Option<&User>) -> Verdict<()> {
    match user {
        Some(user) => Verdict { remember: vec![Change::RemoveGrants(user.sub.clone())], answer: Ok(()) },
        None => Verdict::refuse(Refusal::UserNotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn whoever_is_there_is_signed_out() {
        let ann = fixture::user("ann");
        let verdict = sign_out(Some(&ann));
        assert!(matches!(verdict.remember.as_slice(), [Change::RemoveGrants(of)] if *of == ann.sub));
        assert_eq!(verdict.answer, Ok(()));
        assert_eq!(sign_out(None).answer, Err(Refusal::UserNotFound));
    }
}
