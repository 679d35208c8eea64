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
            let signed_out = (!enabled).then(|| Change::RemoveGrants(user.sub.clone()));
            let remember = std::iter::once(Change::PutUser(Box::new(user))).chain(signed_out).collect();
            Verdict { remember, answer: Ok(()) }
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
                    [Change::PutUser(user), Change::RemoveGrants(of)] => (user, *of == ann.sub),
                    other => panic!("{other:?}"),
                };
                assert_eq!(signed_out, !enabled);
                assert_eq!(**user, User { enabled, modified_at: now, ..ann });
            }
        }
    }
}
