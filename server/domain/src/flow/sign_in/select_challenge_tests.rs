//! Tests of USER_AUTH and SELECT_CHALLENGE.

use std::collections::BTreeSet;

use super::*;
use crate::{
    Change, Timestamp,
    attribute::contact::ContactKind,
    flow::sign_in::setup::{SignInSetup, challenged, signed_in},
    id::Sub,
    pool::FirstFactor,
    secret::Secret,
    sign_in::{
        session::{Session, Stage},
        srp::exchange::PublicValue,
    },
};

use ChallengeName::{EmailOtp, Password, PasswordSrp, PasswordVerifier, SelectChallenge, SmsOtp};

fn passwordless_pool(setup: &mut SignInSetup) {
    setup.pool.first_factors =
        BTreeSet::from([FirstFactor::Password, FirstFactor::EmailOtp, FirstFactor::SmsOtp]);
    setup.pool.auto_verified = BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber]);
}

/// cog-0176, cog-0178, cog-0181.
#[test]
fn available_challenges_are_those_that_pool_and_user_have() {
    type Change = fn(&mut SignInSetup);
    let cases: [(Change, &[ChallengeName]); 7] = [
        (|_| (), &[PasswordSrp, Password]),
        (passwordless_pool, &[PasswordSrp, Password, EmailOtp]),
        (
            |setup| {
                passwordless_pool(setup);
                setup.user.attributes.set("phone_number", "+15550100");
            },
            &[PasswordSrp, Password, EmailOtp, SmsOtp],
        ),
        (
            |setup| {
                passwordless_pool(setup);
                setup.user.credential = None;
            },
            &[EmailOtp],
        ),
        (
            |setup| {
                passwordless_pool(setup);
                setup.pool.tier = Tier::Lite;
            },
            &[PasswordSrp, Password],
        ),
        (
            |setup| {
                passwordless_pool(setup);
                let expires_at = Timestamp::from_millis(i64::MAX);
                setup.user.status = Status::ForceChangePassword { expires_at };
            },
            &[PasswordSrp, Password],
        ),
        (
            |setup| {
                passwordless_pool(setup);
                setup.user.attributes.set("email", "");
                setup.user.credential = None;
            },
            &[],
        ),
    ];
    for (change, expected) in cases {
        let mut setup = SignInSetup::new();
        change(&mut setup);
        let step = setup.step("ann");
        let Ok(NextAction::Decided(verdict)) =
            choose(&step, step.found.user, &ChallengePreference::default())
        else {
            panic!("no challenge")
        };
        let challenge = challenged(verdict);
        assert_eq!((challenge.prompt.name(), challenge.available.as_slice()), (SelectChallenge, expected));
    }
}

/// Returns the challenge that a preference leads to, or the one that its parameters answer.
fn resulting_challenge(
    setup: &SignInSetup,
    typed: &str,
    preference: &ChallengePreference<'_>,
) -> ChallengeName {
    let step = setup.step(typed);
    match choose(&step, step.found.user, preference).expect("no refusal") {
        NextAction::Decided(verdict) => challenged(verdict).prompt.name(),
        NextAction::BeginSrp(_) => PasswordVerifier,
        NextAction::ComparePassword(_) => Password,
        other => panic!("{other:?}"),
    }
}

/// cog-0175 to cog-0180.
#[test]
fn choose_with_available_preference_leads_to_it() {
    let mut setup = SignInSetup::new();
    setup.client.hides_users = true;
    passwordless_pool(&mut setup);
    let (password, a) = (Secret::new("x"), PublicValue::from_hex("abc"));
    let preference = |preferred| ChallengePreference { preferred, ..ChallengePreference::default() };
    let cases = [
        (preference(None), SelectChallenge),
        (preference(Some(SmsOtp)), SelectChallenge), // cog-0179
        (preference(Some(ChallengeName::WebAuthn)), SelectChallenge),
        (preference(Some(EmailOtp)), EmailOtp),
        (ChallengePreference { password: Some(&password), ..preference(Some(Password)) }, Password),
        (ChallengePreference { a: a.clone(), ..preference(Some(PasswordSrp)) }, PasswordVerifier),
        (preference(Some(PasswordSrp)), PasswordSrp),
        (ChallengePreference { password: Some(&password), a, ..preference(None) }, SelectChallenge),
    ];
    for (preference, expected) in cases {
        assert_eq!(resulting_challenge(&setup, "ann", &preference), expected, "{preference:?}");
    }
    for (name, kind) in [(SmsOtp, ContactKind::PhoneNumber), (EmailOtp, ContactKind::Email)] {
        let meets = |unknown: &str| resulting_challenge(&setup, unknown, &preference(Some(name)));
        let is_asked = |factors: &FactorTraits| factors.has_contact(kind) && !factors.has_temporary_password;
        assert_eq!(meets(&setup.unknown_name(is_asked)), name); // cog-0177
        assert_eq!(meets(&setup.unknown_name(|factors| !factors.has_contact(kind))), SelectChallenge);
    }
}

#[test]
fn choose_password_without_password_asks_for_it() {
    let setup = SignInSetup::new();
    let step = setup.step("ann");
    let preference = ChallengePreference { preferred: Some(Password), ..ChallengePreference::default() };
    let Ok(NextAction::Decided(verdict)) = choose(&step, step.found.user, &preference) else {
        panic!("no challenge")
    };
    let waits = |change: &Change| {
        matches!(
            change,
            Change::PutSession {
                session: Session { stage: Stage::SigningIn(PendingChallenge::Password), .. },
                ..
            }
        )
    };
    assert!(verdict.remember.iter().any(waits));
    let challenge = challenged(verdict);
    assert_eq!((challenge.prompt.name(), challenge.returns_session), (Password, true));
}

#[test]
fn answer_with_unavailable_challenge_is_refused() {
    let setup = SignInSetup::new();
    let step = setup.step("ann");
    for preferred in [None, Some(EmailOtp), Some(SelectChallenge)] {
        let refused = answer(&step, &ChallengePreference { preferred, ..ChallengePreference::default() });
        assert_eq!(refused.err(), Some(Refusal::ParameterInvalid("ANSWER")));
    }
    assert!(
        answer(&step, &ChallengePreference { preferred: Some(Password), ..ChallengePreference::default() })
            .is_ok()
    );
}

/// cog-0182, cog-0217.
#[test]
fn session_of_confirmed_sign_up_signs_in_once() {
    let mut setup = SignInSetup::new();
    setup.present(Stage::Confirmed);
    let Ok(NextAction::Decided(verdict)) = after_sign_up(&setup.step("ann"), Some(&setup.user)) else {
        panic!("no tokens")
    };
    let used = |change: &Change| {
        matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
    };
    assert!(verdict.remember.iter().any(used));
    assert_eq!(signed_in(verdict).user, setup.user);

    let refused = |setup: &SignInSetup| after_sign_up(&setup.step("ann"), Some(&setup.user)).err();
    for (stage, refusal) in [
        (Stage::SignedUp, Refusal::SessionInvalid),
        (Stage::SigningIn(PendingChallenge::Select), Refusal::SessionInvalid),
        (Stage::Used, Refusal::SessionUsed),
    ] {
        setup.present(stage);
        assert_eq!(refused(&setup), Some(refusal));
    }
    setup.present(Stage::Confirmed);
    setup.now = setup.now.after(setup.client.session_ttl());
    assert_eq!(refused(&setup), Some(Refusal::SessionExpired));
    setup.present(Stage::Confirmed);
    if let Some((_, session)) = &mut setup.presented {
        session.of = Sub::new("sub-of-bob");
    }
    assert_eq!(refused(&setup), Some(Refusal::SessionInvalid));
    setup.presented = None;
    assert_eq!(refused(&setup), Some(Refusal::SessionInvalid));
}
