//! ChangePassword, in two halves with the comparison of the old password and the derivation of the new verifier between
//! them.
//!
//! Order: the policy, whether there is a password of one's own to change, attempts, lock-out, the old password, the
//! passwords that must not come back, then the change. The refusals are *Documented*, *Observed* for a wrong password and
//! for the limit (cog-0395); their order is *Chosen*.
//!
//! Every call that comes as far as the old password counts against the limit of the hour, right or wrong (*Documented* is
//! a number of calls, cog-0338). *Chosen*: a wrong one counts like a wrong password at the door too, so that whoever has
//! found a token guesses no faster with it, and a right one forgives.
//!
//! Tokens stay good (*Chosen*: the page speaks of none that end).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::Purpose,
    flow::bearer::Bearer,
    secret::{Sealed, Secret},
    sign_in::lockout::Failures,
    user::{
        Status,
        attempt::{Act, Attempts},
    },
};

const ACT: Act = Act::ChangePassword;

/// What ChangePassword was sent, as far as it decides.
#[derive(Clone, Copy, Debug)]
pub struct ChangePassword<'a> {
    /// PreviousPassword, which a user without a password leaves out (*Documented*).
    pub previous: Option<&'a Secret>,
    /// ProposedPassword.
    pub proposed: &'a Secret,
}

/// What the store holds beside the user.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The attempts to change the password.
    pub attempts: Option<&'a Attempts>,
    /// The failures to sign in.
    pub failures: Option<&'a Failures>,
}

/// What is to be shown before the password changes.
#[derive(Clone, Debug)]
pub enum Proof<'a> {
    /// Nothing: there is no password yet.
    Nothing,
    /// That this is the password of the sealed verifier. Without one, no password is right.
    Password(&'a Secret, Option<Sealed>),
}

/// A new password, worked out: the old one was right.
#[derive(Clone, Debug)]
pub struct New {
    /// Its sealed verifier.
    pub credential: Sealed,
    /// Whether it is one of [`credentials_to_compare`].
    pub is_former: bool,
}

/// The first half: may this password take the place of the old one, if that is right?
pub fn admit<'a>(
    bearer: &Bearer<'_>,
    asked: &ChangePassword<'a>,
    beside: &Beside<'_>,
    now: Timestamp,
) -> Result<Proof<'a>, Refusal> {
    let user = bearer.user;
    bearer.pool.password_policy.check(asked.proposed)?;
    let proof = match (asked.previous, &user.credential) {
        // They sign in with their identity provider. *Chosen*: here they are nobody with a password.
        _ if user.status == Status::ExternalProvider => return Err(Refusal::WrongPassword),
        (Some(previous), credential) => Proof::Password(previous, credential.clone()),
        (None, None) => Proof::Nothing,
        // *Documented* is that it is required.
        (None, Some(_)) => return Err(Refusal::ParameterMissing("PreviousPassword")),
    };
    Attempts::one_more(beside.attempts, ACT, now)?;
    Failures::check(beside.failures, now)?;
    Ok(proof)
}

/// The sealed verifiers that the new password must not match.
pub fn credentials_to_compare(bearer: &Bearer<'_>) -> Vec<Sealed> {
    bearer.user.credentials_not_to_repeat(&bearer.pool.password_policy).cloned().collect()
}

/// The second half: `new` is the new password if the old one was right. A code that would reset the password is of no
/// further use, so it goes (*Chosen*).
pub fn change(bearer: &Bearer<'_>, new: Option<New>, beside: &Beside<'_>, now: Timestamp) -> Verdict<()> {
    decide(bearer, new, beside, now).into()
}

fn decide(
    bearer: &Bearer<'_>,
    new: Option<New>,
    beside: &Beside<'_>,
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let (user, of) = (bearer.user, || bearer.user.sub.clone());
    let attempts = Attempts::one_more(beside.attempts, ACT, now)?;
    let mut remember = vec![Change::PutAttempts { of: of(), act: ACT, attempts }];
    let Some(New { credential, is_former }) = new else {
        let failures = Failures::one_more(beside.failures, now);
        remember.push(Change::PutFailures { of: of(), failures });
        return Ok(Verdict { remember, answer: Err(Refusal::WrongPassword) });
    };
    if let Status::ForceChangePassword { expires_at } = user.status
        && expires_at <= now
    {
        return Ok(Verdict { remember, answer: Err(Refusal::TemporaryPasswordExpired) });
    }
    if is_former {
        return Ok(Verdict { remember, answer: Err(Refusal::PasswordUsedBefore) });
    }
    let changed = user.with_password(credential, &bearer.pool.password_policy, now);
    remember.push(Change::PutUser(Box::new(changed)));
    remember.push(Change::RemoveCode { of: of(), purpose: Purpose::ForgotPassword });
    if beside.failures.is_some() {
        remember.push(Change::RemoveFailures(of()));
    }
    Ok(Verdict { remember, answer: Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, pool::password::PasswordRule, user::User};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// Ann, who changes her password.
    struct Scene {
        user: User,
        previous: Option<&'static str>,
        proposed: &'static str,
        attempts: Option<Attempts>,
        failures: Option<Failures>,
        is_right: bool,
        is_former: bool,
    }

    impl Scene {
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
            let asked = ChangePassword { previous: previous.as_ref(), proposed: &proposed };
            let beside = Beside { attempts: self.attempts.as_ref(), failures: self.failures.as_ref() };
            if let Err(refusal) = admit(&bearer, &asked, &beside, NOW) {
                return Verdict::refuse(refusal);
            }
            let new = New { credential: Sealed::from_text("new"), is_former: self.is_former };
            change(&bearer, self.is_right.then_some(new), &beside, NOW)
        }
    }

    /// cog-0338, cog-0395.
    #[test]
    fn the_order_of_checks() {
        type Spoil = fn(&mut Scene);
        let faults: [(Spoil, Refusal, usize); 7] = [
            (|scene| scene.proposed = "short", Refusal::PasswordPolicy(PasswordRule::Length), 0),
            (|scene| scene.previous = None, Refusal::ParameterMissing("PreviousPassword"), 0),
            (|scene| scene.attempts = Some(Attempts { since: NOW, count: 5 }), Refusal::TooManyAttempts, 0),
            (|scene| scene.failures = Some(Failures { count: 5, last_at: NOW }), Refusal::LockedOut, 0),
            (|scene| scene.is_right = false, Refusal::WrongPassword, 2),
            (
                |scene| scene.user.status = Status::ForceChangePassword { expires_at: NOW },
                Refusal::TemporaryPasswordExpired,
                1,
            ),
            (|scene| scene.is_former = true, Refusal::PasswordUsedBefore, 1),
        ];
        assert_eq!(Scene::new().decide().answer, Ok(()));
        for first in 0..faults.len() {
            let mut scene = Scene::new();
            for (spoil, ..) in faults[first..].iter().rev() {
                spoil(&mut scene);
            }
            let (verdict, (_, refusal, remembered)) = (scene.decide(), &faults[first]);
            assert_eq!(verdict.remember.len(), *remembered, "fault {first}");
            assert_eq!(verdict.answer, Err(refusal.clone()), "fault {first}");
        }
    }

    #[test]
    fn a_wrong_password_counts_at_both_doors_and_a_right_one_forgives() {
        let failures = Some(Failures { count: 2, last_at: NOW });
        let wrong = Scene { is_right: false, failures: failures.clone(), ..Scene::new() }.decide();
        let [Change::PutAttempts { attempts, .. }, Change::PutFailures { failures: counted, .. }] =
            wrong.remember.as_slice()
        else {
            panic!("{:?}", wrong.remember)
        };
        assert_eq!((attempts.count, counted.count), (1, 3));
        let right = Scene { failures, ..Scene::new() }.decide();
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
    fn whoever_has_no_password_shows_none() {
        let (pool, client, keys) = (fixture::pool(), fixture::client(), fixture::keys());
        let (previous, proposed) = (Secret::new("Passw0rd!"), Secret::new("Passw0rd?"));
        let own = Some(Sealed::from_text("own"));
        // What it is compared with, if anything is asked for.
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
            let asked = ChangePassword { previous, proposed: &proposed };
            let admitted = admit(&bearer, &asked, &Beside::default(), NOW);
            let compared = admitted.map(|proof| match proof {
                Proof::Nothing => None,
                Proof::Password(_, kept) => Some(kept),
            });
            assert_eq!(compared, expected);
        }
    }

    #[test]
    fn a_temporary_password_that_is_changed_confirms() {
        let status = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX) };
        let scene = Scene { user: User { status, ..Scene::new().user }, ..Scene::new() };
        let verdict = scene.decide();
        assert!(matches!(&verdict.remember[1], Change::PutUser(user) if user.status == Status::Confirmed));
    }
}
