//! The second factor in a house where it is required.

use super::*;
use crate::{
    attribute::contact::ContactKind,
    flow::sign_in::{
        Fresh, Holders, Presented,
        fixture::{House, challenged, signed_in},
        mfa_setup, password,
        respond::{self, Answer},
    },
    pool::mfa::MfaMode,
    secret::{Sealed, Secret},
    sign_in::session::{Session, Stage},
    user::software_token::{SECRET_BYTES, SoftwareToken},
};

fn house(mode: MfaMode) -> House {
    let mut house = House::new();
    house.pool.mfa.mode = mode;
    house.pool.mfa.factors = MfaFactor::ALL.into();
    house.user.attributes = Default::default();
    house
}

fn secret() -> TokenSecret {
    TokenSecret::from_secret(Secret::new([7; SECRET_BYTES])).expect("a secret")
}

/// What a password leads to; the session is presented with the next step.
fn enter(house: &mut House) -> Asked {
    let verdict = password::decide(&house.step("ann"), true);
    assert!(!verdict.remember.iter().any(|change| matches!(change, Change::PutGrant(_))));
    present(house, &verdict.remember);
    challenged(verdict).asked
}

fn present(house: &mut House, remember: &[Change]) {
    for change in remember {
        if let Change::PutSession { key, session } = change {
            house.presented = Some((key.clone(), session.clone()));
        }
        if let Change::PutUser(user) = change {
            house.user = user.as_ref().clone();
        }
    }
}

fn respond<'a>(house: &'a House, answer: &Answer<'a>) -> Result<Verdict<Outcome>, Refusal> {
    match respond::next(&house.step("ann"), answer, None, &Holders::new())? {
        Next::Decided(verdict) => Ok(verdict),
        Next::Open(sealed, code) => {
            assert_eq!(sealed.as_text(), "s");
            Ok(decide(&house.step("ann"), &secret(), code))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_that_was_sent_is_short_and_ends_the_sign_in() {
    for (kind, value) in [(ContactKind::PhoneNumber, "+15555550100"), (ContactKind::Email, "ann@example.com")]
    {
        let mut house = house(MfaMode::On);
        house.user.attributes.set(kind.attribute(), value);
        let Asked::MfaCode { to, .. } = enter(&mut house) else { panic!("another challenge") };
        assert_eq!(to.kind, kind);
        let answer = |code| match kind {
            ContactKind::Email => Answer::OneTimeCode(kind, code),
            ContactKind::PhoneNumber => Answer::SmsMfa(code),
        };
        let wrong = respond(&house, &answer("12345678")).expect("decided");
        assert_eq!(wrong.answer.err(), Some(Refusal::SignInCodeMismatch));
        assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
        let right = respond(&house, &answer("345678")).expect("decided");
        assert!(signed_in(right).user.attributes.is_verified(kind), "cog-0262");
    }
}

#[test]
fn a_first_factor_does_not_answer_for_the_second() {
    let mut house = house(MfaMode::On);
    house.user.attributes.set("phone_number", "+15555550100");
    enter(&mut house);
    for answer in [
        Answer::OneTimeCode(ContactKind::PhoneNumber, "345678"),
        Answer::OneTimeCode(ContactKind::Email, "345678"),
        Answer::SoftwareToken("345678"),
        Answer::MfaSetup(None),
    ] {
        assert_eq!(respond(&house, &answer).err(), Some(Refusal::SessionInvalid), "{answer:?}");
    }
}

/// cog-0231.
#[test]
fn a_code_of_an_app_is_good_once() {
    let mut house = house(MfaMode::Optional);
    house.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, Some("phone".into())));
    house.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let Asked::SoftwareToken { device, .. } = enter(&mut house) else { panic!("another challenge") };
    assert_eq!(device.as_deref(), Some("phone"));
    let code = secret().code_at(house.now);
    let wrong = respond(&house, &Answer::SoftwareToken("abc")).expect("decided");
    assert_eq!(wrong.answer.err(), Some(Refusal::SoftwareTokenMismatch));
    assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
    let right = respond(&house, &Answer::SoftwareToken(&code)).expect("decided");
    present(&mut house, &right.remember);
    signed_in(right);
    enter(&mut house);
    let again = respond(&house, &Answer::SoftwareToken(&code)).expect("decided");
    assert_eq!((again.remember.len(), again.answer.err()), (0, Some(Refusal::SoftwareTokenUsed)));
}

#[test]
fn whoever_has_several_chooses() {
    let mut house = house(MfaMode::Optional);
    house.user.attributes.set("phone_number", "+15555550100");
    house.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, None));
    house.user.mfa.active = [MfaFactor::Sms, MfaFactor::SoftwareToken].into();
    let Asked::SelectMfa { factors, .. } = enter(&mut house) else { panic!("another challenge") };
    assert_eq!(factors, [MfaFactor::Sms, MfaFactor::SoftwareToken]);
    let none = respond(&house, &Answer::SelectMfa(MfaFactor::Email));
    assert_eq!(none.err(), Some(Refusal::ParameterInvalid("ANSWER")));
    let chosen = respond(&house, &Answer::SelectMfa(MfaFactor::SoftwareToken)).expect("decided");
    assert!(matches!(challenged(chosen).asked, Asked::SoftwareToken { .. }));
    let chosen = respond(&house, &Answer::SelectMfa(MfaFactor::Sms)).expect("decided");
    assert!(matches!(challenged(chosen).asked, Asked::MfaCode { .. }));
}

/// cog-0306.
#[test]
fn whoever_must_have_one_sets_an_app_up() {
    let mut house = house(MfaMode::On);
    let Asked::MfaSetup { factors, .. } = enter(&mut house) else { panic!("another challenge") };
    assert_eq!(factors, MfaFactor::ALL);
    assert_eq!(respond(&house, &Answer::MfaSetup(None)).err(), Some(Refusal::MfaSetupIncomplete));
    assert_eq!(mfa_setup::get_pending(&house.step("ann")), Err(Refusal::SoftwareTokenMissing));
    let associated = mfa_setup::associate(&house.step("ann"), Sealed::from_text("s"));
    assert!(crate::sign_in::session::client_named(associated.answer.expect("a session").expose()).is_some());
    present(&mut house, &associated.remember[1..]);
    let wrong = mfa_setup::verify(&house.step("ann"), &secret(), "abc", None);
    assert_eq!(wrong.answer.err(), Some(Refusal::SoftwareTokenMismatch));
    assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
    let code = secret().code_at(house.now);
    let verified = mfa_setup::verify(&house.step("ann"), &secret(), &code, None);
    assert!(verified.answer.is_ok());
    present(&mut house, &verified.remember);
    let done = respond(&house, &Answer::MfaSetup(None)).expect("decided");
    assert!(signed_in(done).user.mfa.active.contains(&MfaFactor::SoftwareToken));
}

#[test]
fn whoever_must_have_one_sets_an_address_up() {
    let mut house = house(MfaMode::On);
    enter(&mut house);
    let asked = respond(&house, &Answer::MfaSetup(Some("no address"))).err();
    assert_eq!(asked, Some(Refusal::ContactForm(ContactKind::Email)));
    let asked = respond(&house, &Answer::MfaSetup(Some("ann@example.com"))).expect("decided");
    present(&mut house, &asked.remember);
    assert!(matches!(challenged(asked).asked, Asked::MfaCode { .. }));
    let done = respond(&house, &Answer::OneTimeCode(ContactKind::Email, "345678")).expect("decided");
    let user = signed_in(done).user;
    assert_eq!(user.attributes.get("email"), Some("ann@example.com"));
    assert!(user.attributes.is_verified(ContactKind::Email) && user.mfa.active.contains(&MfaFactor::Email));
}

#[test]
fn a_secret_is_given_only_to_a_session_that_waits_for_one() {
    let mut house = house(MfaMode::On);
    let stage = Stage::SigningIn(Awaited::SoftwareToken);
    let session = Session::begin(house.user.sub.clone(), &house.client, stage, house.now);
    let (key, fresh): (_, &Fresh) = (house.keys.digest(&["h"]), &house.fresh);
    let step =
        Step { presented: Some(Presented { key: &key, session: &session }), fresh, ..house.step("ann") };
    assert_eq!(mfa_setup::check_associable(&step).err(), Some(Refusal::SessionInvalid));
    assert_eq!(mfa_setup::get_pending(&step), Err(Refusal::SessionInvalid));
    enter(&mut house);
    house.pool.mfa.factors = [MfaFactor::Email].into();
    let met = mfa_setup::check_associable(&house.step("ann"));
    assert_eq!(met.err(), Some(Refusal::SoftwareTokenNotAllowed));
}

#[test]
fn a_session_from_before_sets_nothing_up() {
    let mut house = house(MfaMode::On);
    enter(&mut house);
    house.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("own"), 0, None));
    house.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let refused = Some(Refusal::SessionInvalid);
    assert_eq!(mfa_setup::check_associable(&house.step("ann")).err(), refused);
    assert_eq!(respond(&house, &Answer::MfaSetup(Some("eve@example.com"))).err(), refused);
    let others = || Sealed::from_text("eve's");
    house.present(Stage::SigningIn(Awaited::MfaSetup(Enrolment::Associated(others()))));
    assert_eq!(mfa_setup::get_pending(&house.step("ann")).err(), refused);
    house.present(Stage::SigningIn(Awaited::MfaSetup(Enrolment::Verified(others()))));
    assert_eq!(respond(&house, &Answer::MfaSetup(None)).err(), refused, "the app is another by now");
}

#[test]
fn an_address_asked_for_before_is_not_set_up_beside_a_factor() {
    let mut house = house(MfaMode::On);
    enter(&mut house);
    let asked = respond(&house, &Answer::MfaSetup(Some("eve@example.com"))).expect("decided");
    present(&mut house, &asked.remember);
    house.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("own"), 0, None));
    house.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let met = respond(&house, &Answer::OneTimeCode(ContactKind::Email, "345678"));
    assert_eq!(met.err(), Some(Refusal::SessionInvalid));
}

#[test]
fn another_secret_gives_no_more_time() {
    let mut house = house(MfaMode::On);
    enter(&mut house);
    let associated = mfa_setup::associate(&house.step("ann"), Sealed::from_text("s"));
    present(&mut house, &associated.remember);
    let ends_at = |house: &House| house.presented.as_ref().expect("a session").1.expires_at;
    let first = ends_at(&house);
    house.now = house.now.after(std::time::Duration::from_secs(60));
    let again = mfa_setup::associate(&house.step("ann"), Sealed::from_text("t"));
    present(&mut house, &again.remember);
    assert_eq!(ends_at(&house), first);
}
