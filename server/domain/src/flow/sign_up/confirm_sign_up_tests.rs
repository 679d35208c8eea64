//! Tables for ConfirmSignUp.

use std::collections::BTreeSet;

use super::*;
use crate::{
    attribute::contact::ContactKind,
    client::{AuthFlow, Client, secret_hash::secret_hash},
    code::{CODE_TTL, Code},
    fixture,
    id::{ClientId, Sub},
    secret::Secret,
    user::Status,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// Everything that a confirmation looks at, all of it right until a test spoils something.
#[derive(Clone)]
struct Scene {
    pool: Pool,
    client: Client,
    secrets: Vec<Secret>,
    hash: Option<String>,
    user: Option<User>,
    code: Option<PendingCode>,
    attempts: Option<Attempts>,
    typed: &'static str,
    force_alias: bool,
    session: Option<Option<Session>>,
    holder: Option<User>,
}

impl Scene {
    fn good() -> Self {
        let (pool, mut client) = (fixture::alias_pool(), fixture::client());
        client.auth_flows = BTreeSet::from([AuthFlow::AllowUserAuth]);
        let user = fixture::user("ann");
        let secret = Secret::new("shh");
        Self {
            hash: Some(secret_hash(&client.id, &secret, "ann")),
            secrets: vec![secret],
            code: Some(pending(&pool, &user, "123456")),
            session: Some(Some(Session::begin(user.sub.clone(), &client, Stage::SignedUp, NOW))),
            user: Some(user),
            attempts: None,
            typed: "123456",
            force_alias: false,
            holder: None,
            pool,
            client,
        }
    }

    fn decide(&self) -> Verdict<Confirmed> {
        let (keys, new) = (fixture::keys(), SessionHandle::generate(&[5; 64]));
        let caller = Caller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.hash.as_deref(),
            digest_keys: &keys,
        };
        let key = Digest::nothing();
        let session = match &self.session {
            None => Presented::Nothing,
            Some(None) => Presented::Unknown,
            Some(Some(session)) => Presented::Kept(&key, session),
        };
        let asked = Confirm { username: "ann", code: self.typed, force_alias: self.force_alias, session };
        let found =
            Found { user: self.user.as_ref(), code: self.code.as_ref(), attempts: self.attempts.as_ref() };
        confirm(&caller, &asked, &found, self.holder.as_ref(), &new, NOW)
    }
}

fn pending(pool: &Pool, user: &User, code: &str) -> PendingCode {
    let to = user.attributes.contact(ContactKind::Email).expect("the fixture has one");
    PendingCode::new(&fixture::keys(), &pool.id, &user.sub, Purpose::SignUp, &Code::fixed(code), to, NOW)
}

type Spoil = fn(&mut Scene);

#[test]
fn the_order_of_checks() {
    // Each fault with its refusal, in the order of the checks. With fault n and all later ones present, n speaks.
    let faults: Vec<(Spoil, Refusal)> = vec![
        (|s| s.hash = None, Refusal::SecretHashMissing(fixture::client().id)),
        (|s| s.hash = Some("wrong".into()), Refusal::SecretHashWrong(fixture::client().id)),
        (|s| s.user = None, Refusal::UserNotFound),
        (
            |s| s.user.iter_mut().for_each(|u| u.status = Status::Confirmed),
            Refusal::NotUnconfirmed(Status::Confirmed),
        ),
        (|s| s.user.iter_mut().for_each(|u| u.enabled = false), Refusal::UserDisabled),
        (|s| s.session = Some(None), Refusal::SessionInvalid),
        (|s| s.attempts = Some(Attempts { since: NOW, count: 15 }), Refusal::TooManyAttempts),
        (|s| s.code = None, Refusal::CodeExpired),
        (|s| s.typed = "654321", Refusal::CodeMismatch),
        (|s| s.holder = Some(fixture::user("bob")), Refusal::AliasTaken(crate::pool::alias::NameKind::Email)),
    ];
    for first in 0..faults.len() {
        let mut scene = Scene::good();
        for (spoil, _) in faults[first..].iter().rev() {
            spoil(&mut scene);
        }
        assert_eq!(scene.decide().answer.err().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert!(Scene::good().decide().answer.is_ok());
}

#[test]
fn a_good_code_confirms_verifies_and_makes_the_alias() {
    let verdict = Scene::good().decide();
    let confirmed = verdict.answer.expect("all is well");
    assert_eq!(confirmed.user.status, Status::Confirmed);
    assert!(confirmed.user.attributes.is_verified(ContactKind::Email)); // cog-0016
    assert!(confirmed.session.is_some());
    let kinds: Vec<_> = verdict.remember.iter().map(name_of).collect();
    let expected = [
        "PutUser",
        "RemoveCode",
        "RemoveAttempts",
        "RemoveAttempts",
        "PutName",
        "RemoveSession",
        "PutSession",
    ];
    assert_eq!(kinds, expected);
}

fn name_of(change: &Change) -> String {
    format!("{change:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn a_plain_pool_verifies_without_an_alias_and_a_plain_client_gets_no_session() {
    let mut scene = Scene::good();
    scene.pool = fixture::pool();
    scene.client.auth_flows = AuthFlow::defaults();
    scene.session = None;
    // Who holds the address as an alias is of no interest here.
    scene.holder = Some(fixture::user("bob"));
    let verdict = scene.decide();
    let confirmed = verdict.answer.expect("all is well");
    assert!(confirmed.user.attributes.is_verified(ContactKind::Email));
    assert!(confirmed.session.is_none()); // cog-0118
    assert!(
        !verdict.remember.iter().any(|c| matches!(c, Change::PutName { .. } | Change::PutSession { .. }))
    );
}

#[test]
fn a_forced_alias_moves_and_unverifies_the_former_owner() {
    // cog-0011, cog-0029
    let mut scene = Scene::good();
    let mut bob = fixture::user("bob");
    bob.attributes.set("email", "ann@example.com");
    bob.attributes.set_verified(ContactKind::Email, true);
    scene.holder = Some(bob.clone());
    let refused = scene.decide();
    assert!(matches!(refused.answer, Err(Refusal::AliasTaken(_))));
    // The code survives, the attempt counts.
    assert_eq!(refused.remember.iter().map(name_of).collect::<Vec<_>>(), ["PutAttempts"]);

    scene.force_alias = true;
    let verdict = scene.decide();
    assert!(verdict.answer.is_ok());
    let loser = verdict.remember.iter().find_map(|change| match change {
        Change::PutUser(user) if user.sub == bob.sub => Some(user),
        _ => None,
    });
    let loser = loser.expect("bob is remembered too");
    assert!(!loser.attributes.is_verified(ContactKind::Email));
    assert_eq!(loser.attributes.get("email"), Some("ann@example.com"));
}

#[test]
fn an_alias_that_one_holds_already_is_no_hindrance() {
    let mut scene = Scene::good();
    scene.holder = scene.user.clone();
    assert!(scene.decide().answer.is_ok());
}

#[test]
fn a_wrong_code_counts_and_the_sixteenth_is_not_compared() {
    let mut scene = Scene::good();
    scene.typed = "000000";
    for n in 1..=15 {
        let verdict = scene.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::CodeMismatch), "attempt {n}");
        let [Change::PutAttempts { attempts, .. }] = verdict.remember.as_slice() else { panic!("counted") };
        assert_eq!(attempts.count, n);
        scene.attempts = Some(attempts.clone());
    }
    scene.typed = "123456";
    for n in 16..=60 {
        let verdict = scene.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::TooManyAttempts), "attempt {n}"); // cog-0013
        let [Change::PutAttempts { attempts, .. }] = verdict.remember.as_slice() else { panic!("counted") };
        scene.attempts = Some(attempts.clone());
    }
    let verdict = scene.decide();
    assert_eq!(verdict.answer.err(), Some(Refusal::TooManyFailedAttempts)); // cog-0040
    assert!(verdict.remember.is_empty());
}

#[test]
fn an_old_code_has_expired() {
    let mut scene = Scene::good();
    let mut code = pending(&scene.pool, scene.user.as_ref().expect("a user"), "123456");
    code.expires_at = NOW;
    scene.code = Some(code);
    assert_eq!(scene.decide().answer.err(), Some(Refusal::CodeExpired));
    assert_eq!(CODE_TTL.as_secs(), 86_400); // cog-0015
}

#[test]
fn a_contact_that_changed_since_is_not_verified() {
    let mut scene = Scene::good();
    if let Some(user) = &mut scene.user {
        user.attributes.set("email", "other@example.com");
    }
    let verdict = scene.decide();
    let confirmed = verdict.answer.expect("the code is right");
    assert_eq!(confirmed.user.status, Status::Confirmed);
    assert!(!confirmed.user.attributes.is_verified(ContactKind::Email));
    assert!(!verdict.remember.iter().any(|c| matches!(c, Change::PutName { .. })));
}

#[test]
fn a_hiding_client_sees_a_wrong_code_for_nobody_and_the_same_limit() {
    // cog-0359, cog-0022
    let mut scene = Scene::good();
    scene.client.hides_users = true;
    scene.user = None;
    scene.code = None;
    assert_eq!(scene.decide().answer.err(), Some(Refusal::SessionInvalid));
    scene.session = None;
    for n in 1..=15 {
        let verdict = scene.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::CodeMismatch), "attempt {n}");
        let [Change::PutAttempts { attempts, of, .. }] = verdict.remember.as_slice() else {
            panic!("counted")
        };
        assert_ne!(*of, Sub::new("sub-of-ann"));
        scene.attempts = Some(attempts.clone());
    }
    assert_eq!(scene.decide().answer.err(), Some(Refusal::TooManyAttempts));
    scene.attempts = Some(Attempts { since: NOW, count: 60 });
    assert_eq!(scene.decide().answer.err(), Some(Refusal::TooManyFailedAttempts));
}

#[test]
fn whose_session_it_must_be() {
    let good = Scene::good();
    let own = Session::begin(Sub::new("sub-of-ann"), &good.client, Stage::SignedUp, NOW);
    let cases = [
        (own.clone(), None),
        (Session { of: Sub::new("bob"), ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { client: ClientId::new("other"), ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { stage: Stage::Confirmed, ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { expires_at: NOW, ..own }, Some(Refusal::SessionExpired)),
    ];
    for (session, expected) in cases {
        let mut scene = good.clone();
        scene.session = Some(Some(session));
        assert_eq!(scene.decide().answer.err(), expected);
    }
}
