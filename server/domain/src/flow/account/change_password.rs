//! ChangePassword, in two parts with the comparison of the old password and the derivation of the new verifier between
//! them.
//!
//! Order: the password policy, whether the user has a password here, attempts, lock-out, the old password, password
//! history, then the change. The refusals are *Documented*, and *Observed* for a wrong password and for the limit
//! (cog-0395); their order is *Chosen*.
//!
//! Every call that reaches the comparison of the old password counts against the hourly limit, whether the password is
//! right or wrong (*Documented*: the limit is a number of calls, cog-0338). *Chosen*: a wrong password also counts as a
//! failed sign-in, so that a stolen token does not allow faster guessing, and a right one clears the failures.
//!
//! Tokens stay valid (*Chosen*: the documentation does not say that any are revoked).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    flow::{NewCredential, bearer::Bearer},
    secret::{Sealed, Secret},
    sign_in::lockout::Failures,
    user::{
        Status,
        attempt::{AttemptKind, AttemptLimitExceeded, Attempts},
    },
};

const ACT: AttemptKind = AttemptKind::ChangePassword;

/// The input of ChangePassword that the decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct ChangePasswordRequest<'a> {
    /// PreviousPassword; a user without a password leaves it out (*Documented*).
    pub previous: Option<&'a Secret>,
    /// ProposedPassword.
    pub proposed: &'a Secret,
}

/// The user's counters, as loaded from the store.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordCounters<'a> {
    /// The attempts to change the password.
    pub attempts: Option<&'a Attempts>,
    /// The failed attempts to sign in.
    pub failures: Option<&'a Failures>,
}

/// The proof that the user must give before the password changes.
#[derive(Clone, Debug)]
pub enum RequiredProof<'a> {
    /// None: the user has no password yet.
    Nothing,
    /// The typed password must match the sealed verifier. Without a verifier, no password matches.
    Password(&'a Secret, Option<Sealed>),
}

/// Makes the checks that come before the comparison of the old password: the first part.
///
/// # Errors
///
/// Refuses a proposed password that breaks the policy, a federated user, a missing PreviousPassword, too many attempts,
/// and a user who is locked out.
pub fn admit<'a>(
    bearer: &Bearer<'_>,
    request: &ChangePasswordRequest<'a>,
    counters: &PasswordCounters<'_>,
    now: Timestamp,
) -> Result<RequiredProof<'a>, Refusal> {
    let user = bearer.user;
    bearer.pool.password_policy.check(request.proposed)?;
    let proof = match (request.previous, &user.credential) {
        // *Chosen*: federated users have no password here.
        _ if user.status == Status::ExternalProvider => return Err(Refusal::WrongPassword),
        (Some(previous), credential) => RequiredProof::Password(previous, credential.clone()),
        (None, None) => RequiredProof::Nothing,
        // *Documented*: PreviousPassword is required.
        (None, Some(_)) => return Err(Refusal::ParameterMissing("PreviousPassword")),
    };
    match Attempts::increment(counters.attempts, ACT, now) {
        // With something to remember, the second part refuses and remembers it.
        Ok(_) | Err(AttemptLimitExceeded { counted: Some(_), .. }) => {}
        Err(AttemptLimitExceeded { refusal, counted: None }) => return Err(refusal),
    }
    Failures::check(counters.failures, now)?;
    Ok(proof)
}

/// Returns the sealed verifiers that the new password must not match.
pub fn credentials_to_compare(bearer: &Bearer<'_>) -> Vec<Sealed> {
    bearer.user.credentials_not_to_repeat(&bearer.pool.password_policy).cloned().collect()
}

/// Changes the password: the second part. `new` is the new credential, or `None` if the old password was wrong.
///
/// *Chosen*: a pending code that would reset the password is removed, and the browser sessions of the old one end.
pub fn change(
    bearer: &Bearer<'_>,
    new: Option<NewCredential>,
    counters: &PasswordCounters<'_>,
    now: Timestamp,
) -> Verdict<()> {
    decide(bearer, new, counters, now).into()
}

fn decide(
    bearer: &Bearer<'_>,
    new: Option<NewCredential>,
    counters: &PasswordCounters<'_>,
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let (user, of) = (bearer.user, || bearer.user.sub.clone());
    let attempts = match Attempts::increment(counters.attempts, ACT, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&user.sub, ACT)),
    };
    let mut remember = vec![Change::PutAttempts { of: of(), act: ACT, attempts }];
    let Some(NewCredential { credential, is_former }) = new else {
        let failures = Failures::increment(counters.failures, now);
        remember.push(Change::PutFailures { of: of(), failures });
        return Ok(Verdict { remember, answer: Err(Refusal::WrongPassword) });
    };
    if let Status::ForceChangePassword { expires_at } = user.status
        && expires_at <= now
    {
        return Ok(Verdict { remember, answer: Err(Refusal::TemporaryPasswordExpired) });
    }
    if is_former {
        return Ok(Verdict { remember, answer: Err(Refusal::PasswordReused) });
    }
    let changed = user.with_password(credential, &bearer.pool.password_policy, now);
    remember.push(Change::PutUser(Box::new(changed)));
    remember.push(Change::RemoveCode { of: of(), purpose: Purpose::ForgotPassword });
    if counters.failures.is_some() {
        remember.push(Change::RemoveFailures(of()));
    }
    Ok(Verdict { remember, answer: Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::password::PasswordRule, user::User};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// The input of a change of password. It is valid until a test changes something.
    struct Scenario {
        user: User,
        previous: Option<&'static str>,
        proposed: &'static str,
        attempts: Option<Attempts>,
        failures: Option<Failures>,
        is_right: bool,
        is_former: bool,
    }

    impl Scenario {
        fn new() -> Self {
            let credential = Some(Sealed::from_text("own"));
            Self {
                user: User { status: Status::Confirmed, credential, ..fixture::user("ann") },
                previous: Some("Passw0rd!"),
                proposed: "Passw0rd?",
                attempts: None,
                failures: None,
                is_right: true,
                is_former: false,
            }
        }

        fn decide(&self) -> Verdict<()> {
            let (pool, client, keys) = (fixture::pool(), fixture::client(), fixture::keys());
            let bearer = Bearer { pool: &pool, client: &client, user: &self.user, digest_keys: &keys };
            let (previous, proposed) = (self.previous.map(Secret::new), Secret::new(self.proposed));
            let request = ChangePasswordRequest { previous: previous.as_ref(), proposed: &proposed };
            let counters =
                PasswordCounters { attempts: self.attempts.as_ref(), failures: self.failures.as_ref() };
            if let Err(refusal) = admit(&bearer, &request, &counters, NOW) {
                return Verdict::refuse(refusal);
            }
            let new = NewCredential { credential: Sealed::from_text("new"), is_former: self.is_former };
            change(&bearer, self.is_right.then_some(new), &counters, NOW)
        }
    }

    /// cog-0338, cog-0395.
    #[test]
    fn change_password_with_several_faults_refuses_the_first() {
        type Fault = fn(&mut Scenario);
        let faults: [(Fault, Refusal, usize); 7] = [
            (|scenario| scenario.proposed = "short", Refusal::PasswordPolicy(PasswordRule::Length), 0),
            (|scenario| scenario.previous = None, Refusal::ParameterMissing("PreviousPassword"), 0),
            (
                |scenario| scenario.attempts = Some(Attempts { since: NOW, count: 5 }),
                Refusal::TooManyAttempts,
                0,
            ),
            (|scenario| scenario.failures = Some(Failures { count: 5, last_at: NOW }), Refusal::LockedOut, 0),
            (|scenario| scenario.is_right = false, Refusal::WrongPassword, 2),
            (
                |scenario| scenario.user.status = Status::ForceChangePassword { expires_at: NOW },
                Refusal::TemporaryPasswordExpired,
                1,
            ),
            (|scenario| scenario.is_former = true, Refusal::PasswordReused, 1),
        ];
        assert_eq!(Scenario::new().decide().answer, Ok(()));
        for first in 0..faults.len() {
            let mut scenario = Scenario::new();
            for (apply, ..) in faults[first..].iter().rev() {
                apply(&mut scenario);
            }
            let (verdict, (_, refusal, remembered)) = (scenario.decide(), &faults[first]);
            assert_eq!(verdict.remember.len(), *remembered, "fault {first}");
            assert_eq!(verdict.answer, Err(refusal.clone()), "fault {first}");
        }
    }

    #[test]
    fn change_password_counts_wrong_password_twice_and_right_one_clears_failures() {
        let failures = Some(Failures { count: 2, last_at: NOW });
        let wrong = Scenario { is_right: false, failures: failures.clone(), ..Scenario::new() }.decide();
        let [Change::PutAttempts { attempts, .. }, Change::PutFailures { failures: counted, .. }] =
            wrong.remember.as_slice()
        else {
            panic!("{:?}", wrong.remember)
        };
        assert_eq!((attempts.count, counted.count), (1, 3));
        let right = Scenario { failures, ..Scenario::new() }.decide();
        let [
            Change::PutAttempts { attempts, .. },
            Change::PutUser(user),
            Change::RemoveCode { purpose, .. },
            Change::RemoveFailures(_),
        ] = right.remember.as_slice()
        else {
            panic!("{:?}", right.remember)
        };
        assert_eq!((attempts.count, *purpose), (1, Purpose::ForgotPassword));
        assert_eq!(user.credential, Some(Sealed::from_text("new")));
    }

    #[test]
    fn change_password_without_password_requires_no_proof() {
        let (pool, client, keys) = (fixture::pool(), fixture::client(), fixture::keys());
        let (previous, proposed) = (Secret::new("Passw0rd!"), Secret::new("Passw0rd?"));
        let own = Some(Sealed::from_text("own"));
        // (status, PreviousPassword, stored verifier, the verifier to compare with if a proof is required)
        let cases = [
            (Status::Confirmed, None, None, Ok(None)),
            (Status::Confirmed, Some(&previous), None, Ok(Some(None))),
            (Status::Confirmed, Some(&previous), own.clone(), Ok(Some(own))),
            (Status::ExternalProvider, None, None, Err(Refusal::WrongPassword)),
            (Status::ExternalProvider, Some(&previous), None, Err(Refusal::WrongPassword)),
        ];
        for (status, previous, credential, expected) in cases {
            let user = User { status, credential, ..fixture::user("ann") };
            let bearer = Bearer { pool: &pool, client: &client, user: &user, digest_keys: &keys };
            let request = ChangePasswordRequest { previous, proposed: &proposed };
            let admitted = admit(&bearer, &request, &PasswordCounters::default(), NOW);
            let compared = admitted.map(|proof| match proof {
                RequiredProof::Nothing => None,
                RequiredProof::Password(_, kept) => Some(kept),
            });
            assert_eq!(compared, expected);
        }
    }

    #[test]
    fn change_of_temporary_password_confirms_the_user() {
        let status = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX) };
        let scenario = Scenario { user: User { status, ..Scenario::new().user }, ..Scenario::new() };
        let verdict = scenario.decide();
        assert!(matches!(&verdict.remember[1], Change::PutUser(user) if user.status == Status::Confirmed));
    }
}
