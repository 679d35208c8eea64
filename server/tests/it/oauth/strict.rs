//! `--strict-oauth`: the RFCs where the service differs from them.

use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    PASSWORD,
    oauth::{CHALLENGE, OAuthFixture, VERIFIER, encode, id_of, send},
};

const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

#[tokio::test]
async fn strict_errors_have_the_codes_of_the_rfcs() {
    let fixture = OAuthFixture::strict().await;
    let mut browser = fixture.browser();
    let issuer = encode([("iss", fixture.base.as_str())]);
    for (more, expected) in [
        (&[("scope", "openid phone")][..], "error=invalid_scope"),
        (&[("response_type", "token")], "error=unauthorized_client"),
        (&[("response_type", "id_token")], "error=unsupported_response_type"),
        (&[], "error=invalid_request"),
        (&[("resource", "api")], "error=invalid_target"),
    ] {
        let more = if more.is_empty() { vec![] } else { [more, &PKCE[..]].concat() };
        let answer = browser.get("/oauth2/authorize", &fixture.query(&more)).await;
        let (_, parameters) = answer.location().split_once(['?', '#']).expect("parameters");
        assert_eq!(parameters, format!("{expected}&state=s&{issuer}"), "{more:?}");
    }
    let client = fixture.create_client(&[OAuthFlowType::Code], |create| create.generate_secret(true)).await;
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:wrong", id_of(&client))));
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let answer = fixture.post("/oauth2/token", &form, &[("authorization", &basic)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Basic realm=\"token\""));
    let url = format!("{}/oauth2/userInfo", fixture.base);
    let answer = send(Method::GET, &url, &[("authorization", "Bearer x")], None).await;
    assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
}

/// What is no parameter of a form does not get into the URL of the page: a `#` in it would cut off the challenge.
#[tokio::test]
async fn strict_authorize_by_post_passes_parameters_only() {
    let fixture = OAuthFixture::strict().await;
    let mut browser = fixture.browser();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let query = fixture.query(&PKCE);
    let post = async |browser: &mut crate::support::oauth::Browser, body: String| {
        browser.request(Method::POST, "/oauth2/authorize", &form, Some(body)).await
    };
    let answer = post(&mut browser, format!("login_hint=a#b\r\nc&{query}")).await;
    let expected = format!("{}/login?login_hint=a%23b%0D%0Ac&{query}", fixture.base);
    assert_eq!(answer.location(), expected);
    let long = format!("{query}&x={}", "x".repeat(20_000));
    assert_eq!(post(&mut browser, long).await.status, 413);
}

#[tokio::test]
async fn strict_code_flow_returns_scope_and_issuer() {
    let fixture = OAuthFixture::strict().await;
    let mut browser = fixture.browser();
    let query = fixture.query(&[&PKCE[..], &[("scope", "openid email")]].concat());
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let posted = browser.request(Method::POST, "/oauth2/authorize", &form, Some(query.clone())).await;
    assert_eq!(posted.location(), format!("{}/login?{query}", fixture.base), "authorize takes POST");
    let parameters = browser.sign_in(&query, "ann", PASSWORD).await.redirect_parameters();
    assert_eq!(parameters["iss"], fixture.base);
    let mismatch = fixture
        .exchange(
            &parameters["code"],
            &[("code_verifier", VERIFIER), ("redirect_uri", "http://localhost:3000")],
        )
        .await;
    assert_eq!(mismatch.json()["error"], "invalid_grant");
    let tokens = fixture.exchange(&parameters["code"], &[("code_verifier", VERIFIER)]).await.json();
    assert_eq!(tokens["scope"], "openid email");
    let info = fixture.user_info(tokens["access_token"].as_str().expect("a token")).await.json();
    assert_eq!(info["email_verified"], json!(false));
    let out = "http://localhost:3000/out";
    let query = encode([
        ("client_id", fixture.ids.client.as_str()),
        ("post_logout_redirect_uri", out),
        ("state", "t"),
    ]);
    assert_eq!(browser.get("/logout", &query).await.location(), format!("{out}?state=t"));
    let url = format!("{}/.well-known/openid-configuration", fixture.base);
    let document = send(Method::GET, &url, &[], None).await.json();
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], json!(true));
    assert!(
        document["token_endpoint_auth_methods_supported"]
            .as_array()
            .expect("a list")
            .contains(&json!("none"))
    );
}
