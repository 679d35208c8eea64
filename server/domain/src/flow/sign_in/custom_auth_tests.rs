//! Tests of CUSTOM_AUTH.

use super::*;
use crate::{
    Change,
    flow::sign_in::setup::{SignInSetup, challenged, signed_in},
    pool::mfa::{MfaFactor, MfaMode},
    sign_in::{
        lockout::Failures,
        session::{Session, Stage},
    },
    user::Status,
};

fn a() -> PublicValue {
    PublicValue::from_hex("abc").expect("a number")
}

fn result(challenge: PastChallenge, is_right: bool) -> ChallengeResult {
    ChallengeResult { challenge, is_right, metadata: None }
}

#[test]
fn read_returns_client_value_only_if_challenge_name_is_srp_a() {
    let read = |pairs: &[(&str, &str)]| read(&pairs.iter().copied().collect());
    assert_eq!(read(&[]).map(|a| a.is_some()), Ok(false));
    assert_eq!(read(&[("SRP_A", "abc")]).map(|a| a.is_some()), Ok(false), "CHALLENGE_NAME is missing");
    assert_eq!(read(&[("CHALLENGE_NAME", "CUSTOM_CHALLENGE")]).map(|a| a.is_some()), Ok(false));
    let with_password = ("CHALLENGE_NAME", "SRP_A");
    assert_eq!(read(&[with_password, ("SRP_A", "abc")]).map(|a| a.is_some()), Ok(true));
    assert_eq!(read(&[with_password]).err(), Some(Refusal::ParameterMissing("SRP_A")));
    assert_eq!(read(&[with_password, ("SRP_A", "0")]).err(), Some(Refusal::ParameterInvalid("SRP_A")));
}

#[test]
fn past_challenges_are_those_of_the_state() {
    let (srp, password) = (result(PastChallenge::SrpA, true), result(PastChallenge::PasswordVerifier, true));
    assert_eq!(CustomAuthState::Started(None).past(), []);
    assert_eq!(CustomAuthState::Started(Some(a())).past(), std::slice::from_ref(&srp));
    assert_eq!(CustomAuthState::PasswordVerified.past(), [srp.clone(), password.clone()]);
    let challenge = CustomChallenge {
        past: vec![srp.clone(), password.clone()],
        private: BTreeMap::from([("answer".into(), "5".into())]),
        metadata: Some("CODE-5".into()),
    };
    assert_eq!(CustomChallenge::from_secret(&challenge.to_secret()).as_ref(), Some(&challenge));
    assert!(!format!("{challenge:?}").contains('5'), "{challenge:?}");
    let past = challenge.answered(false);
    assert_eq!(past[..2], [srp, password]);
    assert_eq!((past[2].is_right, past[2].metadata.as_deref()), (false, Some("CODE-5")));
    assert!(!format!("{past:?}").contains('5'), "{past:?}");
}

#[test]
fn apply_definition_returns_the_action_of_each_reply() {
    let setup = SignInSetup::new();
    let step = setup.step("ann");
    let (plain, srp) = (CustomAuthState::Started(None), CustomAuthState::Started(Some(a())));
    let sealed = Sealed::from_text("x");
    let answered = CustomAuthState::Answered(&sealed, "5");
    for state in [&plain, &srp, &answered, &CustomAuthState::PasswordVerified] {
        let outcome = |definition| apply_definition(&step, state, &[], definition);
        assert!(matches!(outcome(ChallengeDefinition::Custom), Ok(CustomAuthAction::CreateChallenge)));
        assert!(matches!(
            outcome(ChallengeDefinition::Tokens),
            Ok(CustomAuthAction::Decided(Verdict { answer: Ok(SignInOutcome::SignedIn(_)), .. }))
        ));
        let failed = outcome(ChallengeDefinition::Fail);
        let Ok(CustomAuthAction::Decided(Verdict { answer: Err(Refusal::WrongPassword), remember })) = failed
        else {
            panic!("{failed:?}")
        };
        assert!(matches!(remember.as_slice(), [Change::PutFailures { .. }]));
        match (outcome(ChallengeDefinition::PasswordVerifier), state) {
            (Ok(CustomAuthAction::BeginSrp(_)), CustomAuthState::Started(Some(_))) => {}
            (Err(Refusal::PasswordChallengeNotAllowed), state) => {
                assert!(!matches!(state, CustomAuthState::Started(Some(_))))
            }
            other => panic!("{other:?}"),
        }
    }
    let past = vec![result(PastChallenge::Custom, false); MAX_CHALLENGES];
    let last = apply_definition(&step, &answered, &past, ChallengeDefinition::Custom);
    assert!(
        matches!(last, Ok(CustomAuthAction::Decided(Verdict { answer: Err(Refusal::WrongPassword), .. }))),
        "the number of challenges is limited"
    );
}

/// cog-0186.
#[test]
fn unknown_user_is_challenged_but_gets_no_tokens() {
    let mut setup = SignInSetup::new();
    let state = CustomAuthState::Started(Some(a()));
    assert_eq!(
        apply_definition(&setup.step("unknown"), &state, &[], ChallengeDefinition::Custom).err(),
        Some(Refusal::UserNotFound)
    );
    setup.client.hides_users = true;
    let step = setup.step("unknown");
    let outcome = |definition| apply_definition(&step, &state, &[], definition);
    assert!(matches!(outcome(ChallengeDefinition::Custom), Ok(CustomAuthAction::CreateChallenge)));
    assert!(matches!(outcome(ChallengeDefinition::PasswordVerifier), Ok(CustomAuthAction::BeginSrp(_))));
    for definition in [ChallengeDefinition::Tokens, ChallengeDefinition::Fail] {
        let failed = outcome(definition);
        assert!(matches!(
            failed,
            Ok(CustomAuthAction::Decided(Verdict { answer: Err(Refusal::WrongPassword), .. }))
        ));
    }
    let challenge = challenged(send_challenge(&step, Sealed::from_text("x"), BTreeMap::new()));
    assert!(
        matches!(challenge.prompt, ChallengePrompt::Custom { username, .. } if username.as_str() == "unknown")
    );
}

#[test]
fn apply_definition_for_user_who_may_not_sign_in_is_refused() {
    let mut setup = SignInSetup::new();
    setup.failures = Some(Failures { count: 8, last_at: setup.now });
    let outcome = |setup: &SignInSetup| {
        apply_definition(
            &setup.step("ann"),
            &CustomAuthState::Started(None),
            &[],
            ChallengeDefinition::Tokens,
        )
        .err()
    };
    assert_eq!(outcome(&setup), Some(Refusal::LockedOut));
    setup.failures = None;
    setup.user.status = Status::ResetRequired;
    assert_eq!(outcome(&setup), Some(Refusal::PasswordResetRequired));
    setup.user.status = Status::ForceChangePassword { expires_at: setup.now };
    assert_eq!(outcome(&setup), None, "a temporary password does not matter, because no password is needed");
}

#[test]
fn custom_sign_in_of_user_with_second_factor_asks_for_it() {
    let mut setup = SignInSetup::new();
    setup.pool.mfa.mode = MfaMode::On;
    setup.pool.mfa.factors = MfaFactor::ALL.into();
    setup.user.attributes.set("phone_number", "+15555550100");
    setup.user.mfa.turn_on(MfaFactor::Sms);
    let step = setup.step("ann");
    let Ok(CustomAuthAction::Decided(verdict)) =
        apply_definition(&step, &CustomAuthState::Started(None), &[], ChallengeDefinition::Tokens)
    else {
        panic!("not decided")
    };
    assert!(matches!(challenged(verdict).prompt, ChallengePrompt::MfaCode { .. }));
}

#[test]
fn every_step_of_custom_sign_in_uses_up_its_session() {
    let mut setup = SignInSetup::new();
    setup.present(Stage::SigningIn(PendingChallenge::Custom(Sealed::from_text("x"))));
    let step = setup.step("ann");
    let sealed = Sealed::from_text("x");
    let state = CustomAuthState::Answered(&sealed, "5");
    let is_used = |remember: &[Change]| {
        let used = |change: &Change| {
            matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
        };
        remember.iter().filter(|change| used(change)).count() == 1
    };
    for definition in [ChallengeDefinition::Tokens, ChallengeDefinition::Fail] {
        let Ok(CustomAuthAction::Decided(verdict)) = apply_definition(&step, &state, &[], definition) else {
            panic!("not decided")
        };
        assert!(is_used(&verdict.remember), "{definition:?}");
        if definition == ChallengeDefinition::Tokens {
            assert_eq!(signed_in(verdict).user, setup.user);
        }
    }
    let sent = send_challenge(&step, sealed.clone(), BTreeMap::from([("q".into(), "2+3".into())]));
    assert!(is_used(&sent.remember));
    let challenge = challenged(sent);
    assert!(challenge.returns_session && challenge.available.is_empty());
}
