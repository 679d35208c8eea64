//! Tests of ConfirmSignUp.

use std::collections::BTreeSet;

use super::*;
use crate::{
    attribute::contact::ContactKind,
    client::{AuthFlow, Client, secret_hash::secret_hash},
    code::{CONTACT_CODE_TTL, Code, PendingCode},
    fixture,
    id::{ClientId, Sub},
    secret::Secret,
    user::Status,
};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The input of a confirmation. It is valid until a test changes something.
#[derive(Clone)]
struct Scenario {
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
    hides_status: bool,
}

impl Scenario {
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
            hides_status: false,
            pool,
            client,
        }
    }

    fn decide(&self) -> Verdict<ConfirmSignUpAnswer> {
        let (keys, new) = (fixture::keys(), SessionHandle::generate(&[5; 64]));
        let caller = AppClientCaller {
            pool: &self.pool,
            client: &self.client,
            secrets: &self.secrets,
            secret_hash: self.hash.as_deref(),
            digest_keys: &keys,
        };
        let key = Digest::zero();
        let session = match &self.session {
            None => SessionLookup::NotSent,
            Some(None) => SessionLookup::Unknown,
            Some(Some(session)) => SessionLookup::Found(&key, session),
        };
        let request = ConfirmSignUpRequest {
            username: "ann",
            code: self.typed,
            force_alias: self.force_alias,
            session,
            hides_status: self.hides_status,
        };
        let found = LoadedUser {
            user: self.user.as_ref(),
            code: self.code.as_ref(),
            attempts: self.attempts.as_ref(),
        };
        confirm(&caller, &request, &found, self.holder.as_ref(), &new, NOW)
    }
}

fn pending(pool: &Pool, user: &User, code: &str) -> PendingCode {
    let to = user.attributes.contact(ContactKind::Email).expect("the fixture has one");
    PendingCode::new(&fixture::keys(), &pool.id, &user.sub, Purpose::SignUp, &Code::from_text(code), to, NOW)
}

type Fault = fn(&mut Scenario);

#[test]
fn confirm_sign_up_with_several_faults_refuses_the_first() {
    // Each fault with its refusal, in the order of the checks. With fault n and all later ones present, the refusal
    // must be that of fault n.
    let faults: Vec<(Fault, Refusal)> = vec![
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
        let mut scenario = Scenario::good();
        for (apply, _) in faults[first..].iter().rev() {
            apply(&mut scenario);
        }
        assert_eq!(scenario.decide().answer.err().as_ref(), Some(&faults[first].1), "fault {first}");
    }
    assert!(Scenario::good().decide().answer.is_ok());
}

#[test]
fn confirm_sign_up_with_right_code_confirms_verifies_and_activates_alias() {
    let verdict = Scenario::good().decide();
    let confirmed = verdict.answer.expect("confirmed");
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
fn confirm_sign_up_without_aliases_and_user_auth_sets_no_name_and_no_session() {
    let mut scenario = Scenario::good();
    scenario.pool = fixture::pool();
    scenario.client.auth_flows = AuthFlow::defaults();
    scenario.session = None;
    // The holder has no effect, because the pool has no aliases.
    scenario.holder = Some(fixture::user("bob"));
    let verdict = scenario.decide();
    let confirmed = verdict.answer.expect("confirmed");
    assert!(confirmed.user.attributes.is_verified(ContactKind::Email));
    assert!(confirmed.session.is_none()); // cog-0118
    assert!(
        !verdict.remember.iter().any(|c| matches!(c, Change::PutName { .. } | Change::PutSession { .. }))
    );
}

#[test]
fn confirm_sign_up_with_force_alias_takes_alias_and_verification_from_holder() {
    // cog-0011, cog-0029
    let mut scenario = Scenario::good();
    let mut bob = fixture::user("bob");
    bob.attributes.set("email", "ann@example.com");
    bob.attributes.set_verified(ContactKind::Email, true);
    scenario.holder = Some(bob.clone());
    let refused = scenario.decide();
    assert!(matches!(refused.answer, Err(Refusal::AliasTaken(_))));
    // The code stays valid, and the attempt counts.
    assert_eq!(refused.remember.iter().map(name_of).collect::<Vec<_>>(), ["PutAttempts"]);

    scenario.force_alias = true;
    let verdict = scenario.decide();
    assert!(verdict.answer.is_ok());
    let loser = verdict.remember.iter().find_map(|change| match change {
        Change::PutUser(user) if user.sub == bob.sub => Some(user),
        _ => None,
    });
    let loser = loser.expect("bob is changed too");
    assert!(!loser.attributes.is_verified(ContactKind::Email));
    assert_eq!(loser.attributes.get("email"), Some("ann@example.com"));
}

#[test]
fn confirm_sign_up_with_alias_held_by_the_same_user_is_accepted() {
    let mut scenario = Scenario::good();
    scenario.holder = scenario.user.clone();
    assert!(scenario.decide().answer.is_ok());
}

#[test]
fn confirm_sign_up_with_wrong_codes_meets_the_limits() {
    let mut scenario = Scenario::good();
    scenario.typed = "000000";
    for n in 1..=15 {
        let verdict = scenario.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::CodeMismatch), "attempt {n}");
        let [Change::PutAttempts { attempts, .. }] = verdict.remember.as_slice() else {
            panic!("not counted")
        };
        assert_eq!(attempts.count, n);
        scenario.attempts = Some(attempts.clone());
    }
    scenario.typed = "123456";
    for n in 16..=60 {
        let verdict = scenario.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::TooManyAttempts), "attempt {n}"); // cog-0013
        let [Change::PutAttempts { attempts, .. }] = verdict.remember.as_slice() else {
            panic!("not counted")
        };
        scenario.attempts = Some(attempts.clone());
    }
    let verdict = scenario.decide();
    assert_eq!(verdict.answer.err(), Some(Refusal::TooManyFailedAttempts)); // cog-0040
    assert!(verdict.remember.is_empty());
}

#[test]
fn confirm_sign_up_with_expired_code_is_refused() {
    let mut scenario = Scenario::good();
    let mut code = pending(&scenario.pool, scenario.user.as_ref().expect("a user"), "123456");
    code.expires_at = NOW;
    scenario.code = Some(code);
    assert_eq!(scenario.decide().answer.err(), Some(Refusal::CodeExpired));
    assert_eq!(CONTACT_CODE_TTL.as_secs(), 86_400); // cog-0015
}

#[test]
fn confirm_sign_up_of_hidden_unknown_user_refuses_code_and_counts() {
    // cog-0359, cog-0022
    let mut scenario = Scenario::good();
    scenario.client.hides_users = true;
    scenario.user = None;
    scenario.code = None;
    assert_eq!(scenario.decide().answer.err(), Some(Refusal::SessionInvalid));
    scenario.session = None;
    for n in 1..=15 {
        let verdict = scenario.decide();
        assert_eq!(verdict.answer.err(), Some(Refusal::CodeMismatch), "attempt {n}");
        let [Change::PutAttempts { attempts, of, .. }] = verdict.remember.as_slice() else {
            panic!("not counted")
        };
        assert_ne!(*of, Sub::new("sub-of-ann"));
        scenario.attempts = Some(attempts.clone());
    }
    assert_eq!(scenario.decide().answer.err(), Some(Refusal::TooManyAttempts));
    scenario.attempts = Some(Attempts { since: NOW, count: 60 });
    assert_eq!(scenario.decide().answer.err(), Some(Refusal::TooManyFailedAttempts));
}

#[test]
fn confirm_sign_up_with_foreign_or_expired_session_is_refused() {
    let good = Scenario::good();
    let own = Session::begin(Sub::new("sub-of-ann"), &good.client, Stage::SignedUp, NOW);
    let cases = [
        (own.clone(), None),
        (Session { of: Sub::new("bob"), ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { client: ClientId::new("other"), ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { stage: Stage::Confirmed, ..own.clone() }, Some(Refusal::SessionInvalid)),
        (Session { expires_at: NOW, ..own }, Some(Refusal::SessionExpired)),
    ];
    for (session, expected) in cases {
        let mut scenario = good.clone();
        scenario.session = Some(Some(session));
        assert_eq!(scenario.decide().answer.err(), expected);
    }
}
