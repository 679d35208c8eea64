use std::time::Duration;

use super::*;
use crate::{
    attribute::contact::Contact,
    flow::sign_in::fixture::House,
    secret::Sealed,
    sign_in::{
        challenge::SentCode,
        lockout::Failures,
        session::{SessionHandle, Stage},
        srp::exchange::Values,
    },
    user::Status,
};

const TIME: (&str, &str) = ("TIMESTAMP", "Sat Nov 21 07:30:00 UTC 2026");

fn values() -> Values {
    let value = |text| PublicValue::from_hex(text).expect("a number");
    Values { a: value("a"), b: value("b") }
}

type Case = (ChallengeName, Awaited, Vec<(&'static str, String)>);

/// One answer to every challenge that is served, with whatever it needs.
fn answers() -> Vec<Case> {
    let block = SessionHandle::generate(&[1; 64]).to_secret_block();
    let house = House::new();
    let sent = |kind, value: &str| {
        let to = Contact { kind, value: value.into() };
        Awaited::OneTimeCode(SentCode::new(
            &house.keys,
            &house.pool.id,
            &house.user.sub,
            &house.fresh.code,
            to,
        ))
    };
    let text = |pairs: &[(&'static str, &str)]| {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let until = house.now.after(Duration::from_secs(60));
    vec![
        (ChallengeName::SelectChallenge, Awaited::Select, text(&[("ANSWER", "PASSWORD")])),
        (ChallengeName::Password, Awaited::Password, text(&[("PASSWORD", "x")])),
        (ChallengeName::PasswordSrp, Awaited::PasswordSrp, text(&[("SRP_A", "abc")])),
        (
            ChallengeName::PasswordVerifier,
            Awaited::PasswordVerifier(values()),
            text(&[("PASSWORD_CLAIM_SECRET_BLOCK", block.as_str()), ("PASSWORD_CLAIM_SIGNATURE", "y"), TIME]),
        ),
        (ChallengeName::CustomChallenge, Awaited::Custom(Sealed::from_text("x")), text(&[("ANSWER", "5")])),
        (
            ChallengeName::NewPasswordRequired,
            Awaited::NewPassword(until),
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
fn every_parameter_is_needed() {
    let house = House::new();
    for (name, _, parameters) in answers() {
        let whole = with_username(&parameters);
        assert!(read(&house.caller(), name, None, &whole).is_ok(), "{name:?}");
        let without: Parameters = parameters.iter().cloned().collect();
        let refused = read(&house.caller(), name, None, &without).err();
        assert_eq!(refused, Some(Refusal::ParameterMissing("USERNAME")));
        for (missing, _) in &parameters {
            let others: Vec<_> = parameters.iter().filter(|(other, _)| other != missing).cloned().collect();
            let refused = read(&house.caller(), name, None, &with_username(&others)).err();
            assert_eq!(refused, Some(Refusal::ParameterMissing(missing)), "{name:?}");
        }
    }
}

/// However right an answer is, no function hears of it.
#[test]
fn functions_are_not_asked_about_whoever_is_locked_out() {
    let mut house = House::new();
    house.failures = Some(Failures { count: 8, last_at: house.now });
    let awaited = [Awaited::CustomPasswordVerifier(values()), Awaited::Custom(Sealed::from_text("x"))];
    for (name, _, parameters) in answers() {
        let parameters = with_username(&parameters);
        let response = read(&house.caller(), name, None, &parameters).expect("read");
        for awaited in &awaited {
            let is_answer = awaited.name() == name;
            house.present(Stage::SigningIn(awaited.clone()));
            let met = next(&house.step("ann"), &response.answer, Some("handle"), &Holders::new()).err();
            let expected = if is_answer { Refusal::LockedOut } else { Refusal::SessionInvalid };
            assert_eq!(met, Some(expected), "{name:?}");
        }
    }
}

/// cog-0225, cog-0226, cog-0228.
#[test]
fn a_session_waits_for_one_challenge_of_one_user() {
    for (name, awaited, parameters) in answers() {
        let parameters = with_username(&parameters);
        let mut house = House::new();
        if let Awaited::NewPassword(expires_at) = awaited {
            house.user.status = Status::ForceChangePassword { expires_at };
        }
        let response = read(&house.caller(), name, None, &parameters).expect("read");
        let met =
            |house: &House| next(&house.step("ann"), &response.answer, Some("handle"), &Holders::new()).err();
        house.present(Stage::SigningIn(awaited.clone()));
        assert_eq!(met(&house), None, "{name:?}");
        for (_, other, _) in answers() {
            let is_same = std::mem::discriminant(&other) == std::mem::discriminant(&awaited);
            if other.name() != awaited.name() {
                house.present(Stage::SigningIn(other));
                assert_eq!(met(&house), Some(Refusal::SessionInvalid), "{name:?} {is_same}");
            }
        }
        for (stage, refusal) in [
            (Stage::Used, Refusal::SessionUsed),
            (Stage::SignedUp, Refusal::SessionInvalid),
            (Stage::Confirmed, Refusal::SessionInvalid),
        ] {
            house.present(stage);
            assert_eq!(met(&house), Some(refusal), "{name:?}");
        }
        house.present(Stage::SigningIn(awaited.clone()));
        house.now = house.now.after(house.client.session_ttl());
        assert_eq!(met(&house), Some(Refusal::SessionExpired), "{name:?}");
        house.present(Stage::SigningIn(awaited));
        if let Some((_, session)) = &mut house.presented {
            session.of = crate::id::Sub::new("sub-of-bob");
        }
        assert_eq!(met(&house), Some(Refusal::SessionInvalid), "{name:?}");
        house.presented = None;
        let absent = if name == ChallengeName::PasswordVerifier {
            Refusal::WrongPassword
        } else {
            Refusal::SessionInvalid
        };
        assert_eq!(met(&house), Some(absent), "{name:?}");
    }
}

#[test]
fn a_secret_block_leads_to_its_session() {
    let house = House::new();
    let handle = SessionHandle::generate(&[1; 64]);
    let (_, _, parameters) = answers().swap_remove(3);
    let parameters = with_username(&parameters);
    let read = |session| read(&house.caller(), ChallengeName::PasswordVerifier, session, &parameters);
    assert_eq!(read(None).expect("read").handle.as_deref(), Some(handle.expose()));
    assert_eq!(read(Some(handle.expose())).expect("read").handle.as_deref(), Some(handle.expose()));
    assert_eq!(read(Some("another session")).err(), Some(Refusal::SessionInvalid));
    let spoilt =
        [("USERNAME", "ann"), ("PASSWORD_CLAIM_SECRET_BLOCK", "%"), ("PASSWORD_CLAIM_SIGNATURE", "y"), TIME];
    let spoilt: Parameters = spoilt.into_iter().collect();
    let refused = super::read(&house.caller(), ChallengeName::PasswordVerifier, None, &spoilt).err();
    assert_eq!(refused, Some(Refusal::WrongPassword));
}

#[test]
fn what_is_never_asked_cannot_be_answered() {
    let house = House::new();
    let parameters = with_username(&[]);
    let refused = read(&house.caller(), ChallengeName::AdminNoSrpAuth, None, &parameters).err();
    assert_eq!(refused, Some(Refusal::SessionInvalid));
}

/// cog-0233.
#[test]
fn the_secret_hash_is_checked() {
    let mut house = House::new();
    house.secrets = vec![Secret::new("secret")];
    let parameters = with_username(&[("PASSWORD", "x".into())]);
    let refused = read(&house.caller(), ChallengeName::Password, None, &parameters).err();
    assert_eq!(refused, Some(Refusal::SecretHashMissing(house.client.id.clone())));
}

#[test]
fn names_are_wanted_only_where_they_may_be_gained() {
    let mut house = House::new();
    house.pool = crate::fixture::alias_pool();
    for (name, awaited, parameters) in answers() {
        let parameters = with_username(&parameters);
        let response = read(&house.caller(), name, None, &parameters).expect("read");
        house.present(Stage::SigningIn(awaited));
        let wanted = names_wanted(&house.step("ann"), &response.answer).len();
        assert_eq!(wanted, usize::from(name == ChallengeName::EmailOtp), "{name:?}");
    }
}
