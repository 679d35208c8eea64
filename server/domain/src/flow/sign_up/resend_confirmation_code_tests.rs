//! Tables for ResendConfirmationCode.

use super::*;
use crate::{
    client::{Client, secret_hash::secret_hash},
    fixture,
    pool::Pool,
    secret::Secret,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[derive(Clone)]
struct Scene {
    pool: Pool,
    client: Client,
    secrets: Vec<Secret>,
    hash: Option<String>,
    user: Option<User>,
    attempts: Option<Attempts>,
}

impl Scene {
    fn good() -> Self {
        let (client, secret) = (fixture::client(), Secret::new("shh"));
        Self {
            hash: Some(secret_hash(&client.id, &secret, "ann")),
            secrets: vec![secret],
            user: Some(fixture::user("ann")),
            attempts: None,
            pool: fixture::pool(),
            client,
        }
    }

    fn decide(&self) -> Verdict<Resent> {
        let keys = fixture::keys();
        let caller = Caller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.hash.as_deref(),
            digest_keys: &keys,
        };
        let found = Found { user: self.user.as_ref(), code: None, attempts: self.attempts.as_ref() };
        resend(&caller, "ann", &found, &Code::fixed("654321"), NOW)
    }

    fn set(&mut self, status: Status) {
        if let Some(user) = &mut self.user {
            user.status = status;
        }
    }
}

type Spoil = fn(&mut Scene);

fn assert_order(good: &Scene, faults: &[(Spoil, Refusal)]) {
    for first in 0..faults.len() {
        let mut scene = good.clone();
        for (spoil, _) in faults[first..].iter().rev() {
            spoil(&mut scene);
        }
        assert_eq!(scene.decide().answer.err().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert!(good.decide().answer.is_ok());
}

const FULL: Attempts = Attempts { since: NOW, count: 5 };

#[test]
fn the_order_of_checks() {
    assert_order(
        &Scene::good(),
        &[
            (|s| s.hash = None, Refusal::SecretHashMissing(fixture::client().id)),
            (|s| s.hash = Some("wrong".into()), Refusal::SecretHashWrong(fixture::client().id)),
            (|s| s.user = None, Refusal::UserNotFound), // cog-0144
            (|s| s.set(Status::Confirmed), Refusal::AlreadyConfirmed), // cog-0142
            (|s| s.pool.auto_verified.clear(), Refusal::AutoVerificationOff), // cog-0143
            (|s| s.user.iter_mut().for_each(|user| user.enabled = false), Refusal::UserDisabled),
            (|s| s.user.iter_mut().for_each(|user| user.attributes.remove("email")), Refusal::NoContact),
            (|s| s.attempts = Some(FULL), Refusal::TooManyAttempts), // cog-0147
        ],
    );
}

#[test]
fn the_order_for_nobody_behind_a_hiding_client() {
    let mut good = Scene::good();
    good.client.hides_users = true;
    good.user = None;
    assert_order(
        &good,
        &[
            (|s| s.hash = Some("wrong".into()), Refusal::SecretHashWrong(fixture::client().id)),
            (|s| s.pool.auto_verified.clear(), Refusal::AutoVerificationOff),
            (|s| s.attempts = Some(FULL), Refusal::TooManyAttempts),
        ],
    );
}

#[test]
fn a_new_code_takes_the_place_of_the_old_one_and_is_sent() {
    let verdict = Scene::good().decide();
    assert_eq!(verdict.answer.expect("all is well").delivery.masked(), "a***@e***");
    let [Change::PutAttempts { attempts, .. }, Change::PutCode { .. }, Change::Send(message)] =
        verdict.remember.as_slice()
    else {
        panic!("unexpected {:?}", verdict.remember);
    };
    assert_eq!(attempts.count, 1);
    assert_eq!((message.code.expose(), message.reason), ("654321", MessageReason::ResendCode));
}

#[test]
fn the_sixth_of_an_hour_is_refused_and_not_counted() {
    // cog-0148
    let mut scene = Scene::good();
    for n in 1..=5 {
        let verdict = scene.decide();
        let [Change::PutAttempts { attempts, .. }, ..] = verdict.remember.as_slice() else {
            panic!("counted")
        };
        assert_eq!(attempts.count, n);
        scene.attempts = Some(attempts.clone());
    }
    let verdict = scene.decide();
    assert_eq!(verdict.answer.err(), Some(Refusal::TooManyAttempts));
    assert!(verdict.remember.is_empty());
}

#[test]
fn a_hiding_client_sees_success_for_whoever_gets_no_code_and_nothing_is_sent() {
    let spoils: [Spoil; 4] = [
        |s| s.set(Status::Confirmed), // cog-0146
        |s| s.user = None,
        |s| s.user.iter_mut().for_each(|user| user.enabled = false),
        |s| s.user.iter_mut().for_each(|user| user.attributes.remove("email")),
    ];
    for spoil in spoils {
        let mut scene = Scene::good();
        scene.client.hides_users = true;
        spoil(&mut scene);
        let verdict = scene.decide();
        assert!(verdict.answer.is_ok());
        let counted_only = matches!(verdict.remember.as_slice(), [Change::PutAttempts { .. }]);
        assert!(counted_only, "{:?}", verdict.remember);
    }
}
