//! Tests of EMAIL_OTP and SMS_OTP.

use std::collections::BTreeSet;

use super::*;
use crate::{
    flow::sign_in::setup::{SignInSetup, challenged, signed_in},
    pool::{SignInNames, alias::NameKind},
    sign_in::session::Stage,
};

const CODE: &str = "12345678";

/// Presents a session in which a code was sent to ann's address.
fn sent(setup: &mut SignInSetup) -> SentCode {
    let to = setup.user.attributes.contact(ContactKind::Email).expect("an address");
    let sent = SentCode::new(&setup.keys, &setup.pool.id, &setup.user.sub, &setup.fresh.code, to);
    setup.present(Stage::SigningIn(PendingChallenge::OneTimeCode(sent.clone())));
    sent
}

fn decided(
    setup: &SignInSetup,
    sent: &SentCode,
    code: &str,
    holders: &NameHolders,
) -> Result<Verdict<SignInOutcome>, Refusal> {
    match next_action(&setup.step("ann"), sent, CodeRole::FirstFactor, code, holders)? {
        NextAction::Decided(verdict) => Ok(verdict),
        other => panic!("{other:?}"),
    }
}

/// cog-0175.
#[test]
fn send_challenge_sends_code_and_stores_it_in_the_session() {
    let setup = SignInSetup::new();
    let verdict = send_challenge(&setup.step("ann"), ContactKind::Email).expect("a challenge");
    let [Change::Send(message), Change::PutSession { session, .. }] = verdict.remember.as_slice() else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!((message.reason, message.code.expose()), (MessageReason::Authentication, CODE));
    assert_eq!((message.to.value.as_str(), &message.of), ("ann@example.com", &setup.user.sub));
    assert!(matches!(&session.stage, Stage::SigningIn(PendingChallenge::OneTimeCode(_))));
    let challenge = challenged(verdict);
    assert_eq!(challenge.available, [one_time_code_challenge(ContactKind::Email)]);
    let ChallengePrompt::OneTimeCode { to } = challenge.prompt else { panic!("another challenge") };
    assert_eq!(to.masked(), "a***@e***");
}

/// cog-0177.
#[test]
fn send_challenge_for_unknown_user_sends_a_decoy_and_answers_the_same_each_time() {
    let mut setup = SignInSetup::new();
    setup.client.hides_users = true;
    let destination = |typed: &str, kind| {
        let verdict = send_challenge(&setup.step(typed), kind).expect("a challenge");
        // The outbox finds no user with this sub, and drops the message.
        let sub = setup.caller().simulated_user(typed).sub;
        let is_decoy = |change: &Change| matches!(change, Change::Send(message) if message.of == sub && message.is_hidden);
        assert_eq!(verdict.remember.iter().filter(|change| is_decoy(change)).count(), 1);
        assert!(verdict.remember.iter().any(|change| matches!(change, Change::PutSession { .. })));
        let ChallengePrompt::OneTimeCode { to } = challenged(verdict).prompt else {
            panic!("another challenge")
        };
        to.masked()
    };
    assert_eq!(destination("no@body.net", ContactKind::Email), "n***@b***");
    assert_eq!(destination("+15550100", ContactKind::PhoneNumber), "+********0100");
    assert_eq!(destination("unknown", ContactKind::Email), destination("unknown", ContactKind::Email));
    assert_eq!(destination("unknown", ContactKind::PhoneNumber).len(), "+********0100".len());
}

/// cog-0224, cog-0262.
#[test]
fn right_code_signs_in_and_verifies_the_contact() {
    let mut setup = SignInSetup::new();
    let kept = sent(&mut setup);
    let verdict = decided(&setup, &kept, CODE, &NameHolders::new()).expect("accepted");
    let [Change::PutSession { session, .. }, Change::PutUser(user), Change::PutGrant(_)] =
        verdict.remember.as_slice()
    else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!(session.stage, Stage::Used);
    assert!(user.attributes.is_verified(ContactKind::Email));
    assert!(signed_in(verdict).user.attributes.is_verified(ContactKind::Email));

    setup.user.attributes.set_verified(ContactKind::Email, true);
    let again = decided(&setup, &kept, CODE, &NameHolders::new()).expect("accepted");
    assert_eq!(again.remember.len(), 2, "nothing about the user has changed");
}

#[test]
fn wrong_code_counts_and_leaves_the_session_valid() {
    let mut setup = SignInSetup::new();
    let kept = sent(&mut setup);
    let verdict = decided(&setup, &kept, "00000000", &NameHolders::new()).expect("decided");
    assert_eq!(verdict.answer.err(), Some(Refusal::SignInCodeMismatch));
    assert!(
        matches!(verdict.remember.as_slice(), [Change::PutFailures { failures, .. }] if failures.count == 1)
    );
}

#[test]
fn code_of_unknown_user_is_refused_even_if_right() {
    let mut setup = SignInSetup::new();
    setup.client.hides_users = true;
    let step = setup.step("unknown");
    let to = step.simulated_user().contact(ContactKind::Email);
    let kept = SentCode::new(&setup.keys, &setup.pool.id, &step.sub(), &setup.fresh.code, to);
    let Ok(NextAction::Decided(verdict)) =
        next_action(&step, &kept, CodeRole::FirstFactor, CODE, &NameHolders::new())
    else {
        panic!("not decided")
    };
    assert_eq!(verdict.answer.err(), Some(Refusal::SignInCodeMismatch));
    assert_eq!(verdict.remember.len(), 1);
}

#[test]
fn right_code_activates_alias_unless_another_user_holds_it() {
    let mut setup = SignInSetup::new();
    setup.pool.names = SignInNames::Aliases(BTreeSet::from([NameKind::Email]));
    let kept = sent(&mut setup);
    let name = names_to_reserve(&setup.step("ann"), &kept, CodeRole::FirstFactor).remove(0);
    let verdict = decided(&setup, &kept, CODE, &NameHolders::new()).expect("accepted");
    let takes = |change: &Change| matches!(change, Change::PutName { name: taken, .. } if *taken == name);
    assert!(verdict.remember.iter().any(takes));
    let other = NameHolders::from([(name.clone(), crate::fixture::user("bob"))]);
    assert_eq!(decided(&setup, &kept, CODE, &other).err(), Some(Refusal::AliasTaken(NameKind::Email)));
    let own = NameHolders::from([(name, setup.user.clone())]);
    assert!(decided(&setup, &kept, CODE, &own).is_ok());
    setup.user.attributes.set_verified(ContactKind::Email, true);
    assert_eq!(names_to_reserve(&setup.step("ann"), &kept, CodeRole::FirstFactor), []);
}

#[test]
fn send_challenge_for_user_who_may_not_sign_in_is_refused() {
    let mut setup = SignInSetup::new();
    assert_eq!(send_challenge(&setup.step("unknown"), ContactKind::Email).err(), Some(Refusal::UserNotFound));
    setup.user.attributes.set("email", "");
    assert_eq!(send_challenge(&setup.step("ann"), ContactKind::Email).err(), Some(Refusal::NoContact));
    setup.user.enabled = false;
    assert_eq!(send_challenge(&setup.step("ann"), ContactKind::Email).err(), Some(Refusal::UserDisabled));
}
