//! The sign-in page: its form, refusals and challenges.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, LambdaConfigType, OAuthFlowType, PreventUserExistenceErrorTypes,
};
use lido::store::Kind;
use lido_domain::id::PoolId;
use serde_json::json;

use crate::{
    functions::{Behavior, Functions, arn, echo, run},
    support::{
        PASSWORD, PoolAndClient, jwt_claims,
        oauth::{BACK, OAuthFixture, id_of},
        triggers::TriggerFixture,
    },
};

/// oau-0060, oau-0061, oau-0264, oau-0265, oau-0041.
#[tokio::test]
async fn page_has_the_form_that_programs_drive() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let query = fixture.query(&[("login_hint", "a\"nn")]);
    let page = browser.get("/login", &query).await;
    let action = format!("{}/login?{query}", fixture.base).replace('&', "&#38;");
    for text in [
        format!("<form name=\"cognitoSignInForm\" action=\"{action}\" method=\"POST\">").as_str(),
        &format!("<input type=\"hidden\" name=\"_csrf\" value=\"{}\">", browser.cookies["XSRF-TOKEN"]),
        "id=\"signInFormUsername\" name=\"username\"",
        "id=\"signInFormPassword\" name=\"password\" type=\"password\"",
        "value=\"a&#34;nn\"",
    ] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
    let expected = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in expected {
        assert_eq!(page.header(name), value);
    }
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'")
            && policy.contains("frame-ancestors 'none'")
    );
    assert!(!page.body.contains("<script"));
    let token = browser.cookies["XSRF-TOKEN"].clone();
    browser.get("/login", &query).await;
    assert_eq!(browser.cookies["XSRF-TOKEN"], token, "forms in two tabs are good");
}

/// oau-0267.
#[tokio::test]
async fn refusal_is_shown_on_the_page_once() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let mut shown = Vec::new();
    for (username, password) in [("ann", "Wr0ng-password"), ("unknown", PASSWORD)] {
        let answer = browser.sign_in(&query, username, password).await;
        assert_eq!(answer.location(), format!("{}/login?{query}", fixture.base));
        assert!(!browser.cookies.contains_key("cognito"));
        let page = browser.get("/login", &query).await;
        assert!(page.body.contains("Incorrect username or password."), "{page:?}");
        assert!(page.body.contains(&format!("value=\"{username}\"")), "{page:?}");
        shown.push(page.body.replace(username, ""));
    }
    assert_eq!(shown[0], shown[1], "an unknown user looks like a wrong password");
    assert!(!browser.get("/login", &query).await.body.contains("Incorrect"), "a refusal is shown once");
    let query_with_text = format!("{query}&error=evil");
    assert!(!browser.get("/login", &query_with_text).await.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn refusal_of_a_long_username_fits_into_a_cookie() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let (mut browser, long) = (fixture.browser(), "x".repeat(100_000));
    let answer = browser.sign_in(&query, &long, "Wrong-Horse-1").await;
    assert_eq!(answer.location(), format!("{}/login?{query}", fixture.base));
    let cookies = answer.headers.get_all("set-cookie").iter();
    assert!(cookies.map(|cookie| cookie.len()).max().is_some_and(|longest| longest < 4_096));
    assert!(browser.get("/login", &query).await.body.contains("Incorrect username or password."));
}

#[tokio::test]
async fn attempts_on_the_page_count_toward_the_lock_out() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    for _ in 0..6 {
        browser.sign_in(&query, "ann", "Wr0ng-password").await;
    }
    browser.sign_in(&query, "ann", PASSWORD).await;
    let page = browser.get("/login", &query).await;
    assert!(page.body.contains("Password attempts exceeded"), "{page:?}");
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    fixture.get_code(&mut browser, &[]).await;
}

#[tokio::test]
async fn user_who_is_not_confirmed_is_told_so() {
    let fixture = OAuthFixture::new().await;
    fixture.server.sign_up(&fixture.ids.client, "bob", "bob@example.com").await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let answer = browser.sign_in(&query, "bob", PASSWORD).await;
    let page = browser.open_url(answer.location()).await;
    assert_eq!((page.path(), &*page.notice()), ("/confirm", "Your account is not confirmed yet."));
}

/// With a wrong password every user looks alike, whatever the app client says about the operations.
#[tokio::test]
async fn form_tells_the_status_of_a_user_only_after_the_right_password() {
    for errors in [PreventUserExistenceErrorTypes::Enabled, PreventUserExistenceErrorTypes::Legacy] {
        let fixture = OAuthFixture::new().await;
        let create = fixture.create_client(&[OAuthFlowType::Code], |create| {
            create.prevent_user_existence_errors(errors.clone())
        });
        let ids = PoolAndClient { client: id_of(&create.await), ..fixture.ids.clone() };
        let fixture = OAuthFixture { ids, ..fixture };
        let (sdk, pool, query) = (&fixture.server.sdk, &fixture.ids.pool, fixture.query(&[]));
        for name in ["unconfirmed", "disabled", "reset"] {
            fixture.server.sign_up(&fixture.ids.client, name, &format!("{name}@example.com")).await;
        }
        for name in ["disabled", "reset"] {
            let confirm = sdk.admin_confirm_sign_up().user_pool_id(pool).username(name);
            confirm.send().await.expect("confirmed");
        }
        let disable = sdk.admin_disable_user().user_pool_id(pool).username("disabled");
        disable.send().await.expect("disabled");
        let verified = AttributeType::builder().name("email_verified").value("true").build();
        let verify = sdk.admin_update_user_attributes().user_pool_id(pool).username("reset");
        verify.user_attributes(verified.expect("an attribute")).send().await.expect("verified");
        let reset = sdk.admin_reset_user_password().user_pool_id(pool).username("reset");
        reset.send().await.expect("reset");
        let mut browser = fixture.browser();
        let mut shown = async |username: &str, password: &str| {
            let answer = browser.sign_in(&query, username, password).await;
            browser.open_url(answer.location()).await.notice()
        };
        for name in ["unconfirmed", "disabled", "reset", "ann", "unknown"] {
            assert_eq!(shown(name, "Wr0ng-password").await, "Incorrect username or password.", "{name}");
        }
        assert_eq!(shown("unconfirmed", PASSWORD).await, "Your account is not confirmed yet.");
        assert_eq!(shown("disabled", PASSWORD).await, "User is disabled.");
        assert_eq!(shown("reset", PASSWORD).await, "Your password must be replaced by a new one.");
        // The lock-out of an unknown user is that of a known one.
        for name in ["ann", "unknown"] {
            for _ in 0..6 {
                shown(name, "Wr0ng-password").await;
            }
            assert_eq!(shown(name, PASSWORD).await, "Password attempts exceeded", "{name}");
        }
    }
}

/// oau-0270, oau-0315.
#[tokio::test]
async fn triggers_of_a_sign_in_on_the_page_are_invoked_in_order() {
    let config = LambdaConfigType::builder()
        .pre_authentication(arn("before"))
        .post_authentication(arn("after"))
        .pre_token_generation(arn("tokens"));
    let (functions, fixture) = fixture_with(config.build()).await;
    for function in ["before", "after"] {
        functions.when(function, echo());
    }
    let adds_color = run(|mut event| async move {
        event["response"] =
            json!({ "claimsOverrideDetails": { "claimsToAddOrOverride": { "color": "red" } } });
        event
    });
    functions.when("tokens", adds_color);
    let mut browser = fixture.browser();
    let code = fixture.get_code(&mut browser, &[]).await;
    let order =
        || -> Vec<_> { functions.invoked().iter().map(|call| call.event["triggerSource"].clone()).collect() };
    let expected = [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_HostedAuth",
    ];
    assert_eq!(order(), expected);
    let tokens = fixture.exchange(&code, &[]).await.json();
    assert_eq!(jwt_claims(tokens["id_token"].as_str().expect("a token"))["color"], "red");
    assert_eq!(order().len(), 3, "the exchange invokes none");
    let answer = browser.get("/oauth2/authorize", &fixture.query(&[])).await;
    assert!(answer.redirect_parameters().contains_key("code"));
    assert_eq!(order()[3..], ["TokenGeneration_HostedAuth"], "no one has signed in again");
}

#[tokio::test]
async fn error_of_a_trigger_is_shown_on_the_page_or_goes_to_the_client() {
    let config =
        LambdaConfigType::builder().pre_authentication(arn("before")).pre_token_generation(arn("tokens"));
    let (functions, fixture) = fixture_with(config.build()).await;
    functions.when("before", Behavior::Throw(r#"{"errorMessage":"<b>no</b>"}"#));
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    browser.sign_in(&query, "ann", PASSWORD).await;
    let page = browser.get("/login", &query).await;
    assert!(page.body.contains("PreAuthentication failed with error &#60;b&#62;no&#60;/b&#62;."), "{page:?}");
    functions.when("before", echo());
    functions.when("tokens", Behavior::Throw(r#"{"errorMessage":"no"}"#));
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    let expected =
        "?error_description=PreTokenGeneration+failed+with+error+no.&state=s&error=invalid_request";
    assert_eq!(answer.location(), format!("{BACK}{expected}"));
}

/// A PostAuthentication that refuses ends the sign-in, as in the API, where there are no tokens then: it is not invoked
/// for a session, so that none may be left. The same for PreTokenGeneration.
#[tokio::test]
async fn refusal_of_post_authentication_leaves_no_session() {
    let config =
        LambdaConfigType::builder().post_authentication(arn("after")).pre_token_generation(arn("tokens"));
    let (functions, fixture) = fixture_with(config.build()).await;
    let (pool, query) = (PoolId::new(&*fixture.ids.pool), fixture.query(&[]));
    let silent = fixture.query(&[("prompt", "none")]);
    for refusing in ["after", "tokens"] {
        for function in ["after", "tokens"] {
            functions.when(function, echo());
        }
        functions.when(refusing, Behavior::Throw(r#"{"errorMessage":"no"}"#));
        let mut browser = fixture.browser();
        let answer = browser.sign_in(&query, "ann", PASSWORD).await;
        assert!(answer.location().contains("failed+with+error+no."), "{answer:?}");
        assert!(!browser.cookies.contains_key("cognito"), "{refusing}");
        for kind in [Kind::BrowserSession, Kind::Grant, Kind::Authorization] {
            assert_eq!(fixture.server.app.store.count(&pool, kind).await, Ok(0), "{refusing} {kind:?}");
        }
        functions.when(refusing, echo());
        let answer = browser.get("/oauth2/authorize", &silent).await;
        assert_eq!(answer.redirect_parameters()["error"], "login_required", "{refusing}");
    }
    fixture.get_code(&mut fixture.browser(), &[]).await;
}

/// Starts a server with functions, and a pool with this LambdaConfig.
async fn fixture_with(config: LambdaConfigType) -> (Functions, OAuthFixture) {
    let TriggerFixture { functions, server, ids, sub } = TriggerFixture::with(config).await;
    (functions, OAuthFixture::in_pool(server, ids, sub).await)
}
