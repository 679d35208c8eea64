//! What a browser that is signed in already sees: who it is, and adding a passkey.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, PreventUserExistenceErrorTypes, SignInPolicyType, UserPoolPolicyType,
};

use crate::{
    pages::markup::check,
    support::{
        PASSWORD, PoolAndClient, TestServer, authenticator::Authenticator, oauth::OAuthFixture, pool_id_of,
        test_store,
    },
};

#[tokio::test]
async fn browser_that_is_signed_in_goes_on_or_signs_out() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    fixture.get_code(&mut browser, &[]).await;
    let page = browser.open("/login", &query).await;
    check(&page);
    assert!(page.answer.body.contains("You are signed in as ann."), "{page:?}");
    browser.open_url(&page.link("Continue as ann")).await.code();
    assert!(page.find("name", "password").is_some(), "the form stays, for another user and for programs");
    let button = page.find("name", "signInSubmitButton").expect("a button");
    assert_eq!(button.text, "Sign in as another user");
    let again = browser.open("/login", &fixture.query(&[("prompt", "login")])).await;
    assert!(!again.answer.body.contains("signed in as"), "{again:?}");
    assert_eq!(again.find("name", "signInSubmitButton").expect("a button").text, "Sign in");
    let out = browser.open_url(&page.link("Sign out")).await;
    assert_eq!((out.heading().as_str(), browser.cookies.contains_key("cognito")), ("Sign in", false));
    // A session that does not sign in any more is none.
    fixture.get_code(&mut browser, &[]).await;
    fixture.server.app.clock.advance(std::time::Duration::from_secs(60 * 60));
    assert!(!browser.open("/login", &query).await.answer.body.contains("signed in as"));
}

#[tokio::test]
async fn signed_in_user_adds_a_passkey() {
    let mut app = test_store::app();
    app.settings.relying_party = Some("localhost".to_owned());
    let server = TestServer::with_app(app).await;
    let factors = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::WebAuthn)
        .build();
    let policies = UserPoolPolicyType::builder().sign_in_policy(factors).build();
    let create = server.sdk.create_user_pool().pool_name("p").policies(policies);
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let client = server.create_sign_in_client(&pool, PreventUserExistenceErrorTypes::Enabled).await;
    let sub = server.sign_up(&client, "ann", "ann@example.com").await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
    confirm.send().await.expect("confirmed");
    let fixture = OAuthFixture::in_pool(server, PoolAndClient { pool, client }, sub).await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let page = browser.open("/passkeys/add", &query).await;
    let first = "Sign in first. After that, open the page for a passkey again.";
    assert_eq!((page.path(), &*page.notice()), ("/login", first), "no one is signed in");
    browser.sign_in(&query, "ann", PASSWORD).await;
    let page = browser.open("/passkeys/add", &query).await;
    check(&page);
    assert_eq!(page.heading(), "Add a passkey");
    // Who has signed in, as the app asks by `prompt`, need not do so again for going on.
    let again = browser.open("/passkeys/add", &fixture.query(&[("prompt", "login")])).await;
    browser.open_url(&again.link("Not now")).await.code();
    let page = browser.press(&page, "Continue").await;
    check(&page);
    let form = page.tags().into_iter().find(|tag| tag.has("data-options")).expect("options");
    assert_eq!(form.get("data-passkey"), "create");
    let options: serde_json::Value = serde_json::from_str(form.get("data-options")).expect("JSON");
    let origin = format!("http://localhost:{}", fixture.server.address.port());
    let mut authenticator = Authenticator::new(&origin, "key");
    let refused = browser.fill(&page, &[("credential", "{}")]).await;
    let text = "Credential must be a RegistrationResponseJSON with its clientDataJSON and attestationObject.";
    assert_eq!((refused.path(), &*refused.notice()), ("/passkeys/add", text));
    let page = browser.press(&refused, "Continue").await;
    let form = page.tags().into_iter().find(|tag| tag.has("data-options")).expect("options");
    let again: serde_json::Value = serde_json::from_str(form.get("data-options")).expect("JSON");
    assert_ne!(again, options);
    let credential = authenticator.create(&again).to_string();
    let page = browser.fill(&page, &[("credential", &credential)]).await;
    check(&page);
    let added = "Your passkey was added. From now on you can sign in with it.";
    assert_eq!((page.path(), &*page.notice()), ("/passkeys/add", added));
    browser.press(&page, "Continue").await.code();
    assert_eq!(browser.open("/passkeys/add", &query).await.notice(), "", "it is said once");
    let factors = fixture.server.sdk.admin_get_user_auth_factors().user_pool_id(&fixture.ids.pool);
    let factors = factors.username("ann").send().await.expect("factors");
    assert!(factors.configured_user_auth_factors().contains(&AuthFactorType::WebAuthn), "{factors:?}");
}
