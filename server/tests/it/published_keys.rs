//! Verification of tokens by another JWT library, with the published configuration and keys.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use jwt_compact::{
    AlgorithmExt as _, UntrustedToken,
    alg::{Rsa, RsaPublicKey},
    jwk::JsonWebKey,
};
use lido::{
    app::{App, Settings},
    delivery::{Inbox, Transports},
};
use serde_json::Value;

use crate::support::{PASSWORD, TestServer, jwt_claims, sign_in::SignInFixture, test_store};

/// Sends a GET request; returns the head in lower case and the body.
async fn get(address: SocketAddr, path: &str) -> (String, Value) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: https://a.example\r\nConnection: close\r\n\r\n"
    );
    let exchange = move || {
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("an answer");
        response
    };
    let response = tokio::task::spawn_blocking(exchange).await.expect("no panic");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), serde_json::from_str(body).expect("JSON"))
}

/// Verifies a token by the key in `jwks` that its header names; returns the index of the key and the claims.
fn verified(jwks: &Value, token: &str) -> (usize, Value) {
    let untrusted = UntrustedToken::new(token).expect("a token");
    let kid = untrusted.header().key_id.clone().expect("a key id");
    let keys = jwks["keys"].as_array().expect("keys");
    let position = keys.iter().position(|key| key["kid"] == kid.as_str()).expect("a published key");
    let jwk: JsonWebKey<'_> = serde_json::from_value(keys[position].clone()).expect("a JWK");
    let key = RsaPublicKey::try_from(&jwk).expect("an RSA key");
    let token = Rsa::rs256().validator::<Value>(&key).validate(&untrusted).expect("a valid signature");
    (position, serde_json::to_value(token.claims()).expect("claims"))
}

/// cog-0219, cog-0220, cog-0258.
#[tokio::test]
async fn tokens_with_published_keys_verify_in_another_library() {
    let fixture = SignInFixture::new().await;
    let (pool, address) = (&fixture.ids.pool, fixture.server.address);
    let group = fixture.server.sdk.create_group().user_pool_id(pool).group_name("staff");
    group.role_arn("arn:aws:iam::000000000000:role/staff").send().await.expect("a group");
    let join = fixture.server.sdk.admin_add_user_to_group().user_pool_id(pool).username("ann");
    join.group_name("staff").send().await.expect("joined");
    let response = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
    let result = response.authentication_result.expect("tokens");
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
    assert_eq!((id_key, access_key), (0, 1), "one key for ID tokens, one for access tokens");
    for claims in [&id, &access] {
        assert_eq!((&claims["iss"], &claims["sub"]), (&issuer.as_str().into(), &fixture.sub.as_str().into()));
        assert_eq!(claims["cognito:groups"], serde_json::json!(["staff"]));
        assert_eq!((&claims["iat"], &claims["exp"]), (&1_795_246_200.into(), &1_795_249_800.into()));
    }
    assert_eq!(id["origin_jti"], access["origin_jti"]);
    assert_eq!(id["event_id"], access["event_id"]);
    assert_ne!(id["jti"], access["jti"]);
    assert_eq!((&id["token_use"], &access["token_use"]), (&"id".into(), &"access".into()));
    assert_eq!((&id["aud"], &access["client_id"]), (&id["aud"], &fixture.ids.client.as_str().into()));
    assert_eq!((&id["email"], &id["email_verified"]), (&"ann@example.com".into(), &false.into()));
    assert_eq!(id["cognito:preferred_role"], "arn:aws:iam::000000000000:role/staff");
    let (head, _) = get(address, "/us-east-1_nowhere/.well-known/jwks.json").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
}

/// Starts a server on the store of another one, as a restart with these settings does.
async fn restarted(former: &TestServer, settings: Settings) -> TestServer {
    let App { store, clock, entropy, keys, triggers, .. } = &*former.app;
    let (transports, keys) = (Transports::inbox(Inbox::new()), Arc::clone(keys));
    let (store, clock) = (store.clone(), clock.clone());
    TestServer::with_app(App::new(
        store,
        clock,
        entropy.clone(),
        keys,
        transports,
        triggers.clone(),
        settings,
    ))
    .await
}

#[tokio::test]
async fn tokens_name_the_issuer_and_discovery_the_address_of_the_server() {
    let aws = "https://cognito-idp.{region}.amazonaws.com/{poolId}";
    // (--issuer, --public-url, iss, the base of the endpoints; POOL and ADDRESS are those of the server)
    let cases = [
        (None, None, "http://ADDRESS/POOL", "http://ADDRESS"),
        (None, Some("https://a.example"), "https://a.example/POOL", "https://a.example"),
        (Some(aws), None, "https://cognito-idp.us-east-1.amazonaws.com/POOL", "http://ADDRESS"),
        (
            Some("https://i.example/idp"),
            Some("https://a.example"),
            "https://i.example/idp/POOL",
            "https://a.example",
        ),
    ];
    for (issuer, public_url, iss, base) in cases {
        let settings = Settings {
            issuer: issuer.map(|text| text.parse().expect("an issuer")),
            public_url: public_url.map(str::to_owned),
            ..Settings::default()
        };
        let server = TestServer::with_app(App { settings, ..test_store::app() }).await;
        let fixture = SignInFixture::with_server(server).await;
        let (pool, address) = (&fixture.ids.pool, fixture.server.address);
        let told = |text: &str| text.replace("ADDRESS", &address.to_string()).replace("POOL", pool);
        let response = fixture.by_password("ann", PASSWORD).send().await.expect("signed in");
        let result = response.authentication_result.expect("tokens");
        let (_, jwks) = get(address, &format!("/{pool}/.well-known/jwks.json")).await;
        for token in [result.id_token(), result.access_token()] {
            let (_, claims) = verified(&jwks, token.expect("a token"));
            assert_eq!(claims["iss"], told(iss).as_str(), "{issuer:?} {public_url:?}");
        }
        let (_, configuration) = get(address, &format!("/{pool}/.well-known/openid-configuration")).await;
        assert_eq!(configuration["issuer"], told(iss).as_str());
        assert_eq!(configuration["jwks_uri"], told(&format!("{base}/POOL/.well-known/jwks.json")).as_str());
    }
}

/// The operations of this server find the user by the signature of its own keys, so that a change of the issuer signs out
/// no user; other verifiers refuse the former issuer until the tokens are renewed.
#[tokio::test]
async fn token_of_a_former_issuer_stays_valid_for_operations_and_is_renewed_with_the_new_one() {
    let former = SignInFixture::new().await;
    let response = former.by_password("ann", PASSWORD).send().await.expect("signed in");
    let result = response.authentication_result.expect("tokens");
    let issuer = Some("https://i.example".parse().expect("an issuer"));
    let server = restarted(&former.server, Settings { issuer, ..Settings::default() }).await;

    let token = result.access_token().expect("an access token");
    let user = server.sdk.get_user().access_token(token).send().await.expect("still signed in");
    assert_eq!(user.username(), "ann");
    let renew = server.sdk.get_tokens_from_refresh_token().client_id(&former.ids.client);
    let renewed = renew.refresh_token(result.refresh_token().expect("a refresh token")).send().await;
    let renewed = renewed.expect("renewed").authentication_result.expect("tokens");
    for (token, base) in [
        (token, format!("http://{}", former.server.address)),
        (renewed.access_token().expect("an access token"), "https://i.example".to_owned()),
    ] {
        assert_eq!(jwt_claims(token)["iss"], format!("{base}/{}", former.ids.pool));
    }
}
