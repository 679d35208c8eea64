//! The screens of first and second factors.

use aws_sdk_cognitoidentityprovider::types::{
    AuthFactorType, EmailMfaConfigType, EmailMfaSettingsType, ExplicitAuthFlowsType, OAuthFlowType,
    SignInPolicyType, SmsMfaSettingsType, UserPoolMfaType, UserPoolPolicyType,
};

use crate::{
    pages::markup::check,
    support::{
        PASSWORD, PoolAndClient, TestServer, attribute,
        authenticator::Authenticator,
        mfa::{TOTP_STEP, sms_mfa_config, software_token_settings},
        oauth::{Browser, OAuthFixture, id_of},
        pages::Sight,
        pool_id_of,
        sign_in::SignInFixture,
        sms_configuration,
    },
};

/// Returns the fixture of the pages in the pool of another one. Both are one server.
async fn with_pages(fixture: &SignInFixture) -> OAuthFixture {
    let server = TestServer {
        app: fixture.server.app.clone(),
        address: fixture.server.address,
        sdk: fixture.server.sdk.clone(),
    };
    OAuthFixture::in_pool(server, fixture.ids.clone(), fixture.sub.clone()).await
}

async fn give_password(fixture: &OAuthFixture) -> (Browser, Sight) {
    let mut browser = fixture.browser();
    let page = browser.open("/login", &fixture.query(&[])).await;
    let page = browser.fill(&page, &[("username", "ann"), ("password", PASSWORD)]).await;
    check(&page);
    assert!(!browser.cookies.contains_key("cognito"), "no session before the last factor");
    (browser, page)
}

#[tokio::test]
async fn code_of_an_authenticator_signs_in() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::Optional).send().await.expect("set");
    let (token, secret) = fixture.set_up_software_token().await;
    let prefer = fixture.server.sdk.set_user_mfa_preference().access_token(token);
    prefer.software_token_mfa_settings(software_token_settings(true, true)).send().await.expect("turned on");
    let pages = with_pages(&fixture).await;
    fixture.server.app.clock.advance(TOTP_STEP);
    let (mut browser, page) = give_password(&pages).await;
    assert_eq!((page.path(), &*page.heading()), ("/mfa", "Enter the code"));
    let field = page.find("name", "code").expect("a field");
    assert_eq!((field.get("autocomplete"), field.get("inputmode")), ("one-time-code", "numeric"));
    let page = browser.fill(&page, &[("code", "000000")]).await;
    check(&page);
    assert_eq!(page.problem("code"), "Invalid code received for user");
    // As apps show it, in two groups.
    let code = fixture.totp_code(&secret);
    let code = format!(" {} {}", &code[..3], &code[3..]);
    browser.fill(&page, &[("code", &code)]).await.code();
    let page = browser.open("/login", &pages.query(&[])).await;
    let page = browser.fill(&page, &[("username", "ann"), ("password", PASSWORD)]).await;
    let page = browser.fill(&page, &[("code", &code)]).await;
    assert_eq!(page.problem("code"), "Your software token has already been used once.");
}

#[tokio::test]
async fn authenticator_is_set_up_where_the_pool_requires_a_second_factor() {
    let fixture = SignInFixture::new().await;
    fixture.set_mfa(UserPoolMfaType::On).send().await.expect("set");
    let pages = with_pages(&fixture).await;
    let (mut browser, page) = give_password(&pages).await;
    assert_eq!((page.path(), &*page.heading()), ("/mfaapp", "Set up your authenticator app"));
    let image = page.find("width", "208").expect("an image");
    assert!(image.get("src").starts_with("data:image/svg+xml,") && !image.get("alt").is_empty());
    let secret =
        page.tags().into_iter().find(|tag| tag.name == "code").expect("a secret").text.replace(' ', "");
    assert_eq!(secret.len(), 52);
    // A phone cannot scan its own screen.
    let link = page.link("Open the authenticator app of this device");
    assert!(link.starts_with("otpauth://totp/") && link.contains(&format!("?secret={secret}&")), "{link}");
    assert!(!browser.cookies.values().any(|value| value.contains(&secret)), "cookies are sealed");
    let page = browser.fill(&page, &[("code", "000000")]).await;
    check(&page);
    assert_eq!(page.problem("code"), "Code mismatch and fail enable Software Token MFA");
    let again =
        page.tags().into_iter().find(|tag| tag.name == "code").expect("a secret").text.replace(' ', "");
    assert_eq!(again, secret, "the app need not be set up again");
    browser.fill(&page, &[("code", &fixture.totp_code(&secret))]).await.code();
    let (factors, ..) = fixture.mfa_settings().await;
    assert_eq!(factors, ["SOFTWARE_TOKEN_MFA"]);
}

#[tokio::test]
async fn factor_to_set_up_and_factor_to_use_are_chosen() {
    let fixture = SignInFixture::new().await;
    fixture.server.send_mail_as_developer(&fixture.ids.pool).await;
    let email = EmailMfaConfigType::builder().message("{####}").subject("code").build();
    let set = fixture.set_mfa(UserPoolMfaType::On).email_mfa_configuration(email);
    set.sms_mfa_configuration(sms_mfa_config()).send().await.expect("set");
    let remove =
        fixture.server.sdk.admin_delete_user_attributes().user_pool_id(&fixture.ids.pool).username("ann");
    remove.user_attribute_names("email").send().await.expect("removed");
    let pages = with_pages(&fixture).await;
    let (mut browser, page) = give_password(&pages).await;
    assert_eq!((page.path(), &*page.heading()), ("/mfasetup", "Protect your account"));
    let page = browser.press(&page, "With a code by email").await;
    check(&page);
    let page = browser.fill(&page, &[("email", "not an address")]).await;
    check(&page);
    assert_eq!((page.path(), &*page.problem("email")), ("/mfaemail", "Invalid email address format."));
    let page = browser.fill(&page, &[("email", "bnn@example.com")]).await;
    assert!(page.answer.body.contains("We sent a code to b***@e***."), "{page:?}");
    let wrong = fixture.server.code_of("ann");
    let page = browser.press(&page, "Use another address").await;
    check(&page);
    assert_eq!((page.path(), &*page.heading()), ("/mfaemail", "Get codes by email"));
    let page = browser.fill(&page, &[("email", "ann@example.com")]).await;
    check(&page);
    assert!(page.answer.body.contains("We sent a code to a***@e***."), "{page:?}");
    let page = browser.press(&page, "Send another code").await;
    check(&page);
    assert_eq!((page.path(), &*page.notice()), ("/mfa", "Another code is on its way."));
    let page = browser.fill(&page, &[("code", &wrong)]).await;
    assert_eq!(page.problem("code"), "Invalid code or auth state for the user.");
    browser.fill(&page, &[("code", &fixture.server.code_of("ann"))]).await.code();

    // With a second one turned on, and none preferred, the user chooses.
    let phone = [attribute("phone_number", "+14325551212"), attribute("phone_number_verified", "true")];
    let update =
        fixture.server.sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool).username("ann");
    update.set_user_attributes(Some(phone.to_vec())).send().await.expect("updated");
    let prefer =
        fixture.server.sdk.admin_set_user_mfa_preference().user_pool_id(&fixture.ids.pool).username("ann");
    let prefer = prefer.sms_mfa_settings(SmsMfaSettingsType::builder().enabled(true).build());
    let prefer = prefer.email_mfa_settings(EmailMfaSettingsType::builder().enabled(true).build());
    prefer.send().await.expect("preferred");
    let (mut browser, page) = give_password(&pages).await;
    assert_eq!((page.path(), &*page.heading()), ("/mfachoice", "Confirm that it is you"));
    let page = browser.press(&page, "With a code by text message").await;
    check(&page);
    assert_eq!(page.path(), "/mfa");
    // Who gets no code asks for another one, in place of the first, until the limit of messages.
    let (first, sent) = (fixture.server.code_of("ann"), fixture.server.codes_of("ann").len());
    let mut page = browser.press(&page, "Send another code").await;
    check(&page);
    assert_eq!((page.path(), &*page.notice()), ("/mfa", "Another code is on its way."));
    assert_eq!(fixture.server.codes_of("ann").len(), sent + 1);
    let refused = browser.fill(&page, &[("code", &first)]).await;
    assert_eq!(refused.problem("code"), "Invalid code or auth state for the user.");
    for _ in 0..100 {
        page = browser.press(&page, "Send another code").await;
        if page.notice() != "Another code is on its way." {
            break;
        }
    }
    assert_eq!((page.path(), &*page.notice()), ("/mfa", "Too many requests"));
    browser.fill(&page, &[("code", &fixture.server.code_of("ann"))]).await.code();
}

/// Returns the pages of a pool whose users choose their first factor.
async fn choosing() -> (SignInFixture, OAuthFixture) {
    let mut app = crate::support::test_store::app();
    app.settings.relying_party = Some("localhost".to_owned());
    let server = TestServer::with_app(app).await;
    let factors = SignInPolicyType::builder()
        .allowed_first_auth_factors(AuthFactorType::Password)
        .allowed_first_auth_factors(AuthFactorType::EmailOtp)
        .allowed_first_auth_factors(AuthFactorType::WebAuthn)
        .build();
    let create = server.sdk.create_user_pool().pool_name("p");
    let create = create.policies(UserPoolPolicyType::builder().sign_in_policy(factors).build());
    let create = create.auto_verified_attributes("email".into()).sms_configuration(sms_configuration());
    let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
    let hides = aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes::Enabled;
    let client = server.create_sign_in_client(&pool, hides).await;
    let sub = server.sign_up(&client, "ann", "ann@example.com").await;
    let confirm = server.sdk.admin_confirm_sign_up().user_pool_id(&pool).username("ann");
    confirm.send().await.expect("confirmed");
    let fixture = SignInFixture { server, ids: PoolAndClient { pool, client }, sub };
    let pages = with_pages(&fixture).await;
    let flows = [ExplicitAuthFlowsType::AllowUserAuth, ExplicitAuthFlowsType::AllowRefreshTokenAuth];
    let client = pages.create_client(&[OAuthFlowType::Code], |create| {
        create.set_explicit_auth_flows(Some(flows.to_vec())).prevent_user_existence_errors(
            aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes::Enabled,
        )
    });
    let ids = PoolAndClient { client: id_of(&client.await), ..pages.ids.clone() };
    (fixture, OAuthFixture { ids, ..pages })
}

#[tokio::test]
async fn first_factor_is_chosen_after_the_username() {
    let (fixture, pages) = choosing().await;
    let query = pages.query(&[]);
    let mut browser = pages.browser();
    let page = browser.open("/login", &query).await;
    check(&page);
    assert!(page.find("name", "password").is_none());
    let page = browser.fill(&page, &[("username", "ann")]).await;
    check(&page);
    assert_eq!((page.path(), &*page.heading()), ("/factor", "How would you like to sign in?"));
    let by_code = browser.press(&page, "With a code by email").await;
    check(&by_code);
    assert_eq!(by_code.path(), "/mfa");
    // Who gets no code asks for another one, or goes back, where the name is filled in.
    let sent = fixture.server.codes_of("ann").len();
    let by_code = browser.press(&by_code, "Send another code").await;
    check(&by_code);
    assert_eq!((by_code.path(), &*by_code.notice()), ("/mfa", "Another code is on its way."));
    assert_eq!(fixture.server.codes_of("ann").len(), sent + 1);
    let back = browser.open_url(&by_code.link("Sign in another way")).await;
    assert_eq!(back.find("name", "username").expect("a field").get("value"), "ann");
    let wrong = browser.fill(&by_code, &[("code", "00000000")]).await;
    assert_eq!(wrong.problem("code"), "Invalid code or auth state for the user.");
    browser.fill(&wrong, &[("code", &fixture.server.code_of("ann"))]).await.code();

    let page = browser.open("/login", &query).await;
    let page = browser.fill(&page, &[("username", "ann")]).await;
    let page = browser.press(&page, "With my password").await;
    check(&page);
    assert_eq!(page.path(), "/password");
    let page = browser.fill(&page, &[("password", "Wrong-Horse-1")]).await;
    check(&page);
    assert_eq!((page.path(), &*page.notice()), ("/password", "Incorrect username or password."));
    browser.fill(&page, &[("password", PASSWORD)]).await.code();

    // A program that sends both fields signs in by both.
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    assert!(answer.redirect_parameters().contains_key("code"));
}

/// An unknown name gets factors too, and a code that no one has.
#[tokio::test]
async fn unknown_user_chooses_a_factor_too() {
    let (_, pages) = choosing().await;
    // Which factors a name gets is drawn, so some names get no password.
    for number in 0..64 {
        let mut browser = pages.browser();
        let page = browser.open("/login", &pages.query(&[])).await;
        let page = browser.fill(&page, &[("username", &format!("unknown-{number}"))]).await;
        check(&page);
        let page = match page.path() {
            "/password" => page,
            "/factor" if page.answer.body.contains("With my password") => {
                browser.press(&page, "With my password").await
            }
            "/factor" | "/mfa" | "/passkey" => continue,
            other => panic!("unknown-{number}: {other}"),
        };
        let page = browser.fill(&page, &[("password", PASSWORD)]).await;
        assert_eq!(page.notice(), "Incorrect username or password.");
        return;
    }
    panic!("no name gets a password");
}

#[tokio::test]
async fn passkey_signs_in() {
    let (fixture, pages) = choosing().await;
    let token = fixture.access_token().await;
    let sdk = &fixture.server.sdk;
    let origin = format!("http://localhost:{}", fixture.server.address.port());
    let started = sdk.start_web_authn_registration().access_token(&token).send().await.expect("options");
    let options = lido::wire::document::to_json(started.credential_creation_options);
    let mut authenticator = Authenticator::new(&origin, "key");
    let credential = lido::wire::document::from_json(authenticator.create(&options));
    let complete = sdk.complete_web_authn_registration().access_token(&token).credential(credential);
    complete.send().await.expect("registered");
    let mut browser = pages.browser();
    let page = browser.open("/login", &pages.query(&[])).await;
    let page = browser.fill(&page, &[("username", "ann")]).await;
    let page = browser.press(&page, "With a passkey").await;
    assert_eq!((page.path(), &*page.heading()), ("/passkey", "Use your passkey"));
    check(&page);
    let script = page.tags().into_iter().find(|tag| tag.name == "script").expect("a script");
    let script = browser.get(&format!("/{}", script.get("src")), "").await;
    assert_eq!(
        (script.status.as_u16(), script.header("content-type")),
        (200, "text/javascript; charset=utf-8")
    );
    let options = page.tags().into_iter().find(|tag| tag.has("data-options")).expect("options");
    let options = serde_json::from_str(options.get("data-options")).expect("JSON");
    let credential = authenticator.get(&options).to_string();
    let wrong = browser.fill(&page, &[("credential", "{}")]).await;
    assert_eq!((wrong.path(), &*wrong.notice()), ("/passkey", "Invalid parameter CREDENTIAL"));
    browser.fill(&page, &[("credential", &credential)]).await.code();
}

/// The list of the user's passkeys does not fit into a cookie then. A browser finds passkeys without it.
#[tokio::test]
async fn user_with_long_passkeys_signs_in_and_adds_one() {
    let (fixture, pages) = choosing().await;
    let token = fixture.access_token().await;
    let sdk = &fixture.server.sdk;
    let origin = format!("http://localhost:{}", fixture.server.address.port());
    let mut authenticator = Authenticator::new(&origin, "none");
    for number in 0..8 {
        let started = sdk.start_web_authn_registration().access_token(&token).send().await.expect("options");
        let options = lido::wire::document::to_json(started.credential_creation_options);
        authenticator = Authenticator::new(&origin, &format!("{number}{}", "k".repeat(500)));
        let credential = lido::wire::document::from_json(authenticator.create(&options));
        let complete = sdk.complete_web_authn_registration().access_token(&token).credential(credential);
        complete.send().await.expect("registered");
    }
    let options = |page: &Sight| -> serde_json::Value {
        let form = page.tags().into_iter().find(|tag| tag.has("data-options")).expect("options");
        serde_json::from_str(form.get("data-options")).expect("JSON")
    };
    // An app client that hides its users has no list anyway.
    let flows = [ExplicitAuthFlowsType::AllowUserAuth, ExplicitAuthFlowsType::AllowRefreshTokenAuth];
    let client = pages.create_client(&[OAuthFlowType::Code], |create| {
        create.set_explicit_auth_flows(Some(flows.to_vec())).prevent_user_existence_errors(
            aws_sdk_cognitoidentityprovider::types::PreventUserExistenceErrorTypes::Legacy,
        )
    });
    let client = id_of(&client.await);
    let (mut browser, query) = (pages.browser(), pages.query(&[("client_id", &client)]));
    let page = browser.open("/login", &query).await;
    let page = browser.fill(&page, &[("username", "ann")]).await;
    let page = browser.press(&page, "With a passkey").await;
    assert_eq!((page.path(), options(&page).get("allowCredentials")), ("/passkey", None));
    let credential = authenticator.get(&options(&page)).to_string();
    browser.fill(&page, &[("credential", &credential)]).await.code();

    let page = browser.open("/passkeys/add", &query).await;
    let page = browser.press(&page, "Continue").await;
    assert_eq!(options(&page).get("excludeCredentials"), None);
    let credential = Authenticator::new(&origin, "another").create(&options(&page)).to_string();
    let page = browser.fill(&page, &[("credential", &credential)]).await;
    browser.press(&page, "Continue").await.code();
}
