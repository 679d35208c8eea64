use super::*;
use crate::{
    Change,
    flow::sign_in::fixture::{House, challenged, signed_in},
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
fn how_it_begins() {
    let read = |pairs: &[(&str, &str)]| read(&pairs.iter().copied().collect());
    assert_eq!(read(&[]).map(|a| a.is_some()), Ok(false));
    assert_eq!(read(&[("SRP_A", "abc")]).map(|a| a.is_some()), Ok(false), "nothing says that it is meant");
    assert_eq!(read(&[("CHALLENGE_NAME", "CUSTOM_CHALLENGE")]).map(|a| a.is_some()), Ok(false));
    let with_password = ("CHALLENGE_NAME", "SRP_A");
    assert_eq!(read(&[with_password, ("SRP_A", "abc")]).map(|a| a.is_some()), Ok(true));
    assert_eq!(read(&[with_password]).err(), Some(Refusal::ParameterMissing("SRP_A")));
    assert_eq!(read(&[with_password, ("SRP_A", "0")]).err(), Some(Refusal::ParameterInvalid("SRP_A")));
}

#[test]
fn what_has_been() {
    let (srp, password) = (result(PastChallenge::SrpA, true), result(PastChallenge::PasswordVerifier, true));
    assert_eq!(Standing::Begun(None).past(), []);
    assert_eq!(Standing::Begun(Some(a())).past(), std::slice::from_ref(&srp));
    assert_eq!(Standing::PasswordShown.past(), [srp.clone(), password.clone()]);
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
fn what_follows_from_a_definition() {
    let house = House::new();
    let step = house.step("ann");
    let (plain, srp) = (Standing::Begun(None), Standing::Begun(Some(a())));
    let sealed = Sealed::from_text("x");
    let answered = Standing::Answered(&sealed, "5");
    for standing in [&plain, &srp, &answered, &Standing::PasswordShown] {
        let met = |definition| then(&step, standing, &[], definition);
        assert!(matches!(met(Definition::Custom), Ok(Then::Create)));
        assert!(matches!(
            met(Definition::Tokens),
            Ok(Then::Decided(Verdict { answer: Ok(Outcome::SignedIn(_)), .. }))
        ));
        let failed = met(Definition::Fail);
        let Ok(Then::Decided(Verdict { answer: Err(Refusal::WrongPassword), remember })) = failed else {
            panic!("{failed:?}")
        };
        assert!(matches!(remember.as_slice(), [Change::PutFailures { .. }]));
        match (met(Definition::PasswordVerifier), standing) {
            (Ok(Then::Exchange(_)), Standing::Begun(Some(_))) => {}
            (Err(Refusal::ChallengeOutOfPlace), standing) => {
                assert!(!matches!(standing, Standing::Begun(Some(_))))
            }
            other => panic!("{other:?}"),
        }
    }
    let past = vec![result(PastChallenge::Custom, false); MOST_CHALLENGES];
    let last = then(&step, &answered, &past, Definition::Custom);
    assert!(
        matches!(last, Ok(Then::Decided(Verdict { answer: Err(Refusal::WrongPassword), .. }))),
        "it must end"
    );
}

/// cog-0186.
#[test]
fn nobody_is_challenged_and_gets_no_tokens() {
    let mut house = House::new();
    let standing = Standing::Begun(Some(a()));
    assert_eq!(
        then(&house.step("nobody"), &standing, &[], Definition::Custom).err(),
        Some(Refusal::UserNotFound)
    );
    house.client.hides_users = true;
    let step = house.step("nobody");
    let met = |definition| then(&step, &standing, &[], definition);
    assert!(matches!(met(Definition::Custom), Ok(Then::Create)));
    assert!(matches!(met(Definition::PasswordVerifier), Ok(Then::Exchange(_))));
    for definition in [Definition::Tokens, Definition::Fail] {
        let failed = met(definition);
        assert!(matches!(failed, Ok(Then::Decided(Verdict { answer: Err(Refusal::WrongPassword), .. }))));
    }
    let shown = challenged(ask(&step, Sealed::from_text("x"), BTreeMap::new()));
    assert!(matches!(shown.asked, Asked::Custom { username, .. } if username.as_str() == "nobody"));
}

#[test]
fn who_may_sign_in_is_asked_each_time() {
    let mut house = House::new();
    house.failures = Some(Failures { count: 8, last_at: house.now });
    let met = |house: &House| then(&house.step("ann"), &Standing::Begun(None), &[], Definition::Tokens).err();
    assert_eq!(met(&house), Some(Refusal::LockedOut));
    house.failures = None;
    house.user.status = Status::ResetRequired;
    assert_eq!(met(&house), Some(Refusal::PasswordResetRequired));
    house.user.status = Status::ForceChangePassword { expires_at: house.now };
    assert_eq!(met(&house), None, "whoever needs no password may sign in with a temporary one");
}

#[test]
fn a_second_factor_is_never_left_out() {
    let mut house = House::new();
    house.pool.mfa.mode = MfaMode::On;
    house.pool.mfa.factors = MfaFactor::ALL.into();
    house.user.attributes.set("phone_number", "+15555550100");
    house.user.mfa.turn_on(MfaFactor::Sms);
    let step = house.step("ann");
    let Ok(Then::Decided(verdict)) = then(&step, &Standing::Begun(None), &[], Definition::Tokens) else {
        panic!("decided")
    };
    assert!(matches!(challenged(verdict).asked, Asked::MfaCode { .. }));
}

#[test]
fn a_session_is_used_by_every_step() {
    let mut house = House::new();
    house.present(Stage::SigningIn(Awaited::Custom(Sealed::from_text("x"))));
    let step = house.step("ann");
    let sealed = Sealed::from_text("x");
    let standing = Standing::Answered(&sealed, "5");
    let is_used = |remember: &[Change]| {
        let used = |change: &Change| {
            matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
        };
        remember.iter().filter(|change| used(change)).count() == 1
    };
    for definition in [Definition::Tokens, Definition::Fail] {
        let Ok(Then::Decided(verdict)) = then(&step, &standing, &[], definition) else { panic!("decided") };
        assert!(is_used(&verdict.remember), "{definition:?}");
        if definition == Definition::Tokens {
            assert_eq!(signed_in(verdict).user, house.user);
        }
    }
    let asked = ask(&step, sealed.clone(), BTreeMap::from([("q".into(), "2+3".into())]));
    assert!(is_used(&asked.remember));
    let challenge = challenged(asked);
    assert!(challenge.tells_session && challenge.available.is_empty());
}
