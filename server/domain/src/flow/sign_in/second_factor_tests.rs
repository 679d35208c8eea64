//! Tests of second factors.

use super::*;
use crate::{
    attribute::contact::ContactKind,
    flow::sign_in::{
        FreshValues, NameHolders, PresentedSession, mfa_setup, password,
        respond_to_auth_challenge::{self, ChallengeAnswer},
        setup::{SignInSetup, challenged, signed_in},
    },
    pool::mfa::MfaMode,
    secret::{Sealed, Secret},
    sign_in::session::{Session, Stage},
    user::software_token::{SECRET_BYTES, SoftwareToken},
};

fn setup(mode: MfaMode) -> SignInSetup {
    let mut setup = SignInSetup::new();
    setup.pool.mfa.mode = mode;
    setup.pool.mfa.factors = MfaFactor::ALL.into();
    setup.user.attributes = Default::default();
    setup
}

fn secret() -> TokenSecret {
    TokenSecret::from_secret(Secret::new([7; SECRET_BYTES])).expect("a secret")
}

/// Signs in with the password, and returns the challenge. The next step presents its session.
fn enter(setup: &mut SignInSetup) -> ChallengePrompt {
    let verdict = password::decide(&setup.step("ann"), true);
    assert!(!verdict.remember.iter().any(|change| matches!(change, Change::PutGrant(_))));
    present(setup, &verdict.remember);
    challenged(verdict).prompt
}

fn present(setup: &mut SignInSetup, remember: &[Change]) {
    for change in remember {
        if let Change::PutSession { key, session } = change {
            setup.presented = Some((key.clone(), session.clone()));
        }
        if let Change::PutUser(user) = change {
            setup.user = user.as_ref().clone();
        }
    }
}

fn respond<'a>(
    setup: &'a SignInSetup,
    answer: &ChallengeAnswer<'a>,
) -> Result<Verdict<SignInOutcome>, Refusal> {
    match respond_to_auth_challenge::next_action(&setup.step("ann"), answer, None, &NameHolders::new())? {
        NextAction::Decided(verdict) => Ok(verdict),
        NextAction::OpenTokenSecret(sealed, code) => {
            assert_eq!(sealed.as_text(), "s");
            Ok(decide(&setup.step("ann"), &secret(), code))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn code_of_second_factor_completes_the_sign_in() {
    for (kind, value) in [(ContactKind::PhoneNumber, "+15555550100"), (ContactKind::Email, "ann@example.com")]
    {
        let mut setup = setup(MfaMode::On);
        setup.user.attributes.set(kind.attribute(), value);
        let ChallengePrompt::MfaCode { to, .. } = enter(&mut setup) else { panic!("another challenge") };
        assert_eq!(to.kind, kind);
        let answer = |code| match kind {
            ContactKind::Email => ChallengeAnswer::OneTimeCode(kind, code),
            ContactKind::PhoneNumber => ChallengeAnswer::SmsMfa(code),
        };
        let wrong = respond(&setup, &answer("12345678")).expect("decided");
        assert_eq!(wrong.answer.err(), Some(Refusal::SignInCodeMismatch));
        assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
        let right = respond(&setup, &answer("345678")).expect("decided");
        assert!(signed_in(right).user.attributes.is_verified(kind), "cog-0262");
    }
}

#[test]
fn answer_to_another_challenge_is_refused() {
    let mut setup = setup(MfaMode::On);
    setup.user.attributes.set("phone_number", "+15555550100");
    enter(&mut setup);
    for answer in [
        ChallengeAnswer::OneTimeCode(ContactKind::PhoneNumber, "345678"),
        ChallengeAnswer::OneTimeCode(ContactKind::Email, "345678"),
        ChallengeAnswer::SoftwareToken("345678"),
        ChallengeAnswer::MfaSetup(None),
    ] {
        assert_eq!(respond(&setup, &answer).err(), Some(Refusal::SessionInvalid), "{answer:?}");
    }
}

/// cog-0231.
#[test]
fn code_of_app_is_accepted_once() {
    let mut setup = setup(MfaMode::Optional);
    setup.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, Some("phone".into())));
    setup.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let ChallengePrompt::SoftwareToken { device, .. } = enter(&mut setup) else {
        panic!("another challenge")
    };
    assert_eq!(device.as_deref(), Some("phone"));
    let code = secret().code_at(setup.now);
    let wrong = respond(&setup, &ChallengeAnswer::SoftwareToken("abc")).expect("decided");
    assert_eq!(wrong.answer.err(), Some(Refusal::SoftwareTokenMismatch));
    assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
    let right = respond(&setup, &ChallengeAnswer::SoftwareToken(&code)).expect("decided");
    present(&mut setup, &right.remember);
    signed_in(right);
    enter(&mut setup);
    let again = respond(&setup, &ChallengeAnswer::SoftwareToken(&code)).expect("decided");
    assert_eq!((again.remember.len(), again.answer.err()), (0, Some(Refusal::SoftwareTokenUsed)));
}

#[test]
fn user_with_several_factors_selects_one() {
    let mut setup = setup(MfaMode::Optional);
    setup.user.attributes.set("phone_number", "+15555550100");
    setup.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("s"), 0, None));
    setup.user.mfa.active = [MfaFactor::Sms, MfaFactor::SoftwareToken].into();
    let ChallengePrompt::SelectMfa { factors, .. } = enter(&mut setup) else { panic!("another challenge") };
    assert_eq!(factors, [MfaFactor::Sms, MfaFactor::SoftwareToken]);
    let none = respond(&setup, &ChallengeAnswer::SelectMfa(MfaFactor::Email));
    assert_eq!(none.err(), Some(Refusal::ParameterInvalid("ANSWER")));
    let chosen = respond(&setup, &ChallengeAnswer::SelectMfa(MfaFactor::SoftwareToken)).expect("decided");
    assert!(matches!(challenged(chosen).prompt, ChallengePrompt::SoftwareToken { .. }));
    let chosen = respond(&setup, &ChallengeAnswer::SelectMfa(MfaFactor::Sms)).expect("decided");
    assert!(matches!(challenged(chosen).prompt, ChallengePrompt::MfaCode { .. }));
}

/// cog-0306.
#[test]
fn mfa_setup_with_app_completes_the_sign_in() {
    let mut setup = setup(MfaMode::On);
    let ChallengePrompt::MfaSetup { factors, .. } = enter(&mut setup) else { panic!("another challenge") };
    assert_eq!(factors, MfaFactor::ALL);
    assert_eq!(respond(&setup, &ChallengeAnswer::MfaSetup(None)).err(), Some(Refusal::MfaSetupIncomplete));
    assert_eq!(mfa_setup::get_pending(&setup.step("ann")), Err(Refusal::SoftwareTokenMissing));
    let associated = mfa_setup::associate(&setup.step("ann"), Sealed::from_text("s"));
    assert!(
        crate::sign_in::session::parse_client_id(associated.answer.expect("a session").expose()).is_some()
    );
    present(&mut setup, &associated.remember[1..]);
    let wrong = mfa_setup::verify(&setup.step("ann"), &secret(), "abc", None);
    assert_eq!(wrong.answer.err(), Some(Refusal::SoftwareTokenMismatch));
    assert!(matches!(wrong.remember.as_slice(), [Change::PutFailures { .. }]));
    let code = secret().code_at(setup.now);
    let verified = mfa_setup::verify(&setup.step("ann"), &secret(), &code, None);
    assert!(verified.answer.is_ok());
    present(&mut setup, &verified.remember);
    let done = respond(&setup, &ChallengeAnswer::MfaSetup(None)).expect("decided");
    assert!(signed_in(done).user.mfa.active.contains(&MfaFactor::SoftwareToken));
}

#[test]
fn mfa_setup_with_address_completes_the_sign_in() {
    let mut setup = setup(MfaMode::On);
    enter(&mut setup);
    let refused = respond(&setup, &ChallengeAnswer::MfaSetup(Some("no address"))).err();
    assert_eq!(refused, Some(Refusal::ContactMalformed(ContactKind::Email)));
    let verdict = respond(&setup, &ChallengeAnswer::MfaSetup(Some("ann@example.com"))).expect("decided");
    present(&mut setup, &verdict.remember);
    assert!(matches!(challenged(verdict).prompt, ChallengePrompt::MfaCode { .. }));
    let done = respond(&setup, &ChallengeAnswer::OneTimeCode(ContactKind::Email, "345678")).expect("decided");
    let user = signed_in(done).user;
    assert_eq!(user.attributes.get("email"), Some("ann@example.com"));
    assert!(user.attributes.is_verified(ContactKind::Email) && user.mfa.active.contains(&MfaFactor::Email));
}

#[test]
fn associate_with_session_of_another_challenge_is_refused() {
    let mut setup = setup(MfaMode::On);
    let stage = Stage::SigningIn(PendingChallenge::SoftwareToken);
    let session = Session::begin(setup.user.sub.clone(), &setup.client, stage, setup.now);
    let (key, fresh): (_, &FreshValues) = (setup.keys.digest(&["h"]), &setup.fresh);
    let step = Step {
        presented: Some(PresentedSession { key: &key, session: &session }),
        fresh,
        ..setup.step("ann")
    };
    assert_eq!(mfa_setup::check_associable(&step).err(), Some(Refusal::SessionInvalid));
    assert_eq!(mfa_setup::get_pending(&step), Err(Refusal::SessionInvalid));
    enter(&mut setup);
    setup.pool.mfa.factors = [MfaFactor::Email].into();
    let outcome = mfa_setup::check_associable(&setup.step("ann"));
    assert_eq!(outcome.err(), Some(Refusal::SoftwareTokenNotAllowed));
}

#[test]
fn mfa_setup_after_user_has_a_factor_is_refused() {
    let mut setup = setup(MfaMode::On);
    enter(&mut setup);
    setup.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("own"), 0, None));
    setup.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let refused = Some(Refusal::SessionInvalid);
    assert_eq!(mfa_setup::check_associable(&setup.step("ann")).err(), refused);
    assert_eq!(respond(&setup, &ChallengeAnswer::MfaSetup(Some("eve@example.com"))).err(), refused);
    let others = || Sealed::from_text("eve's");
    setup.present(Stage::SigningIn(PendingChallenge::MfaSetup(Enrolment::Associated(others()))));
    assert_eq!(mfa_setup::get_pending(&setup.step("ann")).err(), refused);
    setup.present(Stage::SigningIn(PendingChallenge::MfaSetup(Enrolment::Verified(others()))));
    assert_eq!(
        respond(&setup, &ChallengeAnswer::MfaSetup(None)).err(),
        refused,
        "the user has another app by now"
    );
}

#[test]
fn code_to_new_address_after_user_has_a_factor_is_refused() {
    let mut setup = setup(MfaMode::On);
    enter(&mut setup);
    let verdict = respond(&setup, &ChallengeAnswer::MfaSetup(Some("eve@example.com"))).expect("decided");
    present(&mut setup, &verdict.remember);
    setup.user.mfa.token = Some(SoftwareToken::new(Sealed::from_text("own"), 0, None));
    setup.user.mfa.turn_on(MfaFactor::SoftwareToken);
    let outcome = respond(&setup, &ChallengeAnswer::OneTimeCode(ContactKind::Email, "345678"));
    assert_eq!(outcome.err(), Some(Refusal::SessionInvalid));
}

#[test]
fn repeated_associate_does_not_extend_the_session() {
    let mut setup = setup(MfaMode::On);
    enter(&mut setup);
    let associated = mfa_setup::associate(&setup.step("ann"), Sealed::from_text("s"));
    present(&mut setup, &associated.remember);
    let ends_at = |setup: &SignInSetup| setup.presented.as_ref().expect("a session").1.expires_at;
    let first = ends_at(&setup);
    setup.now = setup.now.after(std::time::Duration::from_secs(60));
    let again = mfa_setup::associate(&setup.step("ann"), Sealed::from_text("t"));
    present(&mut setup, &again.remember);
    assert_eq!(ends_at(&setup), first);
}
