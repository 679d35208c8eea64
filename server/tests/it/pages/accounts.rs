//! Signing up, confirming, and a forgotten password.

use aws_sdk_cognitoidentityprovider::types::{
    AttributeDataType, OAuthFlowType, PreventUserExistenceErrorTypes, SchemaAttributeType,
    UsernameAttributeType, VerifiedAttributeType,
};

use crate::{
    pages::markup::check,
    support::{
        PASSWORD, PoolAndClient, TestServer,
        oauth::{OAuthFixture, id_of},
    },
};

const NEW: &str = "Much-Better-1";

/// Returns a fixture in a pool that names its users by e-mail and has a required and a custom attribute.
async fn fixture_by_email() -> OAuthFixture {
    let server = TestServer::new().await;
    let attribute = |name: &str, required: bool| {
        let schema = SchemaAttributeType::builder().name(name).required(required).mutable(true);
        schema.attribute_data_type(AttributeDataType::String).build()
    };
    let create = server.sdk.create_user_pool().pool_name("p");
    let create = create.username_attributes(UsernameAttributeType::Email);
    let create = create.auto_verified_attributes(VerifiedAttributeType::Email);
    let create = create.schema(attribute("given_name", true)).schema(attribute("size", false));
    let pool = create.send().await.expect("a pool").user_pool.and_then(|pool| pool.id).expect("an id");
    let ids = PoolAndClient { pool, client: String::new() };
    OAuthFixture::in_pool(server, ids, String::new()).await
}

#[tokio::test]
async fn user_signs_up_confirms_and_signs_in() {
    let fixture = fixture_by_email().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    let page = browser.open("/login", &query).await;
    let page = browser.open_url(&page.link("Create an account")).await;
    check(&page);
    assert_eq!(page.path(), "/signup");
    let fields: Vec<_> =
        page.tags().into_iter().filter(|tag| tag.name == "label").map(|tag| tag.text).collect();
    assert_eq!(fields, ["Email", "First name", "size (optional)", "Password", "Repeat the password"]);
    let typed = [
        ("username", "eve@example.com"),
        ("requiredAttributes[given_name]", "Eve"),
        ("requiredAttributes[custom:size]", "5"),
    ];
    let passwords = |password| [("password", password), ("passwordRepeated", password)];
    // A refusal is that of SignUp, and what was typed is there again, but no password.
    let page = browser.fill(&page, &[&typed[..], &passwords("weak-word")].concat()).await;
    check(&page);
    let text = "Password did not conform with policy: Password must have uppercase characters";
    assert_eq!(page.problem("password"), text);
    for (name, value) in typed {
        assert_eq!(page.find("name", name).expect("a field").get("value"), value);
    }
    assert!(!page.answer.body.contains("weak-word"));
    let page = browser.fill(&page, &passwords(NEW)).await;
    check(&page);
    assert_eq!((page.path(), &*page.heading()), ("/confirm", "Confirm your account"));
    assert!(page.answer.body.contains("We sent a code to e***@e***."), "{page:?}");

    let page = browser.fill(&page, &[("code", "000000")]).await;
    check(&page);
    assert_eq!(page.problem("code"), "Invalid verification code provided, please try again.");
    let before = fixture.server.codes_of("eve@example.com").len();
    let page = browser.press(&page, "Send another code").await;
    assert_eq!(page.notice(), "Another code is on its way.");
    let codes =
        fixture.server.app.inbox.as_ref().expect("an inbox").messages(&lido::delivery::Filter::default());
    assert!(codes.len() > before);
    let page = browser.fill(&page, &[("code", &codes[0].code)]).await;
    check(&page);
    assert_eq!((page.path(), &*page.notice()), ("/login", "Your account is confirmed. Sign in to go on."));
    assert_eq!(page.find("name", "username").expect("a field").get("value"), "eve@example.com");
    browser.fill(&page, &[("password", NEW)]).await.code();
    let user =
        fixture.server.sdk.admin_get_user().user_pool_id(&fixture.ids.pool).username("eve@example.com");
    let user = user.send().await.expect("eve");
    let size = user.user_attributes().iter().find(|attribute| attribute.name() == "custom:size");
    assert_eq!(size.and_then(|attribute| attribute.value()), Some("5"));
}

/// An app client with a secret: the page needs none from the app.
#[tokio::test]
async fn client_with_a_secret_has_the_same_pages() {
    let fixture = OAuthFixture::new().await;
    let client = fixture.create_client(&[OAuthFlowType::Code], |create| create.generate_secret(true)).await;
    let query = fixture.query(&[("client_id", &id_of(&client))]);
    let mut browser = fixture.browser();
    let page = browser.open("/signup", &query).await;
    let typed = [
        ("username", "eve"),
        ("requiredAttributes[email]", "eve@example.com"),
        ("password", NEW),
        ("passwordRepeated", NEW),
    ];
    let page = browser.fill(&page, &typed).await;
    let page = browser.fill(&page, &[("code", &fixture.server.code_of("eve"))]).await;
    assert_eq!(page.path(), "/login");
    let page = browser.open_url(&page.link("Forgot your password?")).await;
    let page = browser.fill(&page, &[("username", "eve")]).await;
    let code = fixture.server.code_of("eve");
    let page =
        browser.fill(&page, &[("code", &code), ("password", PASSWORD), ("passwordRepeated", PASSWORD)]).await;
    assert_eq!(
        (page.path(), &*page.notice()),
        ("/login", "Your password is changed. Sign in with the new one.")
    );
    browser.fill(&page, &[("username", "eve"), ("password", PASSWORD)]).await.code();
}

/// An unconfirmed user who signs in with the right password gets to the code, also where the cookie is lost.
#[tokio::test]
async fn unconfirmed_user_is_led_to_the_code() {
    let fixture = OAuthFixture::new().await;
    fixture.server.sign_up(&fixture.ids.client, "bob", "bob@example.com").await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let page = browser.open("/login", &query).await;
    let page = browser.fill(&page, &[("username", "bob"), ("password", PASSWORD)]).await;
    check(&page);
    assert_eq!((page.path(), &*page.notice()), ("/confirm", "Your account is not confirmed yet."));
    browser.cookies.remove("page-step");
    let page = browser.open("/confirm", &query).await;
    check(&page);
    let code = fixture.server.code_of("bob");
    let page = browser.fill(&page, &[("username", "bob"), ("code", &code)]).await;
    let page = browser.fill(&page, &[("username", "bob"), ("password", PASSWORD)]).await;
    page.code();
}

#[tokio::test]
async fn pool_without_sign_up_has_no_link_and_refuses() {
    use aws_sdk_cognitoidentityprovider::types::AdminCreateUserConfigType;
    let fixture = OAuthFixture::new().await;
    let only = AdminCreateUserConfigType::builder().allow_admin_create_user_only(true).build();
    let update = fixture.server.sdk.update_user_pool().user_pool_id(&fixture.ids.pool);
    let update = update.auto_verified_attributes(VerifiedAttributeType::Email).admin_create_user_config(only);
    update.send().await.expect("updated");
    let mut browser = fixture.browser();
    let page = browser.open("/login", &fixture.query(&[])).await;
    assert!(!page.answer.body.contains("/signup"));
    let page = browser.open("/signup", &fixture.query(&[])).await;
    let page =
        browser.fill(&page, &[("username", "eve"), ("password", NEW), ("passwordRepeated", NEW)]).await;
    assert_eq!(page.notice(), "SignUp is not permitted for this user pool");
}

/// What a person gets wrong is said at its field, in words for a person, in the language of the page.
#[tokio::test]
async fn mistake_is_said_at_its_field_in_words_for_a_person() {
    let fixture = OAuthFixture::new().await;
    let typed = |username, email, password| {
        [
            ("username", username),
            ("requiredAttributes[email]", email),
            ("password", password),
            ("passwordRepeated", password),
        ]
    };
    let (address, email) = ("eve@example.com", "requiredAttributes[email]");
    let space = "This cannot be right: it is empty or too long, or has a space in it.";
    let short = "This password cannot be used: it is too short or too long, or begins or ends with a space.";
    for (username, address, password, field, text) in [
        ("eve smith", address, NEW, "username", space),
        ("", address, NEW, "username", space),
        ("eve", address, "x", "password", short),
        ("eve", "nonsense", NEW, email, "Invalid email address format."),
        ("ann", address, NEW, "username", "User already exists"),
    ] {
        let mut browser = fixture.browser();
        let page = browser.open("/signup", &fixture.query(&[])).await;
        let page = browser.fill(&page, &typed(username, address, password)).await;
        check(&page);
        assert_eq!((page.path(), &*page.problem(field)), ("/signup", text), "{username}");
    }
    let mut browser = fixture.browser();
    let page = browser.open("/forgotPassword", &fixture.query(&[("lang", "de")])).await;
    let page = browser.fill(&page, &[("username", "a b")]).await;
    let text = "Das kann nicht stimmen: Es ist leer oder zu lang oder enthält ein Leerzeichen.";
    assert_eq!(page.problem("username"), text);
    assert_eq!(page.find("id", "username-error").expect("a problem").get("lang"), "");
    let mut browser = fixture.browser();
    let page = browser.open("/confirm", &fixture.query(&[])).await;
    let page = browser.fill(&page, &[("username", "ann"), ("code", "")]).await;
    assert_eq!(page.problem("code"), "This is not a whole code. Type all of its digits.");
    // The keyboards of phones add a space to a word that they complete.
    let mut browser = fixture.browser();
    let page = browser.open("/signup", &fixture.query(&[])).await;
    let page = browser.fill(&page, &typed("eve ", " eve@example.com ", NEW)).await;
    let code = fixture.server.code_of("eve");
    let page = browser.fill(&page, &[("code", &format!("{} {}", &code[..3], &code[3..]))]).await;
    browser.fill(&page, &[("username", " eve "), ("password", NEW)]).await.code();
}

/// What a page says first is for the screen that follows, not for another one that is opened in a second tab meanwhile.
#[tokio::test]
async fn refusal_is_not_shown_in_another_tab() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let answer = browser.sign_in(&query, "ann", "Wrong-Horse-1").await;
    let other = browser.open("/signup", &query).await;
    assert_eq!((&*other.notice(), other.find("name", "username").expect("a field").get("value")), ("", ""));
    assert_eq!(browser.open_url(answer.location()).await.notice(), "Incorrect username or password.");
}

/// The second of two equal forms finds the user confirmed, which is no error.
#[tokio::test]
async fn code_that_is_sent_twice_confirms_once() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[]));
    let page = browser.open("/signup", &query).await;
    let typed = [
        ("username", "eve"),
        ("requiredAttributes[email]", "eve@example.com"),
        ("password", NEW),
        ("passwordRepeated", NEW),
    ];
    let page = browser.fill(&page, &typed).await;
    let (code, kept) = (fixture.server.code_of("eve"), browser.cookies.clone());
    for _ in 0..2 {
        browser.cookies = kept.clone();
        let page = browser.fill(&page, &[("code", &code)]).await;
        assert_eq!(
            (page.path(), &*page.notice()),
            ("/login", "Your account is confirmed. Sign in to go on.")
        );
    }
}

/// Where the app client hides users, an unknown name looks like a known one on the pages of a forgotten password too.
#[tokio::test]
async fn forgotten_password_hides_users_where_the_client_does() {
    let fixture = OAuthFixture::new().await;
    let verified = crate::support::attribute("email_verified", "true");
    let verify =
        fixture.server.sdk.admin_update_user_attributes().user_pool_id(&fixture.ids.pool).username("ann");
    verify.user_attributes(verified).send().await.expect("verified");
    for (hides, expected) in [
        (PreventUserExistenceErrorTypes::Enabled, "/confirmforgotPassword"),
        (PreventUserExistenceErrorTypes::Legacy, "/forgotPassword"),
    ] {
        let client = fixture.create_client(&[OAuthFlowType::Code], |create| {
            create.prevent_user_existence_errors(hides.clone())
        });
        let query = fixture.query(&[("client_id", &id_of(&client.await))]);
        let mut seen = Vec::new();
        for name in ["ann", "unknown"] {
            let mut browser = fixture.browser();
            let page = browser.open("/forgotPassword", &query).await;
            check(&page);
            let page = browser.fill(&page, &[("username", name)]).await;
            check(&page);
            let shape: Vec<_> = page.tags().into_iter().map(|tag| tag.name).collect();
            seen.push((page.path().to_owned(), shape));
            if page.path() == "/confirmforgotPassword" {
                let typed = [("code", "000000"), ("password", NEW), ("passwordRepeated", NEW)];
                let page = browser.fill(&page, &typed).await;
                assert_eq!(
                    page.problem("code"),
                    "Invalid verification code provided, please try again.",
                    "{name}"
                );
            }
        }
        assert_eq!(seen[0].0, "/confirmforgotPassword");
        assert_eq!(seen[1].0, expected);
        assert_eq!(seen[0] == seen[1], expected == "/confirmforgotPassword");
    }
}
