//! AdminConfirmSignUp: the twin of ConfirmSignUp without a code.
//!
//! Order: user, attempts, status, enabled, then the change. Nothing becomes verified, and so no alias becomes active
//! (*Documented*, cog-0048, cog-0052).
//!
//! *Chosen*: what is refused is counted for the user, so that whoever tries again and again is told the limits that
//! the service declares for this operation too.

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    user::{
        User,
        attempt::{Act, Attempts},
    },
};

/// What AdminConfirmSignUp leads to; the answer on the wire is empty.
#[derive(Debug)]
pub struct AdminConfirmed {
    /// The user as it is now, for PostConfirmation.
    pub user: User,
}

/// Decides. `user` is whoever the username leads to, and `attempts` are those at confirming that user.
pub fn admin_confirm(
    user: Option<&User>,
    attempts: Option<&Attempts>,
    now: Timestamp,
) -> Verdict<AdminConfirmed> {
    decide(user, attempts, now).into()
}

fn decide(
    user: Option<&User>,
    attempts: Option<&Attempts>,
    now: Timestamp,
) -> Result<Verdict<AdminConfirmed>, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    let (of, act) = (|| user.sub.clone(), Act::AdminConfirmSignUp);
    let attempts = match Attempts::one_more(attempts, act, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&user.sub, act)),
    };
    let confirmed = match user.confirmed(now) {
        Ok(confirmed) => confirmed,
        Err(refusal) => {
            let counted = Change::PutAttempts { of: of(), act, attempts };
            return Ok(Verdict { remember: vec![counted], answer: Err(refusal) });
        }
    };
    // *Chosen*: the sign-up code is of no further use, so it goes, and so does the count of its guesses.
    let remember = vec![
        Change::PutUser(Box::new(confirmed.clone())),
        Change::RemoveCode { of: of(), purpose: Purpose::SignUp },
        Change::RemoveAttempts { of: of(), act: Act::ConfirmSignUp },
        Change::RemoveAttempts { of: of(), act },
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
            let verdict = admin_confirm(user.as_ref(), None, now);
            assert_eq!(verdict.remember.len(), user.map_or(0, |_| if expected.is_err() { 1 } else { 4 }));
            assert_eq!(verdict.answer.map(|confirmed| confirmed.user.status), expected);
        }
    }

    #[test]
    fn whoever_goes_on_being_refused_is_told_the_limits() {
        let now = Timestamp::from_millis(9);
        let user = User { status: Status::Confirmed, ..fixture::user("ann") };
        let mut attempts = None;
        let mut refusals = Vec::new();
        for _ in 0..61 {
            let verdict = admin_confirm(Some(&user), attempts.as_ref(), now);
            refusals.push(verdict.answer.expect_err("confirmed already"));
            if let Some(Change::PutAttempts { attempts: counted, .. }) = verdict.remember.into_iter().next() {
                attempts = Some(counted);
            }
        }
        let count = |wanted: Refusal| refusals.iter().filter(|refusal| **refusal == wanted).count();
        assert_eq!(count(Refusal::NotUnconfirmed(Status::Confirmed)), 15);
        assert_eq!(count(Refusal::TooManyAttempts), 45);
        assert_eq!(refusals.last(), Some(&Refusal::TooManyFailedAttempts));
    }

    #[test]
    fn nothing_becomes_verified() {
        let user = fixture::user("ann");
        let verdict = admin_confirm(Some(&user), None, Timestamp::from_millis(9));
        let confirmed = verdict.answer.expect("an unconfirmed user").user;
        assert_eq!(confirmed.attributes, user.attributes);
        assert!(!verdict.remember.iter().any(|change| matches!(change, Change::PutName { .. })));
    }
}
