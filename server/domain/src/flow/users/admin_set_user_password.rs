//! AdminSetUserPassword, in two parts with the derivation of the verifier between them.
//!
//! Order: user, the pool's password policy, password history, then the change (*Chosen*; the refusals themselves are
//! *Documented*). The password can be set for a user of every status, enabled or not. A permanent password confirms the
//! user; a temporary one must be changed at the next sign-in (*Documented*, for federated users too).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    flow::NewCredential,
    pool::Pool,
    secret::{Sealed, Secret},
    user::{Status, User, attempt::AttemptKind},
};

/// The input of AdminSetUserPassword that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct AdminSetUserPasswordRequest<'a> {
    /// The password.
    pub password: &'a Secret,
    /// Permanent.
    pub permanent: bool,
}

/// Makes the checks that do not need the derived verifier: the first part.
///
/// # Errors
///
/// Refuses a user who does not exist, and a password that breaks the policy.
pub fn admit<'a>(
    pool: &Pool,
    user: Option<&'a User>,
    request: &AdminSetUserPasswordRequest<'_>,
) -> Result<&'a User, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    pool.password_policy.check(request.password)?;
    Ok(user)
}

/// Returns the sealed verifiers that the password must not match. *Chosen*: none for a temporary password, because the
/// user has to change it.
pub fn credentials_to_compare(
    pool: &Pool,
    user: &User,
    request: &AdminSetUserPasswordRequest<'_>,
) -> Vec<Sealed> {
    let former = user.credentials_not_to_repeat(&pool.password_policy).filter(|_| request.permanent);
    former.cloned().collect()
}

/// Sets the password: the second part. *Chosen*: pending codes for a new password or a confirmation are removed, and the
/// browser sessions of the old one end.
pub fn set(
    pool: &Pool,
    user: &User,
    request: &AdminSetUserPasswordRequest<'_>,
    new: NewCredential,
    now: Timestamp,
) -> Verdict<()> {
    if new.is_former {
        return Verdict::refuse(Refusal::PasswordReused);
    }
    let policy = &pool.password_policy;
    let changed = if request.permanent {
        user.with_password(new.credential, policy, now)
    } else {
        user.with_temporary_password(new.credential, policy, now)
    };
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::PutUser(Box::new(changed)),
        Change::RemoveCode { of: of(), purpose: Purpose::ForgotPassword },
    ];
    if user.status == Status::Unconfirmed {
        remember.push(Change::RemoveCode { of: of(), purpose: Purpose::SignUp });
        remember.push(Change::RemoveAttempts { of: of(), act: AttemptKind::ConfirmSignUp });
    }
    Verdict { remember, answer: Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::password::PasswordRule};

    const NOW: Timestamp = Timestamp::from_millis(9);

    fn decide(
        pool: &Pool,
        user: Option<&User>,
        password: &str,
        permanent: bool,
        is_former: bool,
    ) -> Verdict<()> {
        let password = Secret::new(password);
        let request = AdminSetUserPasswordRequest { password: &password, permanent };
        let new = NewCredential { credential: Sealed::from_text("new"), is_former };
        match admit(pool, user, &request) {
            Ok(user) => set(pool, user, &request, new, NOW),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }

    #[test]
    fn admin_set_user_password_with_several_faults_refuses_the_first() {
        let (pool, ann) = (fixture::pool(), fixture::user("ann"));
        let cases = [
            (None, "short", true, Err(Refusal::UserNotFound)), // cog-0390
            (Some(&ann), "short", true, Err(Refusal::PasswordPolicy(PasswordRule::Length))),
            (Some(&ann), "", false, Err(Refusal::PasswordPolicy(PasswordRule::Length))),
            (Some(&ann), "Passw0rd!", true, Err(Refusal::PasswordReused)),
            (Some(&ann), "Passw0rd!", false, Ok(())),
        ];
        for (user, password, is_former, expected) in cases {
            let verdict = decide(&pool, user, password, true, is_former);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn temporary_password_expires_after_the_validity_of_the_policy() {
        let mut pool = fixture::pool();
        pool.password_policy.temporary_validity_days = 2;
        let verdict = decide(&pool, Some(&fixture::user("ann")), "Passw0rd!", false, false);
        let Some(Change::PutUser(user)) = verdict.remember.first() else { panic!("{:?}", verdict.remember) };
        let expires_at = Timestamp::from_millis(NOW.as_millis() + 2 * 24 * 60 * 60 * 1_000);
        assert_eq!(user.status, Status::ForceChangePassword { expires_at });
        assert_eq!(user.credential, Some(Sealed::from_text("new")));
    }

    #[test]
    fn temporary_password_is_not_compared_with_former_ones() {
        let mut pool = fixture::pool();
        pool.password_policy.history_size = 3;
        let ann = fixture::user("ann").with_password(Sealed::from_text("own"), &pool.password_policy, NOW);
        let password = Secret::new("Passw0rd!");
        for (permanent, count) in [(true, 1), (false, 0)] {
            let request = AdminSetUserPasswordRequest { password: &password, permanent };
            assert_eq!(credentials_to_compare(&pool, &ann, &request).len(), count);
        }
    }

    #[test]
    fn admin_set_user_password_removes_pending_codes() {
        let codes = |user: &User| -> Vec<Purpose> {
            let verdict = decide(&fixture::pool(), Some(user), "Passw0rd!", true, false);
            let purposes = verdict.remember.into_iter().filter_map(|change| match change {
                Change::RemoveCode { purpose, .. } => Some(purpose),
                _ => None,
            });
            purposes.collect()
        };
        let unconfirmed = fixture::user("ann");
        assert_eq!(codes(&unconfirmed), [Purpose::ForgotPassword, Purpose::SignUp]);
        let confirmed = User { status: Status::Confirmed, ..unconfirmed };
        assert_eq!(codes(&confirmed), [Purpose::ForgotPassword]);
    }
}
