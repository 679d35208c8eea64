//! Tests of ResendConfirmationCode.

use super::*;
use crate::{
    client::{Client, secret_hash::secret_hash},
    fixture,
    pool::Pool,
    secret::Secret,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

#[derive(Clone)]
struct Scenario {
    pool: Pool,
    client: Client,
    secrets: Vec<Secret>,
    hash: Option<String>,
    user: Option<User>,
    attempts: Option<Attempts>,
}

impl Scenario {
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

    fn decide(&self) -> Verdict<ResendConfirmationCodeAnswer> {
        let keys = fixture::keys();
        let caller = AppClientCaller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.hash.as_deref(),
            digest_keys: &keys,
        };
        let found = LoadedUser { user: self.user.as_ref(), code: None, attempts: self.attempts.as_ref() };
        resend(&caller, "ann", &found, &Code::from_text("654321"), NOW)
    }

    fn set(&mut self, status: Status) {
        if let Some(user) = &mut self.user {
            user.status = status;
        }
    }
}

type Fault = fn(&mut Scenario);

fn assert_order(good: &Scenario, faults: &[(Fault, Refusal)]) {
    for first in 0..faults.len() {
        let mut scenario = good.clone();
        for (apply, _) in faults[first..].iter().rev() {
            apply(&mut scenario);
        }
        assert_eq!(scenario.decide().answer.err().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert!(good.decide().answer.is_ok());
}

const FULL: Attempts = Attempts { since: NOW, count: 5 };

#[test]
fn resend_with_several_faults_refuses_the_first() {
    assert_order(
        &Scenario::good(),
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
fn resend_to_hidden_unknown_user_with_several_faults_refuses_the_first() {
    let mut good = Scenario::good();
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
fn resend_replaces_the_pending_code_and_sends_the_new_one() {
    let verdict = Scenario::good().decide();
    assert_eq!(verdict.answer.expect("resent").delivery.masked(), "a***@e***");
    let [Change::PutAttempts { attempts, .. }, Change::PutCode { .. }, Change::Send(message)] =
        verdict.remember.as_slice()
    else {
        panic!("unexpected {:?}", verdict.remember);
    };
    assert_eq!(attempts.count, 1);
    assert_eq!((message.code.expose(), message.reason), ("654321", MessageReason::ResendCode));
}

#[test]
fn resend_beyond_the_limit_is_refused_and_not_counted() {
    // cog-0148
    let mut scenario = Scenario::good();
    for n in 1..=5 {
        let verdict = scenario.decide();
        let [Change::PutAttempts { attempts, .. }, ..] = verdict.remember.as_slice() else {
            panic!("not counted")
        };
        assert_eq!(attempts.count, n);
        scenario.attempts = Some(attempts.clone());
    }
    let verdict = scenario.decide();
    assert_eq!(verdict.answer.err(), Some(Refusal::TooManyAttempts));
    assert!(verdict.remember.is_empty());
}

#[test]
fn resend_by_hiding_client_answers_success_but_sends_nothing() {
    let cases: [Fault; 4] = [
        |s| s.set(Status::Confirmed), // cog-0146
        |s| s.user = None,
        |s| s.user.iter_mut().for_each(|user| user.enabled = false),
        |s| s.user.iter_mut().for_each(|user| user.attributes.remove("email")),
    ];
    for apply in cases {
        let mut scenario = Scenario::good();
        scenario.client.hides_users = true;
        apply(&mut scenario);
        let verdict = scenario.decide();
        assert!(verdict.answer.is_ok());
        // The code has expired, and the outbox finds no user with the sub of the message, and drops it.
        let [Change::PutAttempts { .. }, Change::PutCode { of, code, .. }, Change::Send(message)] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert!(message.is_hidden && code.expires_at <= NOW);
        let sub = crate::id::Sub::simulated(&fixture::keys(), &scenario.pool.id, "ann");
        assert_eq!((of, &message.of), (&sub, &sub));
    }
}

#[test]
fn resend_to_hidden_unknown_names_counts_each_by_itself() {
    let (keys, pool, mut client) = (fixture::keys(), fixture::pool(), fixture::client());
    client.hides_users = true;
    let caller =
        AppClientCaller { pool: &pool, client: &client, secrets: &[], secret_hash: None, digest_keys: &keys };
    let counter = |name: u32| {
        let found = LoadedUser::default();
        let verdict = resend(&caller, &name.to_string(), &found, &Code::from_text("654321"), NOW);
        match verdict.remember.as_slice() {
            [Change::PutAttempts { of, .. }, Change::PutCode { .. }, Change::Send(_)] => of.clone(),
            other => panic!("not one counter: {other:?}"),
        }
    };
    // If names shared one of 2^18 counters, some 740 would have that of another by chance. An attempt at a name would then
    // be refused without one before, as no attempt at a user is.
    let counters: std::collections::BTreeSet<_> = (0..20_000).map(counter).collect();
    assert_eq!(counters.len(), 20_000);
    assert_eq!(counter(7), counter(7));
}
