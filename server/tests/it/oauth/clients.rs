//! What client libraries need that no other test runs: Spring Security and AppAuth, in Java and Kotlin.

use aws_sdk_cognitoidentityprovider::types::{OAuthFlowType, UserPoolClientType};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, PoolAndClient, jwt_claims,
    oauth::{BACK, CHALLENGE, OAuthFixture, VERIFIER, id_of, send},
};

/// The redirect URL of an app on a phone, with a scheme of its own.
const PHONE: &str = "com.example.app:/oauth2redirect";

/// Returns the fixture with another app client.
fn of_client(fixture: OAuthFixture, client: &UserPoolClientType) -> OAuthFixture {
    let ids = PoolAndClient { client: id_of(client), ..fixture.ids.clone() };
    OAuthFixture { ids, ..fixture }
}

/// AppAuth is a public app client with PKCE, whose redirect URL has a scheme of its own. It compares `state`, and checks
/// `iss`, `aud`, `nonce`, `exp` and that `iat` is within ten minutes; an `azp` would have to be its client id.
#[tokio::test]
async fn app_with_a_scheme_of_its_own_signs_in_as_appauth_does() {
    let fixture = OAuthFixture::new().await;
    let client = fixture.create_client(&[OAuthFlowType::Code], |create| create.callback_urls(PHONE)).await;
    let fixture = of_client(fixture, &client);
    let query = fixture.query(&[
        ("redirect_uri", PHONE),
        ("scope", "openid email"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let answer = fixture.browser().sign_in(&query, "ann", PASSWORD).await;
    assert!(answer.location().starts_with(&format!("{PHONE}?code=")), "{answer:?}");
    let parameters = answer.redirect_parameters();
    assert_eq!(parameters["state"], "s");
    let form = [("redirect_uri", PHONE), ("code_verifier", VERIFIER)];
    let tokens = fixture.exchange(&parameters["code"], &form).await.json();
    let id = jwt_claims(tokens["id_token"].as_str().expect("an id token"));
    assert_eq!((&id["iss"], &id["aud"]), (&json!(fixture.base), &json!(fixture.ids.client)));
    assert_eq!((&id["nonce"], id.get("azp")), (&json!("n-1"), None));
    let now = fixture.server.app.clock.now().as_seconds();
    let age = id["iat"].as_i64().map(|iat| now.abs_diff(iat));
    assert!(age.is_some_and(|age| age < 600), "{id}");
    assert!(id["exp"].as_i64() > Some(now));
}

/// Spring Security finds everything by `issuer-uri`, which `issuer` must equal; it proves itself by Basic with the parts
/// encoded like a form, looks keys up by `kid`, and wants the same `sub` of userInfo as of the id token.
#[tokio::test]
async fn server_with_an_issuer_alone_signs_in_as_spring_security_does() {
    let fixture = OAuthFixture::new().await;
    let get = async |url: &str| send(Method::GET, url, &[("accept", "application/json")], None).await.json();
    let document = get(&format!("{}/.well-known/openid-configuration", fixture.base)).await;
    let url = |member: &str| document[member].as_str().unwrap_or_else(|| panic!("no {member}")).to_owned();
    assert_eq!(url("issuer"), fixture.base);
    let created = fixture.create_client(&[OAuthFlowType::Code], |create| create.generate_secret(true)).await;
    let fixture = of_client(fixture, &created);
    let more = [("redirect_uri", BACK), ("scope", "openid email"), ("nonce", "a-hash")];
    let code = fixture.get_code(&mut fixture.browser(), &more).await;
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (id, secret) = (&fixture.ids.client, created.client_secret().expect("a secret"));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret))));
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", BACK)];
    let answer = fixture.post("/oauth2/token", &form, &[("authorization", &basic)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens = answer.json();
    let id_token = tokens["id_token"].as_str().expect("an id token");
    let header = id_token.split('.').next().expect("a header");
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).expect("Base64");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    let keys = get(&url("jwks_uri")).await;
    let key = keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == header["kid"]);
    let key = key.expect("the key of the token");
    assert_eq!((&key["alg"], &key["use"]), (&json!("RS256"), &json!("sig")));
    assert_eq!(jwt_claims(id_token)["nonce"], "a-hash");
    let user = fixture.user_info(tokens["access_token"].as_str().expect("an access token")).await.json();
    assert_eq!(user["sub"], jwt_claims(id_token)["sub"]);
    // An error comes back with the state that was sent.
    let refused =
        fixture.browser().get("/oauth2/authorize", &fixture.query(&[("scope", "nowhere/read")])).await;
    let parameters = refused.redirect_parameters();
    assert_eq!((&*parameters["state"], parameters.contains_key("error")), ("s", true));
}
