//! `GET /oauth2/authorize` and the error page. The checks themselves are tested in `lido-domain`.

use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use reqwest::Method;

use crate::support::{
    PASSWORD, jwt_claims,
    oauth::{BACK, CHALLENGE, OAuthFixture, VERIFIER, encode, id_of},
};

/// oau-0014, oau-0016, oau-0033, oau-0086, oau-0090, oau-0103, oau-0266, oau-0293.
#[tokio::test]
async fn code_flow_with_challenge_signs_in() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let query =
        fixture.query(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256"), ("nonce", "n")]);
    let authorize = browser.get("/oauth2/authorize", &query).await;
    assert_eq!(authorize.location(), format!("{}/login?{query}", fixture.base));
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    let parameters = answer.redirect_parameters();
    assert!(answer.location().starts_with(&format!("{BACK}?code=")), "{answer:?}");
    assert_eq!((parameters["code"].len(), parameters["state"].as_str()), (36, "s"));
    let answer = fixture.exchange(&parameters["code"], &[("code_verifier", VERIFIER)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(answer.header("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert_eq!(answer.header("x-amz-cognito-request-id").len(), 36);
    let tokens = answer.json();
    let mut members: Vec<&String> = tokens.as_object().expect("an object").keys().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "id_token", "refresh_token", "token_type"]);
    assert_eq!((tokens["token_type"].as_str(), tokens["expires_in"].as_u64()), (Some("Bearer"), Some(3_600)));
    let id = jwt_claims(tokens["id_token"].as_str().expect("a token"));
    assert_eq!((id["nonce"].as_str(), id["sub"].as_str()), (Some("n"), Some(fixture.sub.as_str())));
    assert_eq!(id["iss"].as_str(), Some(fixture.base.as_str()));
}

/// oau-0018, oau-0019, oau-0020.
#[tokio::test]
async fn implicit_flow_returns_tokens_in_the_fragment() {
    let fixture = OAuthFixture::new().await;
    let client = id_of(&fixture.create_client(&[OAuthFlowType::Implicit], |create| create).await);
    let more = [("client_id", client.as_str()), ("response_type", "token"), ("nonce", "n")];
    let answer = fixture.browser().sign_in(&fixture.query(&more), "ann", PASSWORD).await;
    let (url, fragment) = answer.location().split_once('#').expect("a fragment");
    assert_eq!(url, BACK);
    let names: Vec<&str> = fragment.split('&').map(|pair| pair.split_once('=').expect("a value").0).collect();
    assert_eq!(names, ["id_token", "access_token", "expires_in", "token_type", "state"]);
    let parameters = answer.redirect_parameters();
    assert_eq!(jwt_claims(&parameters["id_token"])["nonce"], "n");
    assert!(fixture.user_info(&parameters["access_token"]).await.status.is_success());

    let more = [&more[..], &[("scope", "aws.cognito.signin.user.admin")]].concat();
    let answer = fixture.browser().sign_in(&fixture.query(&more), "ann", PASSWORD).await;
    let parameters = answer.redirect_parameters();
    assert!(!parameters.contains_key("id_token") && !parameters.contains_key("refresh_token"));
    let token = parameters["access_token"].as_str();
    fixture.server.sdk.get_user().access_token(token).send().await.expect("a user");
}

/// oau-0243, oau-0244, oau-0257, oau-0258.
#[tokio::test]
async fn fault_of_client_or_redirect_uri_leads_to_the_error_page() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, client) = (fixture.browser(), fixture.ids.client.as_str());
    let cases = [
        (
            fixture.query(&[("redirect_uri", "https://evil.example")]),
            format!("redirect_mismatch&client_id={client}"),
        ),
        (fixture.query(&[("client_id", "")]), "Required+parameters+missing".to_owned()),
        (fixture.query(&[("client_id", "nowhere")]), "Client+does+not+exist.".to_owned()),
    ];
    for (query, error) in cases {
        for path in ["/oauth2/authorize", "/login"] {
            let answer = browser.get(path, &query).await;
            assert_eq!(answer.location(), format!("{}/error?error={error}", fixture.base), "{query}");
        }
        let (_, query) = browser
            .get("/login", &query)
            .await
            .location()
            .split_once('?')
            .map(|(_, query)| ((), query.to_owned()))
            .expect("a query");
        let page = browser.get("/error", &query).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("An error was encountered with the requested page."), "{page:?}");
        assert!(!page.body.contains("evil.example") && !page.body.contains("<a "), "{page:?}");
    }
}

/// oau-0021, oau-0025, oau-0036, oau-0252, oau-0253, oau-0254.
#[tokio::test]
async fn other_faults_go_back_to_the_client() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let cases = [
        (
            fixture.query(&[("scope", "openid phone")]),
            "?error_description=invalid_scope&state=s&error=invalid_request",
        ),
        (
            fixture.query(&[("scope", "offline_access"), ("state", "")]),
            "?error_description=invalid_scope&error=invalid_request",
        ),
        (
            fixture.query(&[("response_type", "token")]),
            "#error_description=unauthorized_client&state=s&error=invalid_request",
        ),
        (fixture.query(&[("response_type", "")]), "?error=invalid_request&state=s"),
        (fixture.query(&[("prompt", "none")]), "?error=login_required&state=s"),
        (
            fixture.query(&[("identity_provider", "Google")]),
            "?error_description=The+identity+provider+does+not+exist.&state=s&error=invalid_request",
        ),
    ];
    for (query, answer) in cases {
        let authorize = browser.get("/oauth2/authorize", &query).await;
        assert_eq!(authorize.location(), format!("{BACK}{answer}"), "{query}");
    }
}

/// The page answers a browser that comes by itself as the authorization endpoint does.
#[tokio::test]
async fn login_refuses_what_authorize_refuses() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let csrf = browser.open_form(&fixture.query(&[])).await;
    for more in [("identity_provider", "Google"), ("idp_identifier", "example.com"), ("prompt", "none")] {
        let query = fixture.query(&[more]);
        let expected = browser.get("/oauth2/authorize", &query).await.location().to_owned();
        assert!(expected.starts_with(BACK), "{expected}");
        assert_eq!(browser.get("/login", &query).await.location(), expected, "{query}");
        let form = [("_csrf", csrf.as_str()), ("username", "ann"), ("password", PASSWORD)];
        assert_eq!(browser.send_form(&query, &form, &[]).await.location(), expected, "{query}");
        assert!(!browser.cookies.contains_key("cognito"));
    }
}

#[tokio::test]
async fn error_page_shows_known_texts_only() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    for error in
        ["Call 555-0100 to unlock your account", "<script>alert(1)</script>", "", "redirect_mismatch "]
    {
        let page = browser.get("/error", &encode([("error", error)])).await;
        assert!(page.body.contains("The request cannot be answered."), "{error}: {page:?}");
        assert!(error.is_empty() || !page.body.contains(error), "{page:?}");
        assert_eq!(
            (page.header("x-frame-options"), page.header("cache-control").is_empty()),
            ("DENY", false)
        );
    }
    let page = browser.get("/error", &encode([("error", "redirect_mismatch")])).await;
    assert!(page.body.contains("redirect_mismatch"), "{page:?}");
}

/// oau-0013, oau-0062.
#[tokio::test]
async fn other_methods_are_refused() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    for (path, allowed) in [
        ("/oauth2/authorize", "GET"),
        ("/logout", "GET"),
        ("/login", "GET, HEAD, POST"),
        ("/oauth2/token", "POST"),
    ] {
        let answer = browser.request(Method::PUT, path, &[], None).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{path}");
    }
}
