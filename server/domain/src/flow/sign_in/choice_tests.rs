use std::collections::BTreeSet;

use super::*;
use crate::{
    Change, Timestamp,
    attribute::contact::ContactKind,
    flow::sign_in::fixture::{House, challenged, signed_in},
    id::Sub,
    pool::FirstFactor,
    secret::Secret,
    sign_in::{
        session::{Session, Stage},
        srp::exchange::PublicValue,
    },
};

use ChallengeName::{EmailOtp, Password, PasswordSrp, PasswordVerifier, SelectChallenge, SmsOtp};

fn passwordless_pool(house: &mut House) {
    house.pool.first_factors =
        BTreeSet::from([FirstFactor::Password, FirstFactor::EmailOtp, FirstFactor::SmsOtp]);
    house.pool.auto_verified = BTreeSet::from([ContactKind::Email, ContactKind::PhoneNumber]);
}

/// cog-0176, cog-0178, cog-0181.
#[test]
fn what_there_is_to_choose_from() {
    type Change = fn(&mut House);
    let cases: [(Change, &[ChallengeName]); 7] = [
        (|_| (), &[PasswordSrp, Password]),
        (passwordless_pool, &[PasswordSrp, Password, EmailOtp]),
        (
            |house| {
                passwordless_pool(house);
                house.user.attributes.set("phone_number", "+15550100");
            },
            &[PasswordSrp, Password, EmailOtp, SmsOtp],
        ),
        (
            |house| {
                passwordless_pool(house);
                house.user.credential = None;
            },
            &[EmailOtp],
        ),
        (
            |house| {
                passwordless_pool(house);
                house.pool.tier = Tier::Lite;
            },
            &[PasswordSrp, Password],
        ),
        (
            |house| {
                passwordless_pool(house);
                let expires_at = Timestamp::from_millis(i64::MAX);
                house.user.status = Status::ForceChangePassword { expires_at };
            },
            &[PasswordSrp, Password],
        ),
        (
            |house| {
                passwordless_pool(house);
                house.user.attributes.set("email", "");
                house.user.credential = None;
            },
            &[],
        ),
    ];
    for (change, expected) in cases {
        let mut house = House::new();
        change(&mut house);
        let step = house.step("ann");
        let Ok(Next::Decided(verdict)) = choose(&step, step.found.user, &Wish::default()) else {
            panic!("a choice")
        };
        let challenge = challenged(verdict);
        assert_eq!((challenge.asked.name(), challenge.available.as_slice()), (SelectChallenge, expected));
    }
}

/// How a wish is granted: the challenge, or the work that comes first.
fn granted(house: &House, typed: &str, wish: &Wish<'_>) -> ChallengeName {
    let step = house.step(typed);
    match choose(&step, step.found.user, wish).expect("no refusal") {
        Next::Decided(verdict) => challenged(verdict).asked.name(),
        Next::Exchange(_) => PasswordVerifier,
        Next::Compare(_) => Password,
        other => panic!("{other:?}"),
    }
}

/// cog-0175 to cog-0180.
#[test]
fn a_wish_is_granted_if_it_can_be() {
    let mut house = House::new();
    house.client.hides_users = true;
    passwordless_pool(&mut house);
    let (password, a) = (Secret::new("x"), PublicValue::from_hex("abc"));
    let wish = |preferred| Wish { preferred, ..Wish::default() };
    let cases = [
        (wish(None), SelectChallenge),
        (wish(Some(SmsOtp)), SelectChallenge), // cog-0179
        (wish(Some(ChallengeName::WebAuthn)), SelectChallenge),
        (wish(Some(EmailOtp)), EmailOtp),
        (Wish { password: Some(&password), ..wish(Some(Password)) }, Password),
        (Wish { a: a.clone(), ..wish(Some(PasswordSrp)) }, PasswordVerifier),
        (wish(Some(PasswordSrp)), PasswordSrp),
        (Wish { password: Some(&password), a, ..wish(None) }, SelectChallenge),
    ];
    for (wish, expected) in cases {
        assert_eq!(granted(&house, "ann", &wish), expected, "{wish:?}");
    }
    assert_eq!(granted(&house, "nobody", &wish(Some(SmsOtp))), SmsOtp, "nobody may have any of them");
    assert_eq!(granted(&house, "nobody", &wish(Some(EmailOtp))), EmailOtp); // cog-0177
}

#[test]
fn a_password_that_is_wanted_is_asked_for() {
    let house = House::new();
    let step = house.step("ann");
    let wish = Wish { preferred: Some(Password), ..Wish::default() };
    let Ok(Next::Decided(verdict)) = choose(&step, step.found.user, &wish) else { panic!("a challenge") };
    let waits = |change: &Change| {
        matches!(
            change,
            Change::PutSession { session: Session { stage: Stage::SigningIn(Awaited::Password), .. }, .. }
        )
    };
    assert!(verdict.remember.iter().any(waits));
    let challenge = challenged(verdict);
    assert_eq!((challenge.asked.name(), challenge.tells_session), (Password, true));
}

#[test]
fn an_answer_must_be_one_of_the_choices() {
    let house = House::new();
    let step = house.step("ann");
    for preferred in [None, Some(EmailOtp), Some(SelectChallenge)] {
        let refused = answer(&step, &Wish { preferred, ..Wish::default() });
        assert_eq!(refused.err(), Some(Refusal::ParameterInvalid("ANSWER")));
    }
    assert!(answer(&step, &Wish { preferred: Some(Password), ..Wish::default() }).is_ok());
}

/// cog-0182, cog-0217.
#[test]
fn the_session_of_a_confirmation_signs_in_once() {
    let mut house = House::new();
    house.present(Stage::Confirmed);
    let Ok(Next::Decided(verdict)) = after_sign_up(&house.step("ann"), Some(&house.user)) else {
        panic!("tokens")
    };
    let used = |change: &Change| {
        matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
    };
    assert!(verdict.remember.iter().any(used));
    assert_eq!(signed_in(verdict).user, house.user);

    let refused = |house: &House| after_sign_up(&house.step("ann"), Some(&house.user)).err();
    for (stage, refusal) in [
        (Stage::SignedUp, Refusal::SessionInvalid),
        (Stage::SigningIn(Awaited::Select), Refusal::SessionInvalid),
        (Stage::Used, Refusal::SessionUsed),
    ] {
        house.present(stage);
        assert_eq!(refused(&house), Some(refusal));
    }
    house.present(Stage::Confirmed);
    house.now = house.now.after(house.client.session_ttl());
    assert_eq!(refused(&house), Some(Refusal::SessionExpired));
    house.present(Stage::Confirmed);
    if let Some((_, session)) = &mut house.presented {
        session.of = Sub::new("sub-of-bob");
    }
    assert_eq!(refused(&house), Some(Refusal::SessionInvalid));
    house.presented = None;
    assert_eq!(refused(&house), Some(Refusal::SessionInvalid));
}
