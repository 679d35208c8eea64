//! AdminSetUserPassword, in two halves with the derivation of the verifier between them.
//!
//! Order: user, the pool's policy, the passwords that must not come back, then the change (*Chosen*; which refusals
//! there are is *Documented*). The password may be set in every state, enabled or not: a permanent one confirms the user,
//! a temporary one makes them change it at the next sign-in (*Documented*, for federated users too).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    pool::Pool,
    secret::{Sealed, Secret},
    user::{Status, User, attempt::Act},
};

/// What AdminSetUserPassword was sent, as far as it decides.
#[derive(Clone, Copy, Debug)]
pub struct SetPassword<'a> {
    /// The password.
    pub password: &'a Secret,
    /// Permanent.
    pub permanent: bool,
}

/// What the keys say about the new password.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its sealed verifier.
    pub credential: Sealed,
    /// Whether it is one of [`credentials_to_compare`].
    pub is_former: bool,
}

/// The first half: may this password be set for this user at all?
pub fn admit<'a>(pool: &Pool, user: Option<&'a User>, asked: &SetPassword<'_>) -> Result<&'a User, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    pool.password_policy.check(asked.password)?;
    Ok(user)
}

/// The sealed verifiers that the password must not match. *Chosen*: a temporary password is compared with none, since
/// it does not stay.
pub fn credentials_to_compare(pool: &Pool, user: &User, asked: &SetPassword<'_>) -> Vec<Sealed> {
    let wanted = user.credentials_not_to_repeat(&pool.password_policy).filter(|_| asked.permanent);
    wanted.cloned().collect()
}

/// The second half. Whatever could have led to a new password or a confirmation before is of no further use, so it
/// goes (*Chosen*).
pub fn set(
    pool: &Pool,
    user: &User,
    asked: &SetPassword<'_>,
    compared: Compared,
    now: Timestamp,
) -> Verdict<()> {
    if compared.is_former {
        return Verdict::refuse(Refusal::PasswordUsedBefore);
    }
    let policy = &pool.password_policy;
    let changed = if asked.permanent {
        user.with_password(compared.credential, policy, now)
    } else {
        user.with_temporary_password(compared.credential, policy, now)
    };
    let of = || user.sub.clone();
    let mut remember = vec![
        Change::PutUser(Box::new(changed)),
        Change::RemoveCode { of: of(), purpose: Purpose::ForgotPassword },
    ];
    if user.status == Status::Unconfirmed {
        remember.push(Change::RemoveCode { of: of(), purpose: Purpose::SignUp });
        remember.push(Change::RemoveAttempts { of: of(), act: Act::ConfirmSignUp });
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
        let asked = SetPassword { password: &password, permanent };
        let compared = Compared { credential: Sealed::from_text("new"), is_former };
        match admit(pool, user, &asked) {
            Ok(user) => set(pool, user, &asked, compared, NOW),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }

    #[test]
    fn the_order_of_checks() {
        let (pool, ann) = (fixture::pool(), fixture::user("ann"));
        let cases = [
            (None, "short", true, Err(Refusal::UserNotFound)), // cog-0390
            (Some(&ann), "short", true, Err(Refusal::PasswordPolicy(PasswordRule::Length))),
            (Some(&ann), "", false, Err(Refusal::PasswordPolicy(PasswordRule::Length))),
            (Some(&ann), "Passw0rd!", true, Err(Refusal::PasswordUsedBefore)),
            (Some(&ann), "Passw0rd!", false, Ok(())),
        ];
        for (user, password, is_former, expected) in cases {
            let verdict = decide(&pool, user, password, true, is_former);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn a_temporary_password_lives_as_long_as_the_policy_says() {
        let mut pool = fixture::pool();
        pool.password_policy.temporary_validity_days = 2;
        let verdict = decide(&pool, Some(&fixture::user("ann")), "Passw0rd!", false, false);
        let Some(Change::PutUser(user)) = verdict.remember.first() else { panic!("{:?}", verdict.remember) };
        let expires_at = Timestamp::from_millis(NOW.as_millis() + 2 * 24 * 60 * 60 * 1_000);
        assert_eq!(user.status, Status::ForceChangePassword { expires_at });
        assert_eq!(user.credential, Some(Sealed::from_text("new")));
    }

    #[test]
    fn only_a_permanent_password_is_compared() {
        let mut pool = fixture::pool();
        pool.password_policy.history_size = 3;
        let ann = fixture::user("ann").with_password(Sealed::from_text("own"), &pool.password_policy, NOW);
        let password = Secret::new("Passw0rd!");
        for (permanent, count) in [(true, 1), (false, 0)] {
            let asked = SetPassword { password: &password, permanent };
            assert_eq!(credentials_to_compare(&pool, &ann, &asked).len(), count);
        }
    }

    #[test]
    fn what_was_under_way_is_over() {
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
