//! Attacks on the endpoints, each of which must fail. Interception of codes is in `token`, open redirects in `authorize` and
//! `logout`.

use lido::{app::App, credentials::Credentials, http::Gate, rates::Rates};
use serde_json::json;

use crate::support::{
    PASSWORD, TestServer,
    oauth::{Browser, OAuthFixture},
};

/// Forged forms: without the token of the browser's own cookie, or from a page of another site.
#[tokio::test]
async fn forged_form_is_refused() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let credentials = [("username", "ann"), ("password", PASSWORD)];
    let mut victim = fixture.browser();
    let csrf = victim.open_form(&query).await;
    let attacker = fixture.browser().open_form(&query).await;
    for token in ["", attacker.as_str()] {
        let form = [&[("_csrf", token)], &credentials[..]].concat();
        assert_eq!(victim.send_form(&query, &form, &[]).await.status, 403, "{token}");
    }
    let form = [&[("_csrf", csrf.as_str())], &credentials[..]].concat();
    for site in ["cross-site", "same-site"] {
        assert_eq!(victim.send_form(&query, &form, &[("sec-fetch-site", site)]).await.status, 403);
    }
    assert!(!victim.cookies.contains_key("cognito"));
    let mut without_cookies = fixture.browser();
    assert_eq!(without_cookies.send_form(&query, &form, &[]).await.status, 403);
    assert_eq!(victim.send_form(&query, &form, &[("sec-fetch-site", "same-origin")]).await.status, 302);
}

/// A token that this server has not set, such as one that a page of a neighbouring host has planted, is replaced, and a form
/// with it refused. A sign-in ends the token.
#[tokio::test]
async fn planted_form_token_is_replaced() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    let good = browser.open_form(&query).await;
    let (random, digest) = good.split_once('.').expect("a digest");
    let mixed = format!("{}.{digest}", random.chars().rev().collect::<String>());
    for planted in ["planted", "11111111-1111-1111-1111-111111111111", &mixed, random] {
        browser.cookies.insert("XSRF-TOKEN".to_owned(), planted.to_owned());
        let form = [("_csrf", planted), ("username", "ann"), ("password", PASSWORD)];
        assert_eq!(browser.send_form(&query, &form, &[]).await.status, 403, "{planted}");
        let replaced = browser.open_form(&query).await;
        assert_eq!(browser.cookies["XSRF-TOKEN"], replaced);
        assert_ne!(replaced, planted);
    }
    let before = browser.open_form(&query).await;
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    assert!(answer.redirect_parameters().contains_key("code"));
    assert!(!browser.cookies.contains_key("XSRF-TOKEN"), "a sign-in ends the token");
    assert_ne!(browser.open_form(&query).await, before);
}

/// Session fixation: a session that an attacker has planted does not become the victim's. It ends, as any that a browser had
/// before its user signed in.
#[tokio::test]
async fn sign_in_makes_a_new_session() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    browser.sign_in(&query, "ann", PASSWORD).await;
    let planted = browser.cookies["cognito"].clone();
    fixture.server.sign_up(&fixture.ids.client, "bob", "bob@example.com").await;
    let confirm = fixture.server.sdk.admin_confirm_sign_up().user_pool_id(&fixture.ids.pool).username("bob");
    confirm.send().await.expect("confirmed");
    let mut victim = fixture.browser();
    victim.cookies.insert("cognito".to_owned(), planted.clone());
    victim.sign_in(&query, "bob", PASSWORD).await;
    assert_ne!(victim.cookies["cognito"], planted);
    let subject = async |session: &str| {
        let mut browser = fixture.browser();
        browser.cookies.insert("cognito".to_owned(), session.to_owned());
        let answer = browser.get("/oauth2/authorize", &query).await;
        let tokens = fixture.exchange(&answer.redirect_parameters()["code"], &[]).await.json();
        let claims = crate::support::jwt_claims(tokens["access_token"].as_str().expect("a token"));
        claims["username"].as_str().expect("a name").to_owned()
    };
    assert_eq!(subject(&victim.cookies["cognito"]).await, "bob");
    for forged in ["", "x", "x.y", &format!("{planted}x"), &planted] {
        let mut browser = fixture.browser();
        browser.cookies.insert("cognito".to_owned(), forged.to_owned());
        assert!(browser.get("/oauth2/authorize", &query).await.location().contains("/login?"), "{forged}");
    }
}

/// Confused deputy, and cookies that cross pools: what belongs to one pool is nothing at the endpoints of another.
#[tokio::test]
async fn pools_do_not_share_clients_codes_tokens_or_sessions() {
    let one = OAuthFixture::new().await;
    let two = OAuthFixture::with_server(TestServer {
        app: one.server.app.clone(),
        address: one.server.address,
        sdk: one.server.sdk.clone(),
    })
    .await;
    assert_ne!(one.ids.pool, two.ids.pool);
    let mut browser = one.browser();
    let code = one.get_code(&mut browser, &[]).await;

    // The client of the other pool does not exist here.
    let mut elsewhere = two.browser();
    let answer = elsewhere.get("/oauth2/authorize", &one.query(&[])).await;
    assert!(answer.location().ends_with("/error?error=Client+does+not+exist."), "{answer:?}");
    let misplaced = OAuthFixture {
        base: two.base.clone(),
        ids: one.ids.clone(),
        sub: one.sub.clone(),
        server: TestServer {
            app: one.server.app.clone(),
            address: one.server.address,
            sdk: one.server.sdk.clone(),
        },
    };
    assert_eq!(misplaced.exchange(&code, &[]).await.json(), json!({ "error": "invalid_client" }));
    // The code of the other pool is unknown here.
    assert_eq!(two.exchange(&code, &[]).await.json(), json!({ "error": "invalid_grant" }));
    let tokens = one.exchange(&code, &[]).await.json();
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(
        (one.user_info(access).await.status.as_u16(), two.user_info(access).await.status.as_u16()),
        (200, 401)
    );
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", two.ids.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().expect("one")),
    ];
    assert_eq!(two.post("/oauth2/token", &refresh, &[]).await.json(), json!({ "error": "invalid_grant" }));
    // The session of the other pool signs no user in, even if a browser sent its cookie.
    elsewhere.cookies.clone_from(&browser.cookies);
    let answer = elsewhere.get("/oauth2/authorize", &two.query(&[("prompt", "none")])).await;
    assert!(answer.location().contains("error=login_required"), "{answer:?}");
    // The same at the root, where the cookie of each pool has a name of its own.
    let mut root = Browser::new(&format!("http://{}", one.server.address));
    root.sign_in(&one.query(&[]), "ann", PASSWORD).await;
    assert!(root.get("/oauth2/authorize", &two.query(&[])).await.location().contains("/login?"));
    assert!(root.get("/oauth2/authorize", &one.query(&[])).await.location().contains("code="));
}

/// Mix-up of clients: a code belongs to the client that began.
#[tokio::test]
async fn code_of_another_client_is_refused_and_stays_good() {
    let fixture = OAuthFixture::new().await;
    let other = fixture
        .create_client(&[aws_sdk_cognitoidentityprovider::types::OAuthFlowType::Code], |create| create)
        .await;
    let other = crate::support::oauth::id_of(&other);
    let code = fixture.get_code(&mut fixture.browser(), &[]).await;
    let stolen = fixture.exchange(&code, &[("client_id", &other)]).await;
    assert_eq!(stolen.json(), json!({ "error": "invalid_grant" }), "oau-0296");
    assert_eq!(fixture.exchange(&code, &[]).await.status, 200);
}

/// Leaks: nothing that is stored opens a session or redeems a code, and answers with secrets are neither cached nor sent on
/// as referrers.
#[tokio::test]
async fn answers_with_codes_and_tokens_are_not_cached_or_sent_on() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let redirect = browser.sign_in(&fixture.query(&[]), "ann", PASSWORD).await;
    let tokens = fixture.exchange(&redirect.redirect_parameters()["code"], &[]).await;
    for answer in [&redirect, &tokens] {
        assert!(answer.header("cache-control").contains("no-store"));
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    assert_eq!(redirect.body, "");
}

/// Each request with a session stores a code. One without stores nothing, and counts when its form is sent.
#[tokio::test]
async fn authorize_with_a_session_has_a_rate_limit() {
    let app = App::for_tests();
    let rates = Rates::new(&"on,UserAuthentication=2".parse().expect("quotas"), &app.clock);
    let server = TestServer::with_gate(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await;
    let query = "client_id=nowhere";
    for base in [format!("http://{}", server.address), format!("http://{}/us-east-1_a", server.address)] {
        let without = Browser::new(&base).get("/oauth2/authorize", query).await;
        assert_eq!(without.status, 302, "{without:?}");
    }
    let mut statuses = Vec::new();
    for cookie in ["cognito", "cognito.us-east-1_a", "cognito"] {
        let mut browser = Browser::new(&format!("http://{}", server.address));
        browser.cookies.insert(cookie.to_owned(), "x".to_owned());
        statuses.push(browser.get("/oauth2/authorize", query).await.status.as_u16());
    }
    assert_eq!(statuses, [302, 302, 429]);
}

#[tokio::test]
async fn endpoints_have_the_rate_limits_of_their_categories() {
    let app = App::for_tests();
    let quotas = "on,UserToken=1,UserAuthentication=1,ClientAuthentication=1,UserRead=1,Pages=5"
        .parse()
        .expect("quotas");
    let rates = Rates::new(&quotas, &app.clock);
    let server = TestServer::with_gate(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await;
    let base = format!("http://{}", server.address);
    let twice = async |path: &str, form: &[(&str, &str)]| {
        let first = crate::support::oauth::post_form(&format!("{base}{path}"), form, &[]).await.status;
        let second = crate::support::oauth::post_form(&format!("{base}{path}"), form, &[]).await.status;
        (first.as_u16(), second.as_u16())
    };
    let client = ("client_id", "nowhere");
    let code = [("grant_type", "authorization_code"), client];
    assert_eq!(twice("/oauth2/token", &code).await, (400, 429));
    assert_eq!(twice("/oauth2/token", &[("grant_type", "client_credentials"), client]).await, (400, 429));
    assert_eq!(twice("/oauth2/userInfo", &[]).await, (400, 429));
    assert_eq!(twice("/login", &[]).await, (302, 429));
    assert_eq!(twice("/oauth2/revoke", &[client]).await, (429, 429), "as UserToken, which is used up");
    let mut browser = Browser::new(&base);
    let image = "/us-east-1_absent/branding/classic-ALL/00.png";
    let pages = ["/login", "/error", "/oauth2/authorize", "/logout", image];
    let mut statuses = Vec::new();
    for path in pages.iter().chain(&pages) {
        statuses.push(browser.get(path, "client_id=nowhere").await.status.as_u16());
    }
    assert_eq!(statuses, [302, 400, 302, 302, 404, 429, 429, 429, 429, 429]);
}
