//! AdminConfirmSignUp: the twin of ConfirmSignUp without a code.
//!
//! Order: user, status, enabled, then the change. Nothing becomes verified, and so no alias becomes active
//! (*Documented*, cog-0048, cog-0052).

use crate::{Change, Refusal, Timestamp, Verdict, attempt::Act, code::Purpose, user::User};

/// What AdminConfirmSignUp leads to; the answer on the wire is empty.
#[derive(Debug)]
pub struct AdminConfirmed {
    /// The user as it is now, for PostConfirmation.
    pub user: User,
}

/// Decides. `user` is whoever the username leads to.
pub fn admin_confirm(user: Option<&User>, now: Timestamp) -> Verdict<AdminConfirmed> {
    decide(user, now).into()
}

fn decide(user: Option<&User>, now: Timestamp) -> Result<Verdict<AdminConfirmed>, Refusal> {
    let confirmed = user.ok_or(Refusal::UserNotFound)?.confirmed(now)?;
    let of = || confirmed.sub.clone();
    // *Chosen*: the sign-up code is of no further use, so it goes, and so does the count of its guesses.
    let remember = vec![
        Change::PutUser(Box::new(confirmed.clone())),
        Change::RemoveCode { of: of(), purpose: Purpose::SignUp },
        Change::RemoveAttempts { of: of(), act: Act::ConfirmSignUp },
    ];
    Ok(Verdict { remember, answer: Ok(AdminConfirmed { user: confirmed }) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, user::Status};

    #[test]
    fn the_order_of_checks() {
        let now = Timestamp::from_millis(9);
        let is = |status, enabled| User { status, enabled, ..fixture::user("ann") };
        let cases = [
            (None, Err(Refusal::UserNotFound)),
            (Some(is(Status::Confirmed, false)), Err(Refusal::NotUnconfirmed(Status::Confirmed))), // cog-0054
            (Some(is(Status::Unconfirmed, false)), Err(Refusal::UserDisabled)),
            (Some(is(Status::Unconfirmed, true)), Ok(Status::Confirmed)),
        ];
        for (user, expected) in cases {
            let verdict = admin_confirm(user.as_ref(), now);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer.map(|confirmed| confirmed.user.status), expected);
        }
    }

    #[test]
    fn nothing_becomes_verified() {
        let user = fixture::user("ann");
        let verdict = admin_confirm(Some(&user), Timestamp::from_millis(9));
        let confirmed = verdict.answer.expect("an unconfirmed user").user;
        assert_eq!(confirmed.attributes, user.attributes);
        assert!(!verdict.remember.iter().any(|change| matches!(change, Change::PutName { .. })));
    }
}
