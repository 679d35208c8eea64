//! Tests of WEB_AUTHN.

use super::*;
use crate::{
    flow::sign_in::{
        initiate_auth::ChallengePreference,
        select_challenge,
        setup::{SignInSetup, challenged, signed_in},
    },
    pool::{
        FirstFactor, Tier,
        mfa::{MfaFactor, MfaMode, PoolMfa},
        passkeys::UserVerification,
    },
    sign_in::session::{Session, Stage},
    user::{Status, passkey::fixture},
};

/// Returns a setup whose pool allows passkeys, and where ann has one.
fn setup() -> SignInSetup {
    let mut setup = SignInSetup::new();
    setup.pool.first_factors.insert(FirstFactor::WebAuthn);
    setup.user.passkeys = vec![fixture("a")];
    setup
}

fn choose_passkey(setup: &SignInSetup, typed: &str) -> Result<crate::sign_in::challenge::Challenge, Refusal> {
    let step = setup.step(typed);
    let preference =
        ChallengePreference { preferred: Some(ChallengeName::WebAuthn), ..ChallengePreference::default() };
    let user = admission::admit(&step)?;
    match select_challenge::choose(&step, user, &preference)? {
        NextAction::Decided(verdict) => Ok(challenged(verdict)),
        other => panic!("not decided: {other:?}"),
    }
}

fn passkey_challenge(setup: &SignInSetup, typed: &str) -> PasskeyPrompt {
    let challenge = choose_passkey(setup, typed).expect("a challenge");
    assert_eq!(challenge.available, [ChallengeName::WebAuthn]);
    match challenge.prompt {
        ChallengePrompt::Passkey(prompt) => *prompt,
        other => panic!("another challenge: {other:?}"),
    }
}

/// cog-0181.
#[test]
fn passkey_is_offered_only_where_pool_and_user_have_one() {
    type Change = fn(&mut SignInSetup);
    let cases: [(&str, Change, bool); 6] = [
        ("ann has one", |_| (), true),
        ("ann has none", |setup| setup.user.passkeys.clear(), false),
        ("the pool allows none", |setup| setup.pool.first_factors.clear(), false),
        ("the plan has none", |setup| setup.pool.tier = Tier::Lite, false),
        (
            "ann's is for another relying party",
            |setup| setup.pool.passkeys.relying_party = Some("other.example".into()),
            false,
        ),
        (
            "ann's password is temporary",
            |setup| setup.user.status = Status::ForceChangePassword { expires_at: setup.now },
            false,
        ),
    ];
    for (what, change, is_offered) in cases {
        let mut setup = setup();
        change(&mut setup);
        let challenge = choose_passkey(&setup, "ann").expect("a challenge");
        let expected = if is_offered { ChallengeName::WebAuthn } else { ChallengeName::SelectChallenge };
        assert_eq!(challenge.prompt.name(), expected, "{what}");
        let step = setup.step("ann");
        let available = select_challenge::available(&step, Some(&setup.user));
        assert_eq!(available.contains(&ChallengeName::WebAuthn), is_offered, "{what}");
    }
}

#[test]
fn challenge_has_options_of_pool_and_passkeys_of_user() {
    let mut setup = setup();
    setup.pool.passkeys.factor = FactorConfiguration::MultiFactor;
    let prompt = passkey_challenge(&setup, "ann");
    assert_eq!(prompt.challenge, setup.fresh.passkey);
    assert_eq!(prompt.party.id, "example.com");
    assert_eq!(prompt.party.user_verification, UserVerification::Required);
    assert_eq!(prompt.allowed, setup.user.passkeys);
    assert_eq!(prompt.ttl, setup.client.session_ttl());
}

#[test]
fn challenge_of_hidden_unknown_user_equals_that_of_a_user() {
    let mut setup = setup();
    assert_eq!(choose_passkey(&setup, "unknown").err(), Some(Refusal::UserNotFound));
    setup.client.hides_users = true;
    let name = setup.unknown_name(|factors| factors.has_passkey && !factors.has_temporary_password);
    let (ann, unknown) = (passkey_challenge(&setup, "ann"), passkey_challenge(&setup, &name));
    let without = setup.unknown_name(|factors| !factors.has_passkey);
    let offered = choose_passkey(&setup, &without).expect("a challenge");
    assert_eq!(offered.prompt.name(), ChallengeName::SelectChallenge);
    assert_eq!((ann.allowed, unknown.allowed), (Vec::new(), Vec::new()));
    assert_eq!((ann.challenge, ann.party, ann.ttl), (unknown.challenge, unknown.party, unknown.ttl));
}

fn is_used(change: &Change) -> bool {
    matches!(change, Change::PutSession { session: Session { stage: Stage::Used, .. }, .. })
}

#[test]
fn verified_passkey_signs_in_and_its_counter_is_stored() {
    let mut setup = setup();
    setup.present(Stage::SigningIn(PendingChallenge::Passkey(setup.fresh.passkey.clone())));
    let counted = Passkey { counter: 2, ..fixture("a") };
    for (signed, is_written) in [(fixture("a"), false), (counted, true)] {
        let verdict = decide(&setup.step("ann"), Some(signed.clone()));
        assert!(verdict.remember.iter().any(is_used));
        let is_user =
            |change: &Change| matches!(change, Change::PutUser(user) if user.passkeys == [signed.clone()]);
        assert_eq!(verdict.remember.iter().any(is_user), is_written, "only a changed counter is stored");
        assert_eq!(signed_in(verdict).user.passkeys, [signed]);
    }
}

#[test]
fn unverified_assertion_counts_failure_and_uses_up_the_session() {
    let mut setup = setup();
    setup.client.hides_users = true;
    setup.present(Stage::SigningIn(PendingChallenge::Passkey(setup.fresh.passkey.clone())));
    for (typed, signed) in [("ann", None), ("unknown", None), ("unknown", Some(fixture("a")))] {
        let verdict = decide(&setup.step(typed), signed);
        assert!(verdict.remember.iter().any(is_used), "{typed}");
        let is_failure = |change: &Change| matches!(change, Change::PutFailures { .. });
        assert_eq!(verdict.remember.iter().filter(|change| is_failure(change)).count(), 1, "{typed}");
        assert_eq!(verdict.answer.err(), Some(Refusal::Passkey(PasskeyFault::AssertionInvalid)), "{typed}");
    }
}

#[test]
fn verified_passkey_of_user_who_may_not_sign_in_is_refused() {
    let mut setup = setup();
    setup.present(Stage::SigningIn(PendingChallenge::Passkey(setup.fresh.passkey.clone())));
    setup.user.enabled = false;
    let refused = decide(&setup.step("ann"), Some(fixture("a")));
    assert_eq!(refused.answer.err(), Some(Refusal::UserDisabled));
    setup.user.enabled = true;
    setup.user.status = Status::ForceChangePassword { expires_at: setup.now };
    let refused = decide(&setup.step("ann"), Some(fixture("a")));
    assert_eq!(refused.answer.err(), Some(Refusal::Passkey(PasskeyFault::AssertionInvalid)));
}

#[test]
fn next_action_verifies_the_assertion_against_the_challenge() {
    let setup = setup();
    let challenge = PasskeyChallenge::from_bytes(&[5; 32]);
    let step = setup.step("ann");
    match next_action(&step, &challenge, "{}") {
        Ok(NextAction::VerifyPasskey(signed)) => {
            assert_eq!((signed.challenge, signed.credential), (&challenge, "{}"));
            assert_eq!(signed.passkeys, setup.user.passkeys);
        }
        other => panic!("not verified: {other:?}"),
    }
}

#[test]
fn answer_after_pool_disabled_passkeys_is_refused() {
    let mut setup = setup();
    let challenge = passkey_challenge(&setup, "ann").challenge;
    setup.pool.first_factors.clear();
    let outcome = next_action(&setup.step("ann"), &challenge, "credential").err();
    assert_eq!(outcome, Some(Refusal::SessionInvalid));
}

#[test]
fn passkey_replaces_second_factor_only_if_pool_configures_it() {
    let mut setup = setup();
    setup.pool.mfa = PoolMfa { mode: MfaMode::On, factors: [MfaFactor::Email].into() };
    setup.present(Stage::SigningIn(PendingChallenge::Passkey(setup.fresh.passkey.clone())));
    let name = challenged(decide(&setup.step("ann"), Some(fixture("a")))).prompt.name();
    assert_eq!(name, ChallengeName::EmailOtp);
    setup.pool.passkeys.factor = FactorConfiguration::MultiFactor;
    assert_eq!(signed_in(decide(&setup.step("ann"), Some(fixture("a")))).user, setup.user);
}
