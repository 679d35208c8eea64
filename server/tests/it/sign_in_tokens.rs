//! Tokens: verified by another library against the published keys, renewed, revoked, and borne.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, AuthenticationResultType, ExplicitAuthFlowsType, FeatureType, RefreshTokenRotationType,
};
use jwt_compact::{
    AlgorithmExt as _, UntrustedToken,
    alg::{Rsa, RsaPublicKey},
    jwk::JsonWebKey,
};
use serde_json::{Value, json};

use crate::{
    sign_in::SignIn,
    support::{PASSWORD, refused},
};

const REVOKED: &str = "Access Token has been revoked";

/// A document by GET: head and body.
async fn get(address: SocketAddr, path: &str) -> (String, Value) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: https://a.example\r\nConnection: close\r\n\r\n"
    );
    let exchange = move || {
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let answer = tokio::task::spawn_blocking(exchange).await.expect("no panic");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), serde_json::from_str(body).expect("JSON"))
}

async fn signed_in(world: &SignIn) -> AuthenticationResultType {
    let answer = world.by_password("ann", PASSWORD).send().await.expect("signed in");
    answer.authentication_result.expect("tokens")
}

/// The claims of a token, verified by the key of this set that its header names; and that key's place.
fn verified(jwks: &Value, token: &str) -> (usize, Value) {
    let untrusted = UntrustedToken::new(token).expect("a token");
    let kid = untrusted.header().key_id.clone().expect("a key id");
    let keys = jwks["keys"].as_array().expect("keys");
    let place = keys.iter().position(|key| key["kid"] == kid.as_str()).expect("a published key");
    let jwk: JsonWebKey<'_> = serde_json::from_value(keys[place].clone()).expect("a JWK");
    let key = RsaPublicKey::try_from(&jwk).expect("an RSA key");
    let token = Rsa::rs256().validator::<Value>(&key).validate(&untrusted).expect("a right signature");
    (place, serde_json::to_value(token.claims()).expect("claims"))
}

/// cog-0219, cog-0220, cog-0258.
#[tokio::test]
async fn another_library_verifies_them_by_what_is_published() {
    let world = SignIn::new().await;
    let (pool, address) = (&world.place.pool, world.house.address);
    let group = world.house.sdk.create_group().user_pool_id(pool).group_name("staff");
    group.role_arn("arn:aws:iam::000000000000:role/staff").send().await.expect("a group");
    let join = world.house.sdk.admin_add_user_to_group().user_pool_id(pool).username("ann");
    join.group_name("staff").send().await.expect("joined");
    let result = signed_in(&world).await;
    let issuer = format!("http://{address}/{pool}");
    let (head, configuration) = get(address, &format!("/{pool}/.well-known/openid-configuration")).await;
    assert!(head.contains("access-control-allow-origin: *") && head.contains("cache-control: public"));
    assert_eq!(configuration["issuer"], issuer.as_str());
    assert_eq!(configuration["jwks_uri"], format!("{issuer}/.well-known/jwks.json"));
    let (head, jwks) = get(address, &format!("/{pool}/.well-known/jwks.json")).await;
    assert!(head.contains("content-type: application/json"));
    for key in jwks["keys"].as_array().expect("keys") {
        let names: Vec<_> = key.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    }
    let (id_key, id) = verified(&jwks, result.id_token().expect("an id token"));
    let (access_key, access) = verified(&jwks, result.access_token().expect("an access token"));
    assert_eq!((id_key, access_key), (0, 1), "each has its own key");
    for claims in [&id, &access] {
        assert_eq!((&claims["iss"], &claims["sub"]), (&issuer.as_str().into(), &world.sub.as_str().into()));
        assert_eq!(claims["cognito:groups"], serde_json::json!(["staff"]));
        assert_eq!((&claims["iat"], &claims["exp"]), (&1_795_246_200.into(), &1_795_249_800.into()));
    }
    assert_eq!(id["origin_jti"], access["origin_jti"]);
    assert_eq!(id["event_id"], access["event_id"]);
    assert_ne!(id["jti"], access["jti"]);
    assert_eq!((&id["token_use"], &access["token_use"]), (&"id".into(), &"access".into()));
    assert_eq!((&id["aud"], &access["client_id"]), (&id["aud"], &world.place.client.as_str().into()));
    assert_eq!((&id["email"], &id["email_verified"]), (&"ann@example.com".into(), &false.into()));
    assert_eq!(id["cognito:preferred_role"], "arn:aws:iam::000000000000:role/staff");
    let (head, _) = get(address, "/us-east-1_nowhere/.well-known/jwks.json").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
}

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn whoever_bears_an_access_token_is_its_user() {
    let world = SignIn::new().await;
    let result = signed_in(&world).await;
    let token = result.access_token().expect("an access token");
    let get = |token: &str| world.house.sdk.get_user().access_token(token);
    let user = get(token).send().await.expect("the user");
    assert_eq!(user.username(), "ann");
    let attributes: Vec<_> =
        user.user_attributes().iter().map(|one| (one.name(), one.value().unwrap_or_default())).collect();
    let expected = [("sub", world.sub.as_str()), ("email", "ann@example.com"), ("email_verified", "false")];
    assert_eq!(attributes, expected);
    for damaged in ["nonsense", "a.b.c", result.id_token().expect("an id token")] {
        refused!(get(damaged), is_not_authorized_exception, "Invalid Access Token");
    }
    let (message, _) = token.rsplit_once('.').expect("three parts");
    let other = result.id_token().expect("an id token").rsplit_once('.').expect("three parts").1;
    let forged = format!("{message}.{other}");
    refused!(get(&forged), is_not_authorized_exception, "Could not verify signature for Access Token");
    world.house.app.clock.advance(Duration::from_secs(60 * 60));
    refused!(get(token), is_not_authorized_exception, "Access Token has expired");
}

/// cog-0195, cog-0210.
#[tokio::test]
async fn a_refresh_token_renews_for_thirty_days() {
    let world = SignIn::new().await;
    let result = signed_in(&world).await;
    let token = result.refresh_token().expect("a refresh token");
    let by_flow =
        |token: &str| world.initiate(AuthFlowType::RefreshTokenAuth).auth_parameters("REFRESH_TOKEN", token);
    let get_tokens = |token: &str| {
        world.house.sdk.get_tokens_from_refresh_token().client_id(&world.place.client).refresh_token(token)
    };
    for renewed in [
        by_flow(token).send().await.expect("renewed").authentication_result,
        get_tokens(token).send().await.expect("renewed").authentication_result,
    ] {
        let renewed = renewed.expect("tokens");
        assert_eq!(renewed.refresh_token(), None);
        assert_ne!(renewed.access_token(), result.access_token());
        let user = world.house.sdk.get_user().access_token(renewed.access_token().expect("a token"));
        assert_eq!(user.send().await.expect("the user").username(), "ann");
    }
    refused!(by_flow("nonsense"), is_not_authorized_exception, "Invalid Refresh Token");
    refused!(get_tokens("nonsense"), is_not_authorized_exception, "Invalid Refresh Token");
    world.house.app.clock.advance(Duration::from_secs(30 * 24 * 60 * 60));
    refused!(by_flow(token), is_not_authorized_exception, "Refresh Token has expired");
}

/// As amazon-cognito-identity-js renews in a browser that has no device.
#[tokio::test]
async fn a_parameter_that_is_null_counts_as_absent() {
    let world = SignIn::new().await;
    let result = signed_in(&world).await;
    let parameters = |token: Value| json!({ "REFRESH_TOKEN": token, "DEVICE_KEY": null });
    let renew = |token| {
        let client = &world.place.client;
        json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters(token) })
    };
    let token = Value::from(result.refresh_token().expect("a refresh token"));
    let renewed = world.house.post_unsigned("InitiateAuth", &renew(token)).await.done();
    assert!(renewed["AuthenticationResult"]["AccessToken"].is_string(), "{renewed}");
    let refused = world.house.post_unsigned("InitiateAuth", &renew(Value::Null)).await.refusal();
    let expected = (400, "InvalidParameterException", "Missing required parameter REFRESH_TOKEN");
    assert_eq!((refused.0, refused.1.as_str(), refused.2.as_str()), expected);
}

/// cog-0187, cog-0333.
#[tokio::test]
async fn refresh_tokens_rotate_with_a_grace() {
    let world = SignIn::new().await;
    let rotation =
        RefreshTokenRotationType::builder().feature(FeatureType::Enabled).retry_grace_period_seconds(10);
    let made = world.house.sdk.create_user_pool_client().user_pool_id(&world.place.pool).client_name("r");
    let made = made.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth);
    let made =
        made.refresh_token_rotation(rotation.build().expect("complete")).send().await.expect("a client");
    let client = made.user_pool_client.and_then(|client| client.client_id).expect("an id");
    let call = world.by_password("ann", PASSWORD).client_id(&client);
    let first = call.send().await.expect("signed in").authentication_result.expect("tokens");
    let first = first.refresh_token.expect("a refresh token");
    let renew =
        |token: &str| world.house.sdk.get_tokens_from_refresh_token().client_id(&client).refresh_token(token);
    let second = renew(&first).send().await.expect("renewed").authentication_result.expect("tokens");
    let second = second.refresh_token.expect("another refresh token");
    assert_ne!(first, second);
    renew(&first).send().await.expect("within the grace");
    world.house.app.clock.advance(Duration::from_secs(10));
    let replaced = "Refresh Token has been replaced by another one";
    refused!(renew(&first), is_refresh_token_reuse_exception, replaced);
    renew(&second).send().await.expect("the newer one is good");
}

/// cog-0335.
#[tokio::test]
async fn revoking_ends_one_sign_in_and_signing_out_all() {
    let world = SignIn::new().await;
    let sdk = &world.house.sdk;
    let (one, two) = (signed_in(&world).await, signed_in(&world).await);
    let access = |result: &AuthenticationResultType| result.access_token().expect("a token").to_owned();
    let get = |result: &AuthenticationResultType| sdk.get_user().access_token(access(result));
    let refresh = |result: &AuthenticationResultType| {
        let token = result.refresh_token().expect("a refresh token");
        world.initiate(AuthFlowType::RefreshToken).auth_parameters("REFRESH_TOKEN", token)
    };
    let revoke = |token: &str| sdk.revoke_token().client_id(&world.place.client).token(token);
    refused!(revoke(&access(&one)), is_unsupported_token_type_exception, "Unsupported token type");
    for _ in 0..2 {
        revoke(one.refresh_token().expect("a token")).send().await.expect("revoked, however often");
    }
    refused!(get(&one), is_not_authorized_exception, REVOKED);
    refused!(refresh(&one), is_not_authorized_exception, "Refresh Token has been revoked");
    get(&two).send().await.expect("the other sign-in goes on");

    sdk.global_sign_out().access_token(access(&two)).send().await.expect("signed out");
    refused!(get(&two), is_not_authorized_exception, REVOKED);
    refused!(refresh(&two), is_not_authorized_exception, "Refresh Token has been revoked");
    refused!(sdk.global_sign_out().access_token(access(&two)), is_not_authorized_exception, REVOKED);

    let three = signed_in(&world).await;
    get(&three).send().await.expect("a later sign-in is good");
    let admin =
        |username: &str| sdk.admin_user_global_sign_out().user_pool_id(&world.place.pool).username(username);
    admin("ann").send().await.expect("signed out");
    refused!(get(&three), is_not_authorized_exception, REVOKED);
    refused!(admin("nobody"), is_user_not_found_exception, "User does not exist.");
    let unknown = sdk.revoke_token().client_id("none").token("x");
    refused!(unknown, is_unauthorized_exception, "User pool client none does not exist.");

    let four = signed_in(&world).await;
    let other = world.house.client_in(&world.place.pool).await;
    let theirs = revoke(four.refresh_token().expect("a token")).client_id(&other);
    refused!(theirs, is_unauthorized_exception, "Invalid Refresh Token");
    get(&four).send().await.expect("only its own app client ends it");
}
