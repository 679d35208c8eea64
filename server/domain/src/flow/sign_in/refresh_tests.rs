use super::*;
use crate::{
    flow::sign_in::{
        fixture::{House, signed_in},
        revoke::{open as open_to_revoke, revoke},
    },
    id::ClientId,
    pool::devices::DevicePolicy,
    secret::Sealed,
    token::grant::{Grant, GrantSeed},
};

fn begin(house: &House) -> (Grant, RefreshToken) {
    let seed = GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] };
    let (of, client) = (house.user.sub.clone(), house.client.id.clone());
    Grant::begin(
        &house.keys,
        &house.pool.id,
        of,
        client,
        house.client.lifetimes.refresh_ttl,
        &seed,
        house.now,
    )
}

fn refused(house: &House, grant: Option<&Grant>, token: &RefreshToken, shown: Shown<'_>) -> Option<Refusal> {
    let token = open(&house.caller(), token.expose()).expect("one of ours");
    let renewal = Renewal { token: &token, grant, user: Some(&house.user), device: None, shown };
    renew(&house.caller(), &renewal, &[4; 32], house.now).answer.err()
}

/// A renewal by the secret of an app client that has none.
fn renewal<'a>(house: &'a House, token: &'a Opened, grant: &'a Grant) -> Renewal<'a> {
    let (user, shown) = (Some(&house.user), Shown::Secret(None));
    Renewal { token, grant: Some(grant), user, device: None, shown }
}

/// cog-0195, cog-0210.
#[test]
fn what_a_refresh_token_meets() {
    let mut house = House::new();
    let (grant, token) = begin(&house);
    assert_eq!(open(&house.caller(), "nonsense").err(), Some(Refusal::RefreshTokenInvalid));
    assert_eq!(refused(&house, Some(&grant), &token, Shown::Hash), None);
    assert_eq!(refused(&house, None, &token, Shown::Hash), Some(Refusal::RefreshTokenRevoked));
    let mut other = grant.clone();
    other.client = ClientId::new("other");
    assert_eq!(refused(&house, Some(&other), &token, Shown::Hash), Some(Refusal::RefreshTokenInvalid));
    house.user.enabled = false;
    assert_eq!(refused(&house, Some(&grant), &token, Shown::Hash), Some(Refusal::UserDisabled));
    house.user.enabled = true;
    house.user.status = Status::ResetRequired;
    assert_eq!(refused(&house, Some(&grant), &token, Shown::Hash), Some(Refusal::PasswordResetRequired));
    house.now = grant.expires_at;
    for grant in [Some(&grant), None] {
        assert_eq!(refused(&house, grant, &token, Shown::Hash), Some(Refusal::RefreshTokenExpired));
    }
}

#[test]
fn renewing_keeps_the_grant_and_writes_nothing() {
    let house = House::new();
    let (grant, token) = begin(&house);
    let token = open(&house.caller(), token.expose()).expect("one of ours");
    let verdict = renew(&house.caller(), &renewal(&house, &token, &grant), &[4; 32], house.now);
    assert!(verdict.remember.is_empty());
    let signed_in = signed_in(verdict);
    assert_eq!(signed_in.grant, grant);
    assert!(signed_in.refresh_token.is_none());
}

#[test]
fn where_devices_are_remembered_a_token_is_its_devices_alone() {
    let mut house = House::new();
    let (mut grant, token) = begin(&house);
    let token = open(&house.caller(), token.expose()).expect("one of ours");
    let device = |key: &str| Device {
        key: key.to_owned(),
        of: house.user.sub.clone(),
        name: None,
        verifier: Sealed::from_text("v"),
        remembered: false,
        created_at: house.now,
        modified_at: house.now,
        authenticated_at: house.now,
    };
    let (own, other) = (device("own"), device("other"));
    let met = |house: &House, grant: &Grant, device| {
        let renewal = Renewal { device, ..renewal(house, &token, grant) };
        renew(&house.caller(), &renewal, &[4; 32], house.now).answer.err()
    };
    house.pool.devices = Some(DevicePolicy::default());
    assert_eq!(met(&house, &grant, None), None, "of before devices were remembered");
    grant.device_key = Some("own".into());
    assert_eq!(met(&house, &grant, Some(&own)), None);
    for device in [None, Some(&other)] {
        assert_eq!(met(&house, &grant, device), Some(Refusal::RefreshTokenInvalid));
    }
    house.pool.devices = None;
    assert_eq!(met(&house, &grant, None), None);
}

/// cog-0187, cog-0333.
#[test]
fn where_tokens_rotate_only_the_newer_operation_renews() {
    let mut house = House::new();
    let (grant, token) = begin(&house);
    house.client.rotates_refresh_tokens = true;
    assert_eq!(refused(&house, Some(&grant), &token, Shown::Hash), Some(Refusal::RefreshTokenRotates));
    let opened = open(&house.caller(), token.expose()).expect("one of ours");
    let verdict = renew(&house.caller(), &renewal(&house, &opened, &grant), &[4; 32], house.now);
    let [Change::PutGrant(kept)] = verdict.remember.as_slice() else { panic!("{:?}", verdict.remember) };
    let kept = (**kept).clone();
    let next = signed_in(verdict).refresh_token.expect("another token");
    assert_eq!(refused(&house, Some(&kept), &next, Shown::Secret(None)), None);
    assert_eq!(refused(&house, Some(&kept), &token, Shown::Secret(None)), Some(Refusal::RefreshTokenReused));
}

/// cog-0157.
#[test]
fn the_app_client_is_shown_by_hash_or_secret() {
    let mut house = House::new();
    let (grant, token) = begin(&house);
    let id = house.client.id.clone();
    house.secrets = vec![Secret::new("secret")];
    let hash = |name: &str| Some(crate::client::secret_hash::secret_hash(&id, &Secret::new("secret"), name));
    assert_eq!(
        refused(&house, Some(&grant), &token, Shown::Hash),
        Some(Refusal::SecretHashMissing(id.clone()))
    );
    house.secret_hash = hash("ann@example.com");
    assert_eq!(
        refused(&house, Some(&grant), &token, Shown::Hash),
        Some(Refusal::RefreshSecretHashWrong(id.clone()))
    );
    house.secret_hash = hash("ann");
    assert_eq!(refused(&house, Some(&grant), &token, Shown::Hash), None);
    let (right, wrong) = (Secret::new("secret"), Secret::new("secres"));
    for (secret, expected) in [
        (None, Some(Refusal::ClientSecretWrong(id.clone()))),
        (Some(&wrong), Some(Refusal::ClientSecretWrong(id.clone()))),
        (Some(&right), None),
    ] {
        assert_eq!(refused(&house, Some(&grant), &token, Shown::Secret(secret)), expected);
        assert_eq!(open_to_revoke(&house.caller(), secret, token.expose()).err(), expected);
    }
}

#[test]
fn revoking_ends_the_grant_whether_it_is_there_or_not() {
    let mut house = House::new();
    let (grant, token) = begin(&house);
    let opened = |house: &House| open_to_revoke(&house.caller(), None, token.expose());
    for found in [Some(&grant), None] {
        let verdict = revoke(&house.caller(), opened(&house).expect("a token"), found);
        assert!(matches!(
            verdict.remember.as_slice(),
            [Change::RemoveGrant { of, grant: ended }] if *of == house.user.sub && *ended == grant.id
        ));
        assert_eq!(verdict.answer, Ok(()));
    }
    let mut others = grant.clone();
    others.client = ClientId::new("others");
    let verdict = revoke(&house.caller(), opened(&house).expect("a token"), Some(&others));
    assert_eq!((verdict.remember.len(), verdict.answer.err()), (0, Some(Refusal::RefreshTokenInvalid)));
    let nonsense = open_to_revoke(&house.caller(), None, "eyJ.x.y").err();
    assert_eq!(nonsense, Some(Refusal::TokenNotRevocable));
    house.client.revokes_tokens = false;
    assert_eq!(opened(&house).err(), Some(Refusal::RevocationOff));
}
