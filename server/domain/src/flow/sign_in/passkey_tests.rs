use super::*;
use crate::{
    flow::sign_in::{
        begin::Wish,
        choice,
        fixture::{House, challenged, signed_in},
    },
    pool::{
        FirstFactor, Tier,
        mfa::{MfaFactor, MfaMode, PoolMfa},
        passkeys::UserVerification,
    },
    sign_in::session::{Session, Stage},
    user::{Status, passkey::fixture},
};

/// A house whose pool lets passkeys sign in, and ann has one.
fn house() -> House {
    let mut house = House::new();
    house.pool.first_factors.insert(FirstFactor::WebAuthn);
    house.user.passkeys = vec![fixture("a")];
    house
}

fn wished(house: &House, typed: &str) -> Result<crate::sign_in::challenge::Challenge, Refusal> {
    let step = house.step(typed);
    let wish = Wish { preferred: Some(ChallengeName::WebAuthn), ..Wish::default() };
    let user = admission::admit(&step)?;
    match choice::choose(&step, user, &wish)? {
        Next::Decided(verdict) => Ok(challenged(verdict)),
        other => panic!("not decided: {other:?}"),
    }
}

fn shown(house: &House, typed: &str) -> AskedPasskey {
    let challenge = wished(house, typed).expect("a challenge");
    assert_eq!(challenge.available, [ChallengeName::WebAuthn]);
    match challenge.asked {
        Asked::Passkey(asked) => *asked,
        other => panic!("another challenge: {other:?}"),
    }
}

/// cog-0181: who may sign in by a passkey, and who is shown what else there is.
#[test]
fn whom_a_passkey_is_offered() {
    type Change = fn(&mut House);
    let cases: [(&str, Change, bool); 6] = [
        ("ann has one", |_| (), true),
        ("ann has none", |house| house.user.passkeys.clear(), false),
        ("the pool allows none", |house| house.pool.first_factors.clear(), false),
        ("the plan has none", |house| house.pool.tier = Tier::Lite, false),
        (
            "ann's is for another relying party",
            |house| house.pool.passkeys.relying_party = Some("other.example".into()),
            false,
        ),
        (
            "ann's password is temporary",
            |house| house.user.status = Status::ForceChangePassword { expires_at: house.now },
            false,
        ),
    ];
    for (what, change, is_offered) in cases {
        let mut house = house();
        change(&mut house);
        let challenge = wished(&house, "ann").expect("a challenge");
        let expected = if is_offered { ChallengeName::WebAuthn } else { ChallengeName::SelectChallenge };
        assert_eq!(challenge.asked.name(), expected, "{what}");
        let step = house.step("ann");
        let available = choice::available(&step, Some(&house.user));
        assert_eq!(available.contains(&ChallengeName::WebAuthn), is_offered, "{what}");
    }
}

#[test]
fn the_client_is_shown_what_is_to_be_signed() {
    let mut house = house();
    house.pool.passkeys.factor = FactorConfiguration::MultiFactor;
    let asked = shown(&house, "ann");
    assert_eq!(asked.challenge, house.fresh.passkey);
    assert_eq!(asked.party.id, "example.com");
    assert_eq!(asked.party.user_verification, UserVerification::Required);
    assert_eq!(asked.allowed, house.user.passkeys);
    assert_eq!(asked.ttl, house.client.session_ttl());
}

#[test]
fn nobody_is_asked_for_a_passkey_like_anybody() {
    let mut house = house();
    assert_eq!(wished(&house, "nobody").err(), Some(Refusal::UserNotFound));
    house.client.hides_users = true;
    let (ann, nobody) = (shown(&house, "ann"), shown(&house, "nobody"));
    assert_eq!((ann.allowed, nobody.allowed), (Vec::new(), Vec::new()));
    assert_eq!((ann.challenge, ann.party, ann.ttl), (nobody.challenge, nobody.party, nobody.ttl));
}

fn is_used(change: &Change) -> bool {
    matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
}

#[test]
fn a_passkey_that_has_signed_signs_in() {
    let mut house = house();
    house.present(Stage::SigningIn(Awaited::Passkey(house.fresh.passkey.clone())));
    let counted = Passkey { counter: 2, ..fixture("a") };
    for (signed, is_written) in [(fixture("a"), false), (counted, true)] {
        let verdict = decide(&house.step("ann"), Some(signed.clone()));
        assert!(verdict.remember.iter().any(is_used));
        let is_user =
            |change: &Change| matches!(change, Change::PutUser(user) if user.passkeys == [signed.clone()]);
        assert_eq!(verdict.remember.iter().any(is_user), is_written, "a count that has grown is kept");
        assert_eq!(signed_in(verdict).user.passkeys, [signed]);
    }
}

#[test]
fn what_no_passkey_has_signed_fails_once_and_for_all() {
    let mut house = house();
    house.client.hides_users = true;
    house.present(Stage::SigningIn(Awaited::Passkey(house.fresh.passkey.clone())));
    for (typed, signed) in [("ann", None), ("nobody", None), ("nobody", Some(fixture("a")))] {
        let verdict = decide(&house.step(typed), signed);
        assert!(verdict.remember.iter().any(is_used), "{typed}");
        let is_failure = |change: &Change| matches!(change, Change::PutFailures { .. });
        assert_eq!(verdict.remember.iter().filter(|change| is_failure(change)).count(), 1, "{typed}");
        assert_eq!(verdict.answer.err(), Some(Refusal::Passkey(PasskeyFault::NotShown)), "{typed}");
    }
}

#[test]
fn who_may_sign_in_is_asked_again_at_the_end() {
    let mut house = house();
    house.present(Stage::SigningIn(Awaited::Passkey(house.fresh.passkey.clone())));
    house.user.enabled = false;
    let refused = decide(&house.step("ann"), Some(fixture("a")));
    assert_eq!(refused.answer.err(), Some(Refusal::UserDisabled));
    house.user.enabled = true;
    house.user.status = Status::ForceChangePassword { expires_at: house.now };
    let refused = decide(&house.step("ann"), Some(fixture("a")));
    assert_eq!(refused.answer.err(), Some(Refusal::Passkey(PasskeyFault::NotShown)));
}

#[test]
fn what_is_verified_is_what_was_asked() {
    let house = house();
    let challenge = PasskeyChallenge::from_bytes(&[5; 32]);
    let step = house.step("ann");
    match next(&step, &challenge, "{}") {
        Ok(Next::Verify(signed)) => {
            assert_eq!((signed.challenge, signed.credential), (&challenge, "{}"));
            assert_eq!(signed.passkeys, house.user.passkeys);
        }
        other => panic!("not verified: {other:?}"),
    }
}

/// A passkey is one factor, or two if the pool says so.
#[test]
fn a_pool_that_has_no_passkeys_any_more_waits_for_none() {
    let mut house = house();
    let challenge = shown(&house, "ann").challenge;
    house.pool.first_factors.clear();
    let met = next(&house.step("ann"), &challenge, "credential").err();
    assert_eq!(met, Some(Refusal::SessionInvalid));
}

#[test]
fn what_a_passkey_counts_for() {
    let mut house = house();
    house.pool.mfa = PoolMfa { mode: MfaMode::On, factors: [MfaFactor::Email].into() };
    house.present(Stage::SigningIn(Awaited::Passkey(house.fresh.passkey.clone())));
    let asked = challenged(decide(&house.step("ann"), Some(fixture("a")))).asked.name();
    assert_eq!(asked, ChallengeName::EmailOtp);
    house.pool.passkeys.factor = FactorConfiguration::MultiFactor;
    assert_eq!(signed_in(decide(&house.step("ann"), Some(fixture("a")))).user, house.user);
}
