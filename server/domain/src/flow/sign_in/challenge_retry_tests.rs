use std::time::Duration;

use super::*;
use crate::{
    Change, Verdict,
    attribute::contact::ContactKind,
    flow::sign_in::{
        NameHolders, SignInOutcome, password,
        respond_to_auth_challenge::{self, ChallengeAnswer},
        setup::{SignInSetup, challenged, signed_in},
    },
    pool::mfa::{MfaFactor, MfaMode},
    sign_in::{
        challenge::ChallengePrompt,
        lockout::Failures,
        session::{SessionHandle, Stage},
    },
    user::auth_method::AuthMethod,
};

fn setup(email: Option<&str>) -> SignInSetup {
    let mut setup = SignInSetup::new();
    setup.pool.mfa.mode = MfaMode::On;
    setup.pool.mfa.factors = MfaFactor::ALL.into();
    setup.user.attributes = Default::default();
    if let Some(email) = email {
        setup.user.attributes.set("email", email);
    }
    setup
}

/// Presents the session of a verdict, and draws other random values for the next step.
fn present(setup: &mut SignInSetup, verdict: &Verdict<SignInOutcome>) {
    for change in &verdict.remember {
        if let Change::PutSession { key, session } = change {
            setup.presented = Some((key.clone(), session.clone()));
        }
    }
    let drawn = setup.presented.as_ref().map_or(0, |(key, _)| key.as_bytes()[0]);
    setup.fresh.session = SessionHandle::generate(&[drawn; 64]);
    let code = setup.fresh.code.expose().chars().rev().collect::<String>();
    setup.fresh.code = crate::code::Code::from_text(&code);
}

fn respond(setup: &SignInSetup, answer: &ChallengeAnswer<'_>) -> Result<Verdict<SignInOutcome>, Refusal> {
    let next = respond_to_auth_challenge::next_action(&setup.step("ann"), answer, None, &NameHolders::new())?;
    match next {
        NextAction::Decided(verdict) => Ok(verdict),
        other => panic!("{other:?}"),
    }
}

fn ask(setup: &SignInSetup, retry: ChallengeRetry) -> Result<Verdict<SignInOutcome>, Refusal> {
    respond(setup, &ChallengeAnswer::Retry(retry))
}

fn messages(verdict: &Verdict<SignInOutcome>) -> usize {
    verdict.remember.iter().filter(|change| matches!(change, Change::Send(_))).count()
}

fn code(code: &str) -> ChallengeAnswer<'_> {
    ChallengeAnswer::OneTimeCode(ContactKind::Email, code)
}

#[test]
fn another_code_of_a_second_factor_replaces_the_first() {
    let mut setup = setup(Some("ann@example.com"));
    let verdict = password::decide(&setup.step("ann"), true);
    present(&mut setup, &verdict);
    let first = setup.presented.clone();
    let verdict = ask(&setup, ChallengeRetry::AnotherCode).expect("sent");
    assert_eq!(messages(&verdict), 1);
    present(&mut setup, &verdict);
    let ChallengePrompt::MfaCode { to, is_new, .. } = challenged(verdict).prompt else {
        panic!("another challenge")
    };
    assert_eq!((to.value.as_str(), is_new), ("ann@example.com", false));
    // Nothing was proven by asking, and the former session is used.
    let (_, session) = setup.presented.as_ref().expect("a session");
    assert_eq!(session.proven, [AuthMethod::Password].into_iter().collect());
    let wrong = respond(&setup, &code("345678")).expect("decided");
    assert_eq!(wrong.answer.err(), Some(Refusal::SignInCodeMismatch));
    let right = respond(&setup, &code("654321")).expect("decided");
    signed_in(right);
    let (key, session) = first.expect("a session");
    setup.presented = Some((key, session.used()));
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::SessionUsed));
}

#[test]
fn another_code_is_refused_where_none_was_sent_or_the_user_may_not_sign_in() {
    let mut setup = setup(Some("ann@example.com"));
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::SessionInvalid), "no session");
    let verdict = password::decide(&setup.step("ann"), true);
    present(&mut setup, &verdict);
    assert_eq!(ask(&setup, ChallengeRetry::AnotherAddress).err(), Some(Refusal::SessionInvalid));
    let sent = setup.presented.clone();
    for pending in [PendingChallenge::SelectMfa, PendingChallenge::SoftwareToken, PendingChallenge::Password]
    {
        setup.present(Stage::SigningIn(pending));
        for retry in [ChallengeRetry::AnotherCode, ChallengeRetry::AnotherAddress] {
            assert_eq!(ask(&setup, retry).err(), Some(Refusal::SessionInvalid));
        }
    }
    setup.presented = sent;
    let failures = (0..20)
        .fold(None, |failures: Option<Failures>, _| Some(Failures::increment(failures.as_ref(), setup.now)));
    setup.failures = failures;
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::LockedOut));
    setup.failures = None;
    setup.user.enabled = false;
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::UserDisabled));
    setup.user.enabled = true;
    setup.user.attributes.set("email", "new@example.com");
    assert_eq!(
        ask(&setup, ChallengeRetry::AnotherCode).err(),
        Some(Refusal::SessionInvalid),
        "the contact changed"
    );
    setup.user.attributes.set("email", "ann@example.com");
    setup.now = setup.now.after(Duration::from_secs(24 * 60 * 60));
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::SessionExpired));
}

#[test]
fn address_to_set_up_is_corrected_and_sent_another_code() {
    let mut setup = setup(None);
    let verdict = password::decide(&setup.step("ann"), true);
    present(&mut setup, &verdict);
    let verdict = respond(&setup, &ChallengeAnswer::MfaSetup(Some("an@example.com"))).expect("decided");
    present(&mut setup, &verdict);
    let verdict = ask(&setup, ChallengeRetry::AnotherCode).expect("sent");
    assert_eq!(messages(&verdict), 1);
    present(&mut setup, &verdict);
    let ChallengePrompt::MfaCode { is_new, .. } = challenged(verdict).prompt else {
        panic!("another challenge")
    };
    assert!(is_new);
    let verdict = ask(&setup, ChallengeRetry::AnotherAddress).expect("asked");
    assert_eq!(messages(&verdict), 0);
    present(&mut setup, &verdict);
    let asked = challenged(verdict);
    assert!(matches!(&asked.prompt, ChallengePrompt::MfaSetup { factors, .. } if *factors == MfaFactor::ALL));
    assert!(crate::sign_in::session::parse_client_id(asked.session.expose()).is_some());
    let (_, session) = setup.presented.as_ref().expect("a session");
    assert_eq!(session.proven, [AuthMethod::Password].into_iter().collect(), "no code was entered");
    let verdict = respond(&setup, &ChallengeAnswer::MfaSetup(Some("ann@example.com"))).expect("decided");
    present(&mut setup, &verdict);
    let sent = setup.fresh.code.expose().chars().rev().collect::<String>();
    let done = respond(&setup, &code(&sent[2..])).expect("decided");
    assert_eq!(signed_in(done).user.attributes.get("email"), Some("ann@example.com"));
    // Who has a factor by now sets up no other one.
    setup.user.mfa.turn_on(MfaFactor::Email);
    setup.user.attributes.set("email", "ann@example.com");
    assert_eq!(ask(&setup, ChallengeRetry::AnotherCode).err(), Some(Refusal::SessionInvalid));
    assert_eq!(ask(&setup, ChallengeRetry::AnotherAddress).err(), Some(Refusal::SessionInvalid));
}
