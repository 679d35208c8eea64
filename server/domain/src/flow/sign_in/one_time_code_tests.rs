use std::collections::BTreeSet;

use super::*;
use crate::{
    flow::sign_in::fixture::{House, challenged, signed_in},
    pool::{SignInNames, alias::NameKind},
    sign_in::session::Stage,
};

const CODE: &str = "12345678";

/// A house where ann was sent a code to her address.
fn sent(house: &mut House) -> SentCode {
    let to = house.user.attributes.contact(ContactKind::Email).expect("an address");
    let sent = SentCode::new(&house.keys, &house.pool.id, &house.user.sub, &house.fresh.code, to);
    house.present(Stage::SigningIn(Awaited::OneTimeCode(sent.clone())));
    sent
}

fn decided(
    house: &House,
    sent: &SentCode,
    code: &str,
    holders: &Holders,
) -> Result<Verdict<Outcome>, Refusal> {
    match next(&house.step("ann"), sent, Role::FirstFactor, code, holders)? {
        Next::Decided(verdict) => Ok(verdict),
        other => panic!("{other:?}"),
    }
}

/// cog-0175.
#[test]
fn a_code_is_sent_and_kept_with_the_session() {
    let house = House::new();
    let verdict = ask(&house.step("ann"), ContactKind::Email).expect("asked");
    let [Change::Send(message), Change::PutSession { session, .. }] = verdict.remember.as_slice() else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!((message.reason, message.code.expose()), (MessageReason::Authentication, CODE));
    assert_eq!((message.to.value.as_str(), &message.of), ("ann@example.com", &house.user.sub));
    assert!(matches!(&session.stage, Stage::SigningIn(Awaited::OneTimeCode(_))));
    let challenge = challenged(verdict);
    assert_eq!(challenge.available, [one_time_code(ContactKind::Email)]);
    let Asked::OneTimeCode { to } = challenge.asked else { panic!("another challenge") };
    assert_eq!(to.masked(), "a***@e***");
}

/// cog-0177.
#[test]
fn nobody_gets_no_code_and_the_same_answer_twice() {
    let mut house = House::new();
    house.client.hides_users = true;
    let asked = |typed: &str, kind| {
        let verdict = ask(&house.step(typed), kind).expect("asked");
        assert!(!verdict.remember.iter().any(|change| matches!(change, Change::Send(_))));
        assert!(verdict.remember.iter().any(|change| matches!(change, Change::PutSession { .. })));
        let Asked::OneTimeCode { to } = challenged(verdict).asked else { panic!("another challenge") };
        to.masked()
    };
    assert_eq!(asked("no@body.net", ContactKind::Email), "n***@b***");
    assert_eq!(asked("+15550100", ContactKind::PhoneNumber), "+********0100");
    assert_eq!(asked("nobody", ContactKind::Email), asked("nobody", ContactKind::Email));
    assert_eq!(asked("nobody", ContactKind::PhoneNumber).len(), "+********0100".len());
}

/// cog-0224, cog-0262.
#[test]
fn a_right_code_signs_in_and_verifies() {
    let mut house = House::new();
    let kept = sent(&mut house);
    let verdict = decided(&house, &kept, CODE, &Holders::new()).expect("right");
    let [Change::PutSession { session, .. }, Change::PutUser(user), Change::PutGrant(_)] =
        verdict.remember.as_slice()
    else {
        panic!("{:?}", verdict.remember)
    };
    assert_eq!(session.stage, Stage::Used);
    assert!(user.attributes.is_verified(ContactKind::Email));
    assert!(signed_in(verdict).user.attributes.is_verified(ContactKind::Email));

    house.user.attributes.set_verified(ContactKind::Email, true);
    let again = decided(&house, &kept, CODE, &Holders::new()).expect("right");
    assert_eq!(again.remember.len(), 2, "nothing about the user has changed");

    house.user.attributes.set("email", "other@example.com");
    house.user.attributes.set_verified(ContactKind::Email, false);
    let changed = decided(&house, &kept, CODE, &Holders::new()).expect("right");
    assert!(!signed_in(changed).user.attributes.is_verified(ContactKind::Email), "the code went elsewhere");
}

#[test]
fn a_wrong_code_is_counted_and_may_be_tried_again() {
    let mut house = House::new();
    let kept = sent(&mut house);
    let verdict = decided(&house, &kept, "00000000", &Holders::new()).expect("decided");
    assert_eq!(verdict.answer.err(), Some(Refusal::SignInCodeMismatch));
    assert!(
        matches!(verdict.remember.as_slice(), [Change::PutFailures { failures, .. }] if failures.count == 1)
    );
}

#[test]
fn nobodys_code_is_always_wrong() {
    let mut house = House::new();
    house.client.hides_users = true;
    let step = house.step("nobody");
    let to = simulated_contact(ContactKind::Email, "nobody", &step.of());
    let kept = SentCode::new(&house.keys, &house.pool.id, &step.of(), &house.fresh.code, to);
    let Ok(Next::Decided(verdict)) = next(&step, &kept, Role::FirstFactor, CODE, &Holders::new()) else {
        panic!("decided")
    };
    assert_eq!(verdict.answer.err(), Some(Refusal::SignInCodeMismatch));
    assert_eq!(verdict.remember.len(), 1);
}

#[test]
fn an_alias_becomes_active_unless_somebody_else_has_it() {
    let mut house = House::new();
    house.pool.names = SignInNames::Aliases(BTreeSet::from([NameKind::Email]));
    let kept = sent(&mut house);
    let name = names_wanted(&house.step("ann"), &kept, Role::FirstFactor).remove(0);
    let verdict = decided(&house, &kept, CODE, &Holders::new()).expect("right");
    let takes = |change: &Change| matches!(change, Change::PutName { name: taken, .. } if *taken == name);
    assert!(verdict.remember.iter().any(takes));
    let other = Holders::from([(name.clone(), crate::fixture::user("bob"))]);
    assert_eq!(decided(&house, &kept, CODE, &other).err(), Some(Refusal::AliasTaken(NameKind::Email)));
    let own = Holders::from([(name, house.user.clone())]);
    assert!(decided(&house, &kept, CODE, &own).is_ok());
    house.user.attributes.set_verified(ContactKind::Email, true);
    assert_eq!(names_wanted(&house.step("ann"), &kept, Role::FirstFactor), []);
}

#[test]
fn a_code_is_not_sent_to_whoever_may_not_sign_in() {
    let mut house = House::new();
    assert_eq!(ask(&house.step("nobody"), ContactKind::Email).err(), Some(Refusal::UserNotFound));
    house.user.attributes.set("email", "");
    assert_eq!(ask(&house.step("ann"), ContactKind::Email).err(), Some(Refusal::NoContact));
    house.user.enabled = false;
    assert_eq!(ask(&house.step("ann"), ContactKind::Email).err(), Some(Refusal::UserDisabled));
}
