use std::collections::BTreeSet;

use super::*;
use crate::{client::lifetime::Lifetimes, digest::DigestKeys, fixture, id::PoolId, token::grant::GrantSeed};

const NOW: Timestamp = Timestamp::from_millis(1_795_246_200_999);
const ISSUER: &str = "http://127.0.0.1:9229/us-east-1_abcdefghi";

fn grant(keys: &DigestKeys, user: &User, client: &Client) -> Grant {
    let (pool, seed) =
        (PoolId::new("us-east-1_abcdefghi"), GrantSeed { id: [1; 16], origin: [2; 16], secret: [3; 32] });
    let auth_time = Timestamp::from_millis(NOW.as_millis() - 60_000);
    let ttl = client.lifetimes.refresh_ttl;
    Grant::begin(keys, &pool, user, client.id.clone(), ttl, &seed, auth_time).0
}

/// Returns the claims of the id token and of the access token.
fn claims(user: &User, client: &Client, groups: &GroupClaims) -> (Value, Value) {
    let grant = grant(&fixture::keys(), user, client);
    let subject =
        TokenSubject { user, client, grant: &grant, groups, issuer: ISSUER, pool: &fixture::pool() };
    let id = subject.id_claims("jti-id".into(), NOW);
    (Value::Object(id), Value::Object(subject.access_claims("jti-access".into(), NOW)))
}

/// cog-0220 and the guide's samples.
#[test]
fn id_and_access_token_have_the_documented_claims() {
    let mut user = fixture::user("ann");
    user.attributes.set("email_verified", "true");
    user.attributes.set("phone_number", "+15550100");
    user.attributes.set("phone_number_verified", "false");
    user.attributes.set("address", "1 Main Street");
    user.attributes.set("custom:size", "42");
    let (id, access) = claims(&user, &fixture::client(), &GroupClaims::default());
    let event = "01010101-0101-4101-8101-010101010101";
    let origin = "02020202-0202-4202-8202-020202020202";
    let expected = json!({
        "sub": "sub-of-ann",
        "aud": "client",
        "iss": ISSUER,
        "token_use": "id",
        "event_id": event,
        "origin_jti": origin,
        "jti": "jti-id",
        "auth_time": 1_795_246_140,
        "iat": 1_795_246_200,
        "exp": 1_795_249_800,
        "cognito:username": "ann",
        "email": "ann@example.com",
        "email_verified": true,
        "phone_number": "+15550100",
        "phone_number_verified": false,
        "address": { "formatted": "1 Main Street" },
        "custom:size": "42",
    });
    assert_eq!(id, expected);
    let expected = json!({
        "sub": "sub-of-ann",
        "client_id": "client",
        "iss": ISSUER,
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "event_id": event,
        "origin_jti": origin,
        "jti": "jti-access",
        "auth_time": 1_795_246_140,
        "iat": 1_795_246_200,
        "exp": 1_795_249_800,
        "username": "ann",
    });
    assert_eq!(access, expected);
    let read: AccessToken = serde_json::from_value(access).expect("an access token");
    assert_eq!((read.sub, read.client_id, read.exp), (user.sub, ClientId::new("client"), 1_795_249_800));
    assert_eq!(read.grant, GrantId::new(event));
    assert_eq!((read.token_use.as_str(), read.scope.as_str()), ("access", SELF_SERVICE_SCOPE));
}

#[test]
fn id_token_contains_the_attributes_that_the_client_may_read() {
    let mut user = fixture::user("ann");
    user.attributes.set("custom:size", "42");
    user.attributes.set("nickname", "Annie");
    let claimed = |read_attributes: Option<&[&str]>| {
        let listed = read_attributes.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let client = Client { read_attributes: listed, ..fixture::client() };
        let (id, access) = claims(&user, &client, &GroupClaims::default());
        assert_eq!(access.get("email"), None);
        let names = ["email", "email_verified", "nickname", "custom:size"];
        names.into_iter().filter(|name| id.get(name).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(claimed(None), ["email", "email_verified", "nickname", "custom:size"]);
    assert_eq!(claimed(Some(&["custom:size", "email"])), ["email", "custom:size"]);
    assert_eq!(claimed(Some(&[])), [""; 0]);
}

/// cog-0219.
#[test]
fn groups_are_in_both_tokens_and_roles_in_the_id_token_only() {
    let groups = GroupClaims {
        groups: vec!["admins".into(), "staff".into()],
        roles: vec!["arn:aws:iam::1:role/a".into()],
        preferred_role: Some("arn:aws:iam::1:role/a".into()),
    };
    let (id, access) = claims(&fixture::user("ann"), &fixture::client(), &groups);
    assert_eq!(id["cognito:groups"], json!(["admins", "staff"]));
    assert_eq!(access["cognito:groups"], json!(["admins", "staff"]));
    assert_eq!(id["cognito:roles"], json!(["arn:aws:iam::1:role/a"]));
    assert_eq!(id["cognito:preferred_role"], "arn:aws:iam::1:role/a");
    assert_eq!((access.get("cognito:roles"), access.get("cognito:preferred_role")), (None, None));
}

/// *Documented*: revocation adds the claims `origin_jti` and `jti`; an access token has a `jti` without it too.
#[test]
fn tokens_without_revocation_have_no_origin_jti() {
    let lifetimes = Lifetimes {
        access_ttl: Duration::from_secs(300),
        id_ttl: Duration::from_secs(86_400),
        ..Lifetimes::default()
    };
    let client = Client { lifetimes, revokes_tokens: false, ..fixture::client() };
    let (id, access) = claims(&fixture::user("ann"), &client, &GroupClaims::default());
    let names =
        |claims: &Value| claims.as_object().expect("an object").keys().cloned().collect::<BTreeSet<_>>();
    assert!(!names(&id).contains("jti") && !names(&id).contains("origin_jti"));
    assert!(names(&access).contains("jti") && !names(&access).contains("origin_jti"));
    assert_eq!(access["exp"], json!(1_795_246_500));
    assert_eq!(id["exp"], json!(1_795_332_600));
}
