//! AdminConfirmSignUp: ConfirmSignUp without a code.
//!
//! Order: user, attempts, status, enabled, then the change. No contact becomes verified, and so no alias becomes active
//! (*Documented*, cog-0048, cog-0052).
//!
//! *Chosen*: refused calls count as attempts of the user, because the service declares limit errors for this operation.

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    user::{
        User,
        attempt::{AttemptKind, Attempts},
    },
};

/// The answer of AdminConfirmSignUp; the response on the wire is empty.
#[derive(Debug)]
pub struct AdminConfirmSignUpAnswer {
    /// The confirmed user, for the PostConfirmation trigger.
    pub user: User,
}

/// Confirms `user`. `attempts` are the earlier attempts of administrators to confirm this user.
pub fn admin_confirm(
    user: Option<&User>,
    attempts: Option<&Attempts>,
    now: Timestamp,
) -> Verdict<AdminConfirmSignUpAnswer> {
    decide(user, attempts, now).into()
}

fn decide(
    user: Option<&User>,
    attempts: Option<&Attempts>,
    now: Timestamp,
) -> Result<Verdict<AdminConfirmSignUpAnswer>, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    let (of, act) = (|| user.sub.clone(), AttemptKind::AdminConfirmSignUp);
    let attempts = match Attempts::increment(attempts, act, now) {
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
    // *Chosen*: the sign-up code has no further use, so it is removed together with the count of wrong codes.
    let remember = vec![
        Change::PutUser(Box::new(confirmed.clone())),
        Change::RemoveCode { of: of(), purpose: Purpose::SignUp },
        Change::RemoveAttempts { of: of(), act: AttemptKind::ConfirmSignUp },
        Change::RemoveAttempts { of: of(), act },
    ];
    Ok(Verdict { remember, answer: Ok(AdminConfirmSignUpAnswer { user: confirmed }) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, user::Status};

    #[test]
    fn admin_confirm_sign_up_with_several_faults_refuses_the_first() {
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
    fn admin_confirm_sign_up_refused_repeatedly_meets_the_limits() {
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
    fn admin_confirm_sign_up_verifies_no_contact() {
        let user = fixture::user("ann");
        let verdict = admin_confirm(Some(&user), None, Timestamp::from_millis(9));
        let confirmed = verdict.answer.expect("an unconfirmed user").user;
        assert_eq!(confirmed.attributes, user.attributes);
        assert!(!verdict.remember.iter().any(|change| matches!(change, Change::PutName { .. })));
    }
}
