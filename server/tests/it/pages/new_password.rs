//! The screen for a new password.

use crate::support::{
    oauth::{Browser, OAuthFixture},
    pages::Sight,
};

const NEW: &str = "Much-Better-1";

/// Gives `ann` a temporary password and signs in with it.
async fn open(fixture: &OAuthFixture) -> (Browser, Sight) {
    let set = fixture.server.sdk.admin_set_user_password().user_pool_id(&fixture.ids.pool).username("ann");
    set.password("Temp0rary!").permanent(false).send().await.expect("set");
    let mut browser = fixture.browser();
    let page = browser.open("/login", &fixture.query(&[])).await;
    let page = browser.fill(&page, &[("username", "ann"), ("password", "Temp0rary!")]).await;
    assert_eq!((page.path(), &*page.heading()), ("/newpassword", "Choose a new password"));
    (browser, page)
}

#[tokio::test]
async fn temporary_password_is_replaced_and_the_user_signed_in() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, page) = open(&fixture).await;
    assert!(!browser.cookies.contains_key("cognito"));
    let page = browser.fill(&page, &[("password", NEW), ("passwordRepeated", NEW)]).await;
    let tokens = fixture.exchange(&page.code(), &[]).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert!(browser.cookies.contains_key("cognito") && !browser.cookies.contains_key("page-step"));
    let (mut other, query) = (fixture.browser(), fixture.query(&[]));
    assert!(other.sign_in(&query, "ann", NEW).await.redirect_parameters().contains_key("code"));
}

#[tokio::test]
async fn refused_password_is_said_at_its_field_and_asked_for_again() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, page) = open(&fixture).await;
    let hint = "At least 8 characters, with a lowercase letter, an uppercase letter, a number and a symbol.";
    assert_eq!(page.find("id", "newPassword-hint").expect("a hint").text, hint);
    let page = browser.fill(&page, &[("password", NEW), ("passwordRepeated", "other")]).await;
    assert_eq!(page.problem("passwordRepeated"), "The two passwords are not the same.");
    let page = browser.fill(&page, &[("password", "short"), ("passwordRepeated", "short")]).await;
    let text = "Password does not conform to policy: Password not long enough";
    assert_eq!((page.path(), page.problem("password").as_str()), ("/newpassword", text));
    assert_eq!(page.problem("passwordRepeated"), "");
    let page = browser.fill(&page, &[("password", NEW), ("passwordRepeated", NEW)]).await;
    page.code();
}

/// The user lacks an attribute that the pool requires.
#[tokio::test]
async fn required_attribute_that_the_user_lacks_is_asked_for() {
    use aws_sdk_cognitoidentityprovider::types::{AttributeDataType, SchemaAttributeType};
    let fixture = OAuthFixture::new().await;
    let sdk = &fixture.server.sdk;
    let required = |name: &str| {
        let schema = SchemaAttributeType::builder().name(name).required(true);
        schema.attribute_data_type(AttributeDataType::String).mutable(true).build()
    };
    let create = sdk.create_user_pool().pool_name("strict").schema(required("family_name"));
    let pool = create.send().await.expect("a pool").user_pool.and_then(|pool| pool.id).expect("an id");
    let create = sdk.admin_create_user().user_pool_id(&pool).username("bob").temporary_password("Temp0rary!");
    create.send().await.expect("a user");
    let ids = crate::support::PoolAndClient { pool, client: String::new() };
    let server = crate::support::TestServer {
        app: fixture.server.app.clone(),
        address: fixture.server.address,
        sdk: fixture.server.sdk.clone(),
    };
    let fixture = OAuthFixture::in_pool(server, ids, String::new()).await;
    let mut browser = fixture.browser();
    let page = browser.open("/login", &fixture.query(&[])).await;
    let page = browser.fill(&page, &[("username", "bob"), ("password", "Temp0rary!")]).await;
    let field = "requiredAttributes[family_name]";
    let input = page.find("name", field).expect("a field");
    assert_eq!((input.get("autocomplete"), input.has("required")), ("family-name", true));
    let new = [("password", NEW), ("passwordRepeated", NEW)];
    let page = browser.fill(&page, &new).await;
    assert_eq!(page.problem(field), "Invalid attributes given, family_name is missing");
    let page = browser.fill(&page, &[&new[..], &[(field, "Smith")]].concat()).await;
    page.code();
    let user =
        sdk.admin_get_user().user_pool_id(&fixture.ids.pool).username("bob").send().await.expect("bob");
    let name = user.user_attributes().iter().find(|attribute| attribute.name() == "family_name");
    assert_eq!(name.and_then(|attribute| attribute.value()), Some("Smith"));
}

/// Where a browser gets to that is not at the step: back button, two tabs, reload, a form that is sent twice, an expired step
/// and a lost cookie.
#[tokio::test]
async fn step_that_is_over_leads_back_to_the_sign_in() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let new = [("password", NEW), ("passwordRepeated", NEW)];
    let expired = "This sign-in took too long, or was finished elsewhere. Please start again.";

    // Without a sign-in.
    let page = fixture.browser().open("/newpassword", &query).await;
    assert_eq!((page.path(), page.notice().as_str()), ("/login", expired));

    // A reload shows the step again; a lost cookie leads back.
    let (mut browser, first) = open(&fixture).await;
    let page = browser.open("/newpassword", &query).await;
    assert_eq!(page.heading(), "Choose a new password");
    let kept = browser.cookies.remove("page-step").expect("a cookie");
    let page = browser.fill(&first, &new).await;
    assert_eq!((page.path(), page.notice().as_str()), ("/login", expired));

    // The cookie of another browser opens nothing.
    let mut thief = fixture.browser();
    thief.open("/login", &query).await;
    thief.cookies.insert("page-step".to_owned(), kept.clone());
    assert_eq!(thief.open("/newpassword", &query).await.path(), "/login");

    // A second sign-in in another tab: the form of the first is out of date, the second goes on.
    browser.cookies.insert("page-step".to_owned(), kept);
    let page = browser.open("/login", &query).await;
    let page = browser.fill(&page, &[("username", "ann"), ("password", "Temp0rary!")]).await;
    assert_eq!(page.path(), "/newpassword");
    let page = browser.fill(&first, &new).await;
    assert_eq!(
        (page.path(), page.notice().as_str()),
        ("/newpassword", "That page was out of date. Please go on here.")
    );
    let last = page;

    // The request of another app client has no part in it.
    let other = fixture
        .create_client(&[aws_sdk_cognitoidentityprovider::types::OAuthFlowType::Code], |create| create);
    let other = crate::support::oauth::id_of(&other.await);
    let page = browser.open("/newpassword", &fixture.query(&[("client_id", &other)])).await;
    assert_eq!(page.path(), "/login");

    // A form that is sent twice: the session is used up.
    browser.open("/newpassword", &query).await;
    let twice = browser.cookies.clone();
    browser.fill(&last, &new).await.code();
    browser.cookies = twice;
    let page = browser.fill(&last, &new).await;
    assert_eq!((page.path(), page.notice().as_str()), ("/login", expired));

    // A step that waits longer than the session of the app client.
    let (mut browser, page) = open(&fixture).await;
    fixture.server.app.clock.advance(std::time::Duration::from_secs(4 * 60));
    let page = browser.fill(&page, &new).await;
    assert_eq!((page.path(), page.notice().as_str()), ("/login", expired));
}
