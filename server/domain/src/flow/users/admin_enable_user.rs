//! AdminEnableUser and its twin AdminDisableUser.
//!
//! Order: user, then the change. Every state can be enabled and disabled, and doing it twice is no error
//! (*Documented*: neither declares anything else). Whoever is disabled is signed out everywhere (*Documented*: all access
//! tokens are revoked), and stays so when enabled again.

use crate::{Change, Refusal, Timestamp, Verdict, user::User};

/// Decides.
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
    fn the_flag_changes_and_a_disabled_user_is_signed_out() {
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
