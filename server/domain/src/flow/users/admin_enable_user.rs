//! AdminEnableUser and AdminDisableUser.
//!
//! Order: user, then the change. A user of every status can be enabled and disabled, and doing it twice is no error
//! (*Documented*: the operations declare no error for it). Disabling ends all sessions of the user (*Documented*: all
//! access tokens are revoked), and enabling does not restore them.

use crate::{Change, Refusal, Timestamp, Verdict, user::User};

/// Sets whether the user is enabled.
pub fn set_enabled(user: Option<&User>, enabled: bool, now: Timestamp) -> Verdict<()> {
    match user {
        None => Verdict::refuse(Refusal::UserNotFound),
        Some(user) => {
            let user = User { enabled, modified_at: now, ..user.clone() };
            let change = if enabled {
                Change::PutUser(Box::new(user))
            } else {
                Change::SignOut(Box::new(user.signed_out()))
            };
            Verdict { remember: vec![change], answer: Ok(()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn set_enabled_changes_flag_and_disabling_signs_out() {
        let now = Timestamp::from_millis(9);
        assert_eq!(set_enabled(None, true, now).answer, Err(Refusal::UserNotFound));
        for before in [true, false] {
            for enabled in [true, false] {
                let ann = User { enabled: before, ..fixture::user("ann") };
                let verdict = set_enabled(Some(&ann), enabled, now);
                let (user, signed_out) = match verdict.remember.as_slice() {
                    [Change::PutUser(user)] => (user, false),
                    [Change::SignOut(user)] => (user, true),
                    other => panic!("{other:?}"),
                };
                assert_eq!(signed_out, !enabled);
                let sign_outs = ann.sign_outs + u64::from(signed_out);
                assert_eq!(**user, User { enabled, modified_at: now, sign_outs, ..ann });
            }
        }
    }
}
