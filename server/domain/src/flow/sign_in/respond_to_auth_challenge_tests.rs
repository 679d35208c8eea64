//! Tests of RespondToAuthChallenge.

use std::time::Duration;

use super::*;
use crate::{
    attribute::contact::Contact,
    flow::sign_in::setup::SignInSetup,
    secret::Sealed,
    sign_in::{
        challenge::SentCode,
        lockout::Failures,
        session::{SessionHandle, Stage},
        srp::exchange::ExchangeValues,
    },
    user::Status,
};

const TIME: (&str, &str) = ("TIMESTAMP", "Sat Nov 21 07:30:00 UTC 2026");

fn values() -> ExchangeValues {
    let value = |text| PublicValue::from_hex(text).expect("a number");
    ExchangeValues { a: value("a"), b: value("b") }
}

type Case = (ChallengeName, PendingChallenge, Vec<(&'static str, String)>);

/// Returns an answer to each challenge, with all its parameters.
fn answers() -> Vec<Case> {
    let block = SessionHandle::generate(&[1; 64]).to_secret_block();
    let setup = SignInSetup::new();
    let sent = |kind, value: &str| {
        let to = Contact { kind, value: value.into() };
        PendingChallenge::OneTimeCode(SentCode::new(
            &setup.keys,
            &setup.pool.id,
            &setup.user.sub,
            &setup.fresh.code,
            to,
        ))
    };
    let text = |pairs: &[(&'static str, &str)]| {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let until = setup.now.after(Duration::from_secs(60));
    vec![
        (ChallengeName::SelectChallenge, PendingChallenge::Select, text(&[("ANSWER", "PASSWORD")])),
        (ChallengeName::Password, PendingChallenge::Password, text(&[("PASSWORD", "x")])),
        (ChallengeName::PasswordSrp, PendingChallenge::PasswordSrp, text(&[("SRP_A", "abc")])),
        (
            ChallengeName::PasswordVerifier,
            PendingChallenge::PasswordVerifier(values()),
            text(&[("PASSWORD_CLAIM_SECRET_BLOCK", block.as_str()), ("PASSWORD_CLAIM_SIGNATURE", "y"), TIME]),
        ),
        (
            ChallengeName::CustomChallenge,
            PendingChallenge::Custom(Sealed::from_text("x")),
            text(&[("ANSWER", "5")]),
        ),
        (
            ChallengeName::NewPasswordRequired,
            PendingChallenge::NewPassword(until),
            text(&[("NEW_PASSWORD", "Passw0rd!")]),
        ),
        (
            ChallengeName::EmailOtp,
            sent(ContactKind::Email, "ann@example.com"),
            text(&[("EMAIL_OTP_CODE", "12345678")]),
        ),
        (
            ChallengeName::SmsOtp,
            sent(ContactKind::PhoneNumber, "+15550100"),
            text(&[("SMS_OTP_CODE", "12345678")]),
        ),
    ]
}

fn with_username(parameters: &[(&'static str, String)]) -> Parameters {
    let username = [("USERNAME", "ann".to_owned())].into_iter();
    username.chain(parameters.iter().cloned()).collect()
}

#[test]
fn read_without_any_parameter_is_refused() {
    let setup = SignInSetup::new();
    for (name, _, parameters) in answers() {
        let whole = with_username(&parameters);
        assert!(read(&setup.caller(), name, session_of(name), &whole).is_ok(), "{name:?}");
        let without: Parameters = parameters.iter().cloned().collect();
        let refused = read(&setup.caller(), name, None, &without).err();
        assert_eq!(refused, Some(Refusal::ParameterMissing("USERNAME")));
        for (missing, _) in &parameters {
            let others: Vec<_> = parameters.iter().filter(|(other, _)| other != missing).cloned().collect();
            let refused = read(&setup.caller(), name, None, &with_username(&others)).err();
            assert_eq!(refused, Some(Refusal::ParameterMissing(missing)), "{name:?}");
        }
    }
}

/// Returns the Session of a request: any, but for the challenges that may come without one.
fn session_of(name: ChallengeName) -> Option<&'static str> {
    use ChallengeName::{DevicePasswordVerifier, DeviceSrpAuth, PasswordVerifier};
    (!matches!(name, PasswordVerifier | DevicePasswordVerifier | DeviceSrpAuth)).then_some("handle")
}

#[test]
fn answer_without_session_is_refused() {
    for (name, _, parameters) in answers() {
        let parameters = with_username(&parameters);
        let refused = read(&SignInSetup::new().caller(), name, None, &parameters).err();
        let missing = session_of(name).map(|_| Refusal::ParameterMissing("Session"));
        assert_eq!(refused, missing, "{name:?}"); // api-0323
    }
}

#[test]
fn answer_in_custom_sign_in_while_locked_out_is_refused() {
    let mut setup = SignInSetup::new();
    setup.failures = Some(Failures { count: 8, last_at: setup.now });
    let pending = [
        PendingChallenge::CustomPasswordVerifier(values()),
        PendingChallenge::Custom(Sealed::from_text("x")),
    ];
    for (name, _, parameters) in answers() {
        let parameters = with_username(&parameters);
        let response = read(&setup.caller(), name, session_of(name), &parameters).expect("valid parameters");
        for pending in &pending {
            let is_answer = pending.name() == name;
            setup.present(Stage::SigningIn(pending.clone()));
            let outcome =
                next_action(&setup.step("ann"), &response.answer, Some("handle"), &NameHolders::new()).err();
            let expected = if is_answer { Refusal::LockedOut } else { Refusal::SessionInvalid };
            assert_eq!(outcome, Some(expected), "{name:?}");
        }
    }
}

/// cog-0225, cog-0226, cog-0228.
#[test]
fn answer_with_wrong_used_or_expired_session_is_refused() {
    for (name, pending, parameters) in answers() {
        let parameters = with_username(&parameters);
        let mut setup = SignInSetup::new();
        if let PendingChallenge::NewPassword(expires_at) = pending {
            setup.user.status = Status::ForceChangePassword { expires_at };
        }
        let response = read(&setup.caller(), name, session_of(name), &parameters).expect("valid parameters");
        let outcome = |setup: &SignInSetup| {
            next_action(&setup.step("ann"), &response.answer, Some("handle"), &NameHolders::new()).err()
        };
        setup.present(Stage::SigningIn(pending.clone()));
        assert_eq!(outcome(&setup), None, "{name:?}");
        for (_, other, _) in answers() {
            let is_same = std::mem::discriminant(&other) == std::mem::discriminant(&pending);
            if other.name() != pending.name() {
                setup.present(Stage::SigningIn(other));
                assert_eq!(outcome(&setup), Some(Refusal::SessionInvalid), "{name:?} {is_same}");
            }
        }
        for (stage, refusal) in [
            (Stage::Used, Refusal::SessionUsed),
            (Stage::SignedUp, Refusal::SessionInvalid),
            (Stage::Confirmed, Refusal::SessionInvalid),
        ] {
            setup.present(stage);
            assert_eq!(outcome(&setup), Some(refusal), "{name:?}");
        }
        setup.present(Stage::SigningIn(pending.clone()));
        setup.now = setup.now.after(setup.client.session_ttl());
        assert_eq!(outcome(&setup), Some(Refusal::SessionExpired), "{name:?}");
        setup.present(Stage::SigningIn(pending));
        if let Some((_, session)) = &mut setup.presented {
            session.of = crate::id::Sub::new("sub-of-bob");
        }
        assert_eq!(outcome(&setup), Some(Refusal::SessionInvalid), "{name:?}");
        setup.presented = None;
        let absent = if name == ChallengeName::PasswordVerifier {
            Refusal::WrongPassword
        } else {
            Refusal::SessionInvalid
        };
        assert_eq!(outcome(&setup), Some(absent), "{name:?}");
    }
}

#[test]
fn read_finds_the_session_handle_in_the_secret_block() {
    let setup = SignInSetup::new();
    let handle = SessionHandle::generate(&[1; 64]);
    let (_, _, parameters) = answers().swap_remove(3);
    let parameters = with_username(&parameters);
    let read = |session| read(&setup.caller(), ChallengeName::PasswordVerifier, session, &parameters);
    assert_eq!(read(None).expect("valid parameters").handle.as_deref(), Some(handle.expose()));
    assert_eq!(
        read(Some(handle.expose())).expect("valid parameters").handle.as_deref(),
        Some(handle.expose())
    );
    assert_eq!(read(Some("another session")).err(), Some(Refusal::SessionInvalid));
    let spoilt =
        [("USERNAME", "ann"), ("PASSWORD_CLAIM_SECRET_BLOCK", "%"), ("PASSWORD_CLAIM_SIGNATURE", "y"), TIME];
    let spoilt: Parameters = spoilt.into_iter().collect();
    let refused = super::read(&setup.caller(), ChallengeName::PasswordVerifier, None, &spoilt).err();
    assert_eq!(refused, Some(Refusal::WrongPassword));
}

#[test]
fn answer_to_challenge_that_is_never_sent_is_refused() {
    let setup = SignInSetup::new();
    let parameters = with_username(&[]);
    let refused = read(&setup.caller(), ChallengeName::AdminNoSrpAuth, None, &parameters).err();
    assert_eq!(refused, Some(Refusal::SessionInvalid));
}

/// cog-0233.
#[test]
fn read_with_missing_secret_hash_is_refused() {
    let mut setup = SignInSetup::new();
    setup.secrets = vec![Secret::new("secret")];
    let parameters = with_username(&[("PASSWORD", "x".into())]);
    let refused = read(&setup.caller(), ChallengeName::Password, None, &parameters).err();
    assert_eq!(refused, Some(Refusal::SecretHashMissing(setup.client.id.clone())));
}

#[test]
fn names_to_reserve_are_those_that_an_answer_may_assign() {
    let mut setup = SignInSetup::new();
    setup.pool = crate::fixture::alias_pool();
    for (name, pending, parameters) in answers() {
        let parameters = with_username(&parameters);
        let response = read(&setup.caller(), name, session_of(name), &parameters).expect("valid parameters");
        setup.present(Stage::SigningIn(pending));
        let names = names_to_reserve(&setup.step("ann"), &response.answer).len();
        assert_eq!(names, usize::from(name == ChallengeName::EmailOtp), "{name:?}");
    }
}
