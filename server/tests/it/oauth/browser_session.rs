//! The browser session: signing in again without a prompt, and what ends it.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::create_user_pool_client::builders::CreateUserPoolClientFluentBuilder, types::OAuthFlowType,
};
use reqwest::Method;
use serde_json::Value;

use crate::support::{
    PASSWORD, attribute, jwt_claims,
    oauth::{ADMIN, Browser, OAuthFixture, id_of, send},
};

/// Returns whether the browser is signed in without a page.
async fn is_signed_in(fixture: &OAuthFixture, browser: &mut Browser) -> bool {
    let answer = browser.get("/oauth2/authorize", &fixture.query(&[("prompt", "none")])).await;
    match answer.redirect_parameters().get("error").map(String::as_str) {
        None => true,
        Some("login_required") => false,
        Some(other) => panic!("{other}"),
    }
}

/// oau-0037, oau-0038, oau-0050, oau-0074, oau-0075.
#[tokio::test]
async fn session_signs_in_for_an_hour_through_every_client_of_the_pool() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, clock) = (fixture.browser(), &fixture.server.app.clock);
    let other = id_of(&fixture.create_client(&[OAuthFlowType::Code], |create| create).await);
    let query = fixture.query(&[]);
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    let cookie = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let cookie = cookie.into_iter().find(|cookie| cookie.starts_with("cognito=")).expect("a session");
    for part in ["; HttpOnly", "; SameSite=Lax", &format!("; Path=/{}", fixture.ids.pool), "; Max-Age=3600"] {
        assert!(cookie.contains(part), "{cookie} has no {part}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    clock.advance(Duration::from_secs(3_000));
    let more = [("client_id", other.as_str()), ("prompt", "none")];
    let answer = browser.get("/oauth2/authorize", &fixture.query(&more)).await;
    let code = answer.redirect_parameters()["code"].clone();
    let tokens: Value = fixture.exchange(&code, &[("client_id", &other)]).await.json();
    let id = jwt_claims(tokens["id_token"].as_str().expect("a token"));
    let age = id["iat"].as_i64().expect("a time") - id["auth_time"].as_i64().expect("a time");
    assert_eq!(age, 3_000, "auth_time is that of the interactive sign-in");

    let login = browser.get("/oauth2/authorize", &fixture.query(&[("prompt", "login")])).await;
    assert!(login.location().starts_with(&format!("{}/login?", fixture.base)));
    assert!(is_signed_in(&fixture, &mut browser).await, "prompt=login does not end the session");
    let login = browser.get("/oauth2/authorize", &fixture.query(&[("max_age", "60")])).await;
    assert!(login.location().contains("/login?"));
    clock.advance(Duration::from_secs(600));
    assert!(!is_signed_in(&fixture, &mut browser).await, "its use does not prolong it");
}

/// oau-0076.
#[tokio::test]
async fn session_of_a_pool_user_is_nothing_to_a_client_without_pool_users() {
    let fixture = OAuthFixture::new().await;
    let create = |create: CreateUserPoolClientFluentBuilder| create.supported_identity_providers("Corporate");
    let corporate = id_of(&fixture.create_client(&[OAuthFlowType::Code], create).await);
    let mut browser = fixture.browser();
    fixture.get_code(&mut browser, &[]).await;
    assert!(is_signed_in(&fixture, &mut browser).await);
    let query = fixture.query(&[("client_id", &corporate)]);
    let answer = browser.get("/oauth2/authorize", &query).await;
    assert_eq!(answer.location(), format!("{}/login?{query}", fixture.base));
    assert_eq!(browser.get("/login", &query).await.status, 501, "there is no form");
    let silent = fixture.query(&[("client_id", &corporate), ("prompt", "none")]);
    let answer = browser.get("/oauth2/authorize", &silent).await;
    assert_eq!(answer.redirect_parameters()["error"], "login_required");
    // A form that was made by hand signs no user in either.
    let csrf = fixture.browser().open_form(&fixture.query(&[])).await;
    browser.cookies.insert("XSRF-TOKEN".to_owned(), csrf.clone());
    let form = [("_csrf", csrf.as_str()), ("username", "ann"), ("password", PASSWORD)];
    assert_eq!(browser.send_form(&query, &form, &[]).await.status, 501);
}

/// Cookies of one name: a page of a neighbouring host may have set the other one.
#[tokio::test]
async fn repeated_session_cookie_is_no_session() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    fixture.get_code(&mut browser, &[]).await;
    let session = browser.cookies["cognito"].clone();
    let url = format!("{}/oauth2/authorize?{}", fixture.base, fixture.query(&[("prompt", "none")]));
    for (cookies, is_signed_in) in [
        (format!("cognito={session}"), true),
        (format!("cognito={session}; cognito=planted"), false),
        (format!("cognito=planted; cognito={session}"), false),
    ] {
        let answer = send(Method::GET, &url, &[("cookie", &cookies)], None).await;
        assert_eq!(answer.redirect_parameters().contains_key("code"), is_signed_in, "{cookies}");
    }
}

#[tokio::test]
async fn new_sign_in_ends_the_former_session_of_the_browser() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    fixture.get_code(&mut browser, &[]).await;
    let mut copy = fixture.browser();
    copy.cookies.insert("cognito".to_owned(), browser.cookies["cognito"].clone());
    assert!(is_signed_in(&fixture, &mut copy).await);
    fixture.get_code(&mut browser, &[("prompt", "login")]).await;
    assert!(is_signed_in(&fixture, &mut browser).await);
    assert!(!is_signed_in(&fixture, &mut copy).await, "the former session has ended");
}

/// Every change after which a user must sign in again; *Chosen* where the service's answer is unknown.
#[tokio::test]
async fn session_ends_with_sign_out_disabling_password_changes_and_deletion() {
    let fixture = OAuthFixture::new().await;
    let (sdk, pool, mut browser) = (&fixture.server.sdk, &fixture.ids.pool, fixture.browser());
    let sign_in = async |browser: &mut Browser| {
        let answer = browser.sign_in(&fixture.query(&[]), "ann", PASSWORD).await;
        let code = answer.redirect_parameters()["code"].clone();
        assert!(is_signed_in(&fixture, browser).await);
        let tokens = fixture.exchange(&code, &[]).await.json();
        tokens["access_token"].as_str().expect("a token").to_owned()
    };
    sign_in(&mut browser).await;
    sdk.admin_user_global_sign_out().user_pool_id(pool).username("ann").send().await.expect("signed out");
    assert!(!is_signed_in(&fixture, &mut browser).await, "AdminUserGlobalSignOut");

    let token = sign_in(&mut browser).await;
    sdk.global_sign_out().access_token(token).send().await.expect("signed out");
    assert!(!is_signed_in(&fixture, &mut browser).await, "GlobalSignOut");

    let token = sign_in(&mut browser).await;
    let change = sdk.change_password().access_token(token).previous_password(PASSWORD);
    change.proposed_password("An0ther-password").send().await.expect("changed");
    assert!(!is_signed_in(&fixture, &mut browser).await, "ChangePassword");
    let set =
        sdk.admin_set_user_password().user_pool_id(pool).username("ann").password(PASSWORD).permanent(true);
    set.clone().send().await.expect("set");

    sign_in(&mut browser).await;
    set.send().await.expect("set");
    assert!(!is_signed_in(&fixture, &mut browser).await, "AdminSetUserPassword");

    sign_in(&mut browser).await;
    sdk.admin_disable_user().user_pool_id(pool).username("ann").send().await.expect("disabled");
    sdk.admin_enable_user().user_pool_id(pool).username("ann").send().await.expect("enabled");
    assert!(!is_signed_in(&fixture, &mut browser).await, "AdminDisableUser");

    sign_in(&mut browser).await;
    sdk.admin_delete_user().user_pool_id(pool).username("ann").send().await.expect("deleted");
    assert!(!is_signed_in(&fixture, &mut browser).await, "AdminDeleteUser");
}

/// The same changes end a code that was issued before; *Chosen*.
#[tokio::test]
async fn code_ends_with_sign_out_disabling_password_changes_and_deletion() {
    let fixture = OAuthFixture::new().await;
    let (sdk, pool) = (&fixture.server.sdk, &fixture.ids.pool);
    // A reset needs an address to which the code can be sent.
    let verify = sdk.admin_update_user_attributes().user_pool_id(pool).username("ann");
    verify.user_attributes(attribute("email_verified", "true")).send().await.expect("verified");
    let get_code = async || fixture.get_code(&mut fixture.browser(), &[]).await;
    let check_refused = async |code: &str, change: &str| {
        let answer = fixture.exchange(code, &[]).await;
        assert_eq!(answer.json()["error"], "invalid_grant", "{change}");
    };
    let set_password = async || {
        let set = sdk.admin_set_user_password().user_pool_id(pool).username("ann");
        set.password(PASSWORD).permanent(true).send().await.expect("set");
    };
    let token = async || {
        let tokens = fixture.get_tokens(&format!("openid {ADMIN}")).await;
        tokens["access_token"].as_str().expect("a token").to_owned()
    };
    let (code, access) = (get_code().await, token().await);
    sdk.global_sign_out().access_token(access).send().await.expect("signed out");
    check_refused(&code, "GlobalSignOut").await;

    let code = get_code().await;
    sdk.admin_user_global_sign_out().user_pool_id(pool).username("ann").send().await.expect("signed out");
    check_refused(&code, "AdminUserGlobalSignOut").await;

    let (code, access) = (get_code().await, token().await);
    let change = sdk.change_password().access_token(access).previous_password(PASSWORD);
    change.proposed_password("An0ther-password").send().await.expect("changed");
    check_refused(&code, "ChangePassword").await;
    set_password().await;

    let code = get_code().await;
    set_password().await;
    check_refused(&code, "AdminSetUserPassword").await;

    let code = get_code().await;
    sdk.admin_reset_user_password().user_pool_id(pool).username("ann").send().await.expect("reset");
    check_refused(&code, "AdminResetUserPassword").await;
    set_password().await;
    check_refused(&code, "AdminResetUserPassword and AdminSetUserPassword").await;

    let code = get_code().await;
    sdk.admin_disable_user().user_pool_id(pool).username("ann").send().await.expect("disabled");
    check_refused(&code, "AdminDisableUser").await;
    sdk.admin_enable_user().user_pool_id(pool).username("ann").send().await.expect("enabled");
    check_refused(&code, "AdminDisableUser and AdminEnableUser").await;

    let code = get_code().await;
    sdk.admin_delete_user().user_pool_id(pool).username("ann").send().await.expect("deleted");
    check_refused(&code, "AdminDeleteUser").await;
}
