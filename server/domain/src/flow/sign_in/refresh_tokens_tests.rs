//! Tests of renewing and revoking tokens.

use super::*;
use crate::{
    flow::sign_in::{
        revoke_token::{open as open_to_revoke, revoke},
        setup::{SignInSetup, signed_in},
    },
    id::ClientId,
    pool::devices::DevicePolicy,
    secret::Sealed,
    token::grant::{Grant, GrantSeed},
    user::Status,
};

fn begin(setup: &SignInSetup) -> (Grant, RefreshToken) {
    let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
    Grant::begin(
        &setup.keys,
        &setup.pool.id,
        &setup.user,
        setup.client.id.clone(),
        setup.client.lifetimes.refresh_ttl,
        &seed,
        setup.now,
    )
}

fn refused(
    setup: &SignInSetup,
    grant: Option<&Grant>,
    token: &RefreshToken,
    proof: SecretProof<'_>,
) -> Option<Refusal> {
    let token = open(&setup.caller(), token.expose()).expect("a token of this pool");
    let renewal =
        Renewal { token: &token, grant, user: Some(&setup.user), device: None, proof, revokes_reused: false };
    renew(&setup.caller(), &renewal, &[4; 32], setup.now).answer.err()
}

/// Returns a renewal through an app client without a secret.
fn renewal<'a>(setup: &'a SignInSetup, token: &'a ParsedRefreshToken, grant: &'a Grant) -> Renewal<'a> {
    let (user, proof) = (Some(&setup.user), SecretProof::Secret(None));
    Renewal { token, grant: Some(grant), user, device: None, proof, revokes_reused: false }
}

/// pub-0018, cog-0210.
#[test]
fn renew_with_each_fault_is_refused() {
    let mut setup = SignInSetup::new();
    let (grant, token) = begin(&setup);
    assert_eq!(open(&setup.caller(), "nonsense").err(), Some(Refusal::RefreshTokenInvalid));
    assert_eq!(refused(&setup, Some(&grant), &token, SecretProof::SecretHash), None);
    assert_eq!(refused(&setup, None, &token, SecretProof::SecretHash), Some(Refusal::RefreshTokenRevoked));
    let mut other = grant.clone();
    other.client = ClientId::new("other");
    assert_eq!(
        refused(&setup, Some(&other), &token, SecretProof::SecretHash),
        Some(Refusal::RefreshTokenInvalid)
    );
    setup.user.enabled = false;
    assert_eq!(refused(&setup, Some(&grant), &token, SecretProof::SecretHash), Some(Refusal::UserDisabled));
    setup.user.enabled = true;
    setup.user.status = Status::ResetRequired;
    assert_eq!(
        refused(&setup, Some(&grant), &token, SecretProof::SecretHash),
        Some(Refusal::PasswordResetRequired)
    );
    setup.now = grant.expires_at;
    for grant in [Some(&grant), None] {
        assert_eq!(
            refused(&setup, grant, &token, SecretProof::SecretHash),
            Some(Refusal::RefreshTokenExpired)
        );
    }
}

#[test]
fn renew_without_rotation_changes_nothing() {
    let setup = SignInSetup::new();
    let (grant, token) = begin(&setup);
    let token = open(&setup.caller(), token.expose()).expect("a token of this pool");
    let verdict = renew(&setup.caller(), &renewal(&setup, &token, &grant), &[4; 32], setup.now);
    assert!(verdict.remember.is_empty());
    let signed_in = signed_in(verdict);
    assert_eq!(signed_in.grant, grant);
    assert!(signed_in.refresh_token.is_none());
}

#[test]
fn reuse_of_a_replaced_token_ends_the_grant_only_if_it_is_turned_on() {
    let mut setup = SignInSetup::new();
    setup.client.rotates_refresh_tokens = true;
    let (grant, token) = begin(&setup);
    let token = open(&setup.caller(), token.expose()).expect("a token of this pool");
    let renewed = renew(&setup.caller(), &renewal(&setup, &token, &grant), &[4; 32], setup.now);
    let after = signed_in(renewed).grant;
    for revokes_reused in [false, true] {
        let again = Renewal { revokes_reused, ..renewal(&setup, &token, &after) };
        let verdict = renew(&setup.caller(), &again, &[5; 32], setup.now);
        let ended = match &*verdict.remember {
            [] => false,
            [Change::RemoveGrant { of, grant: id }] => (of, id) == (&grant.of, &grant.id),
            other => panic!("{other:?}"),
        };
        assert_eq!(ended, revokes_reused);
        assert_eq!(verdict.answer.err(), Some(Refusal::RefreshTokenReused));
        // A token that is valid ends nothing, nor does one of another app client.
        let first = Renewal { revokes_reused, ..renewal(&setup, &token, &grant) };
        let verdict = renew(&setup.caller(), &first, &[5; 32], setup.now);
        assert!(matches!(&*verdict.remember, [Change::PutGrant(_)]), "{:?}", verdict.remember);
        let mut other = after.clone();
        other.client = ClientId::new("other");
        let foreign = Renewal { revokes_reused, ..renewal(&setup, &token, &other) };
        let verdict = renew(&setup.caller(), &foreign, &[5; 32], setup.now);
        assert!(verdict.remember.is_empty());
        assert_eq!(verdict.answer.err(), Some(Refusal::RefreshTokenInvalid));
    }
}

#[test]
fn renew_from_another_device_is_refused() {
    let mut setup = SignInSetup::new();
    let (mut grant, token) = begin(&setup);
    let token = open(&setup.caller(), token.expose()).expect("a token of this pool");
    let device = |key: &str| Device {
        key: key.to_owned(),
        of: setup.user.sub.clone(),
        name: None,
        verifier: Sealed::from_text("v"),
        remembered: false,
        created_at: setup.now,
        modified_at: setup.now,
        authenticated_at: setup.now,
    };
    let (own, other) = (device("own"), device("other"));
    let outcome = |setup: &SignInSetup, grant: &Grant, device| {
        let renewal = Renewal { device, ..renewal(setup, &token, grant) };
        renew(&setup.caller(), &renewal, &[4; 32], setup.now).answer.err()
    };
    setup.pool.devices = Some(DevicePolicy::default());
    assert_eq!(outcome(&setup, &grant, None), None, "the sign-in was before the pool remembered devices");
    grant.device_key = Some("own".into());
    assert_eq!(outcome(&setup, &grant, Some(&own)), None);
    for device in [None, Some(&other)] {
        assert_eq!(outcome(&setup, &grant, device), Some(Refusal::RefreshTokenInvalid));
    }
    setup.pool.devices = None;
    assert_eq!(outcome(&setup, &grant, None), None);
}

/// cog-0187, cog-0333.
#[test]
fn renew_with_rotation_replaces_token_and_refuses_refresh_token_auth() {
    let mut setup = SignInSetup::new();
    let (grant, token) = begin(&setup);
    setup.client.rotates_refresh_tokens = true;
    assert_eq!(
        refused(&setup, Some(&grant), &token, SecretProof::SecretHash),
        Some(Refusal::RefreshTokenRotationEnabled)
    );
    let opened = open(&setup.caller(), token.expose()).expect("a token of this pool");
    let verdict = renew(&setup.caller(), &renewal(&setup, &opened, &grant), &[4; 32], setup.now);
    let [Change::PutGrant(kept)] = verdict.remember.as_slice() else { panic!("{:?}", verdict.remember) };
    let kept = (**kept).clone();
    let next = signed_in(verdict).refresh_token.expect("another token");
    assert_eq!(refused(&setup, Some(&kept), &next, SecretProof::Secret(None)), None);
    assert_eq!(
        refused(&setup, Some(&kept), &token, SecretProof::Secret(None)),
        Some(Refusal::RefreshTokenReused)
    );
}

/// cog-0157.
#[test]
fn renew_with_missing_or_wrong_client_secret_is_refused() {
    let mut setup = SignInSetup::new();
    let (grant, token) = begin(&setup);
    let id = setup.client.id.clone();
    setup.secrets = vec![Secret::new("secret")];
    let hash = |name: &str| Some(crate::client::secret_hash::secret_hash(&id, &Secret::new("secret"), name));
    assert_eq!(
        refused(&setup, Some(&grant), &token, SecretProof::SecretHash),
        Some(Refusal::SecretHashMissing(id.clone()))
    );
    setup.secret_hash = hash("ann@example.com");
    assert_eq!(
        refused(&setup, Some(&grant), &token, SecretProof::SecretHash),
        Some(Refusal::RefreshSecretHashWrong(id.clone()))
    );
    setup.secret_hash = hash("ann");
    assert_eq!(refused(&setup, Some(&grant), &token, SecretProof::SecretHash), None);
    let (right, wrong) = (Secret::new("secret"), Secret::new("secres"));
    for (secret, expected) in [
        (None, Some(Refusal::ClientSecretWrong(id.clone()))),
        (Some(&wrong), Some(Refusal::ClientSecretWrong(id.clone()))),
        (Some(&right), None),
    ] {
        assert_eq!(refused(&setup, Some(&grant), &token, SecretProof::Secret(secret)), expected);
        assert_eq!(open_to_revoke(&setup.caller(), secret, token.expose()).err(), expected);
    }
}

#[test]
fn revoke_removes_the_grant_whether_it_exists_or_not() {
    let mut setup = SignInSetup::new();
    let (grant, token) = begin(&setup);
    let opened = |setup: &SignInSetup| open_to_revoke(&setup.caller(), None, token.expose());
    for found in [Some(&grant), None] {
        let verdict = revoke(&setup.caller(), opened(&setup).expect("a token"), found);
        assert!(matches!(
            verdict.remember.as_slice(),
            [Change::RemoveGrant { of, grant: ended }] if *of == setup.user.sub && *ended == grant.id
        ));
        assert_eq!(verdict.answer, Ok(()));
    }
    let mut others = grant.clone();
    others.client = ClientId::new("others");
    let verdict = revoke(&setup.caller(), opened(&setup).expect("a token"), Some(&others));
    assert_eq!((verdict.remember.len(), verdict.answer.err()), (0, Some(Refusal::RefreshTokenInvalid)));
    let nonsense = open_to_revoke(&setup.caller(), None, "eyJ.x.y").err();
    assert_eq!(nonsense, Some(Refusal::TokenNotRevocable));
    setup.client.revokes_tokens = false;
    assert_eq!(opened(&setup).err(), Some(Refusal::RevocationDisabled));
}
