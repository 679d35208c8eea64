//! The look that an administrator gives the pages, and the documents that they link to.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use lido::app::App;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::support::{PASSWORD, TestServer, oauth::OAuthFixture, pages::Sight};

/// A PNG of one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// Returns the rules of the branding, which the policy of the page must allow by their digest.
fn rules(page: &Sight) -> String {
    let Some((_, rest)) = page.answer.body.split_once("<style>") else { return String::new() };
    let css = rest.split_once("</style>").expect("an end").0.to_owned();
    let digest = BASE64_STANDARD.encode(Sha256::digest(&css));
    let policy = page.answer.header("content-security-policy");
    assert!(policy.contains(&format!("style-src 'self' 'sha256-{digest}';")), "{policy}");
    css
}

/// oau-0188.
#[tokio::test]
async fn style_of_managed_login_sets_colors_and_logo() {
    let fixture = OAuthFixture::new().await;
    let (ids, query) = (&fixture.ids, fixture.query(&[]));
    let button = |color: &str| json!({ "defaults": { "backgroundColor": color } });
    let settings = json!({
        "components": { "primaryButton": { "lightMode": button("00aa55ff"), "darkMode": button("ff00aaff") } },
        "componentClasses": { "input": { "lightMode": { "defaults": { "borderColor": "red}</style><script>" } } } },
    });
    let logo = json!({ "Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PIXEL });
    let request =
        json!({ "UserPoolId": ids.pool, "ClientId": ids.client, "Settings": settings, "Assets": [logo] });
    fixture.server.expect_output("CreateManagedLoginBranding", &request).await;
    let mut browser = fixture.browser();
    for path in ["/login", "/signup", "/forgotPassword"] {
        let page = browser.open(path, &query).await;
        let css = rules(&page);
        assert!(css.contains("--accent:#00aa55ff") && css.contains("--accent:#ff00aaff"), "{css}");
        assert!(!css.contains("red") && !page.answer.body.contains("<script"), "{page:?}");
        let image = page.find("class", "logo-customizable").expect("a logo");
        let image = browser.get(&format!("/{}", image.get("src")), "").await;
        assert_eq!((image.status.as_u16(), image.header("content-type")), (200, "image/png"));
    }
    // Another app client has its own look, which is Lido's.
    let other = fixture
        .create_client(&[aws_sdk_cognitoidentityprovider::types::OAuthFlowType::Code], |create| create);
    let other = crate::support::oauth::id_of(&other.await);
    let page = browser.open("/login", &fixture.query(&[("client_id", &other)])).await;
    assert_eq!(rules(&page), "");
}

/// The picture behind the page is that of the color scheme; a style that has one scheme only has one picture.
#[tokio::test]
async fn background_is_that_of_the_color_scheme() {
    const OTHER: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>";
    let fixture = OAuthFixture::new().await;
    let (ids, query) = (&fixture.ids, fixture.query(&[]));
    let asset = |mode: &str, extension: &str, bytes: &str| json!({ "Category": "PAGE_BACKGROUND", "ColorMode": mode, "Extension": extension, "Bytes": bytes });
    let assets = [asset("LIGHT", "PNG", PIXEL), asset("DARK", "SVG", &BASE64_STANDARD.encode(OTHER))];
    let mut browser = fixture.browser();
    for (scheme, expected) in [
        ("DYNAMIC", &["image/png", "image/svg+xml"][..]),
        ("LIGHT", &["image/png"]),
        ("DARK", &["image/svg+xml"]),
    ] {
        let settings = json!({ "categories": { "global": { "colorSchemeMode": scheme } } });
        let request =
            json!({ "UserPoolId": ids.pool, "ClientId": ids.client, "Settings": settings, "Assets": assets });
        let made = fixture.server.expect_output("CreateManagedLoginBranding", &request).await;
        let css = rules(&browser.open("/login", &query).await);
        let mut shown = Vec::new();
        for (at, part) in css.split("url(\"").skip(1).enumerate() {
            let image = browser.get(&format!("/{}", part.split('"').next().expect("an address")), "").await;
            assert_eq!(image.status, 200, "{css}");
            let before = css.split("url(\"").nth(at).expect("a rule");
            assert_eq!(before.contains("@media (prefers-color-scheme:dark)"), at == 1, "{css}");
            shown.push(image.header("content-type").to_owned());
        }
        assert_eq!(shown, expected, "{scheme}: {css}");
        let id = &made["ManagedLoginBranding"]["ManagedLoginBrandingId"];
        let delete = json!({ "UserPoolId": ids.pool, "ManagedLoginBrandingId": id });
        assert_eq!(fixture.server.post("DeleteManagedLoginBranding", &delete).await.status, 200);
    }
}

/// oau-0236. Classic pages need no style.
#[tokio::test]
async fn pages_of_managed_login_without_a_style_are_refused_where_branding_is_required() {
    const TEXT: &str = "Login pages unavailable. Please contact an administrator.";
    let mut app = App::for_tests();
    app.settings.requires_branding = true;
    let fixture = OAuthFixture::with_server(TestServer::with_app(app).await).await;
    let (ids, query) = (&fixture.ids, fixture.query(&[]));
    let mut browser = fixture.browser();
    let mut tried = 0;
    for path in lido::screens() {
        let shown = browser.get(path, &query).await;
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let sent =
            browser.request(Method::POST, &format!("{path}?{query}"), &form, Some(String::new())).await;
        for answer in [shown, sent] {
            assert_eq!((answer.status.as_u16(), answer.body.contains(TEXT)), (403, true), "{path}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
    let german = browser.get("/login", &fixture.query(&[("lang", "de")])).await;
    assert!(german.body.contains("nicht verfügbar"), "{}", german.body);

    let style = json!({ "UserPoolId": ids.pool, "ClientId": ids.client, "UseCognitoProvidedValues": true });
    let style = fixture.server.expect_output("CreateManagedLoginBranding", &style).await;
    let page = browser.open("/login", &query).await;
    browser.fill(&page, &[("username", "ann"), ("password", PASSWORD)]).await.code();
    let id = &style["ManagedLoginBranding"]["ManagedLoginBrandingId"];
    let delete = json!({ "UserPoolId": ids.pool, "ManagedLoginBrandingId": id });
    assert_eq!(fixture.server.post("DeleteManagedLoginBranding", &delete).await.status, 200);
    assert_eq!(fixture.browser().get("/login", &query).await.status, 403);

    for (version, expected) in [(1, 200), (2, 403)] {
        let domain = json!({ "UserPoolId": ids.pool, "Domain": "shop", "ManagedLoginVersion": version });
        fixture.server.expect_output("CreateUserPoolDomain", &domain).await;
        assert_eq!(fixture.browser().get("/login", &query).await.status.as_u16(), expected);
        fixture.server.expect_output("DeleteUserPoolDomain", &domain).await;
    }
}

/// At the host of a domain and at the root the images are below the path of the pool, too.
#[tokio::test]
async fn classic_customization_sets_its_rules_at_every_place() {
    let fixture = OAuthFixture::new().await;
    let (ids, query) = (&fixture.ids, fixture.query(&[]));
    let domain = json!({ "UserPoolId": ids.pool, "Domain": "shop", "ManagedLoginVersion": 1 });
    fixture.server.expect_output("CreateUserPoolDomain", &domain).await;
    let css = ".submitButton-customizable { background-color: #123456; }";
    let request = json!({ "UserPoolId": ids.pool, "CSS": css, "ImageFile": PIXEL });
    fixture.server.expect_output("SetUICustomization", &request).await;
    for base in [fixture.base.clone(), format!("http://{}", fixture.server.address)] {
        let mut browser = crate::support::oauth::Browser::new(&base);
        let page = browser.open("/login", &query).await;
        let css = rules(&page);
        assert!(css.contains("#123456"), "{css}");
        assert!(page.answer.body.contains("class=\"submitButton-customizable\""));
        let image = page.find("class", "logo-customizable").expect("a logo");
        assert_eq!(browser.get(&format!("/{}", image.get("src")), "").await.status, 200, "{base}");
    }
}

/// oau-0080, oau-0081.
#[tokio::test]
async fn terms_are_linked_at_sign_up_once_there_are_both() {
    let fixture = OAuthFixture::new().await;
    let (ids, query) = (&fixture.ids, fixture.query(&[]));
    let create = async |name: &str, address: &str| {
        let links = json!({ "cognito:default": address, "cognito:german": format!("{address}/de") });
        let request = json!({
            "UserPoolId": ids.pool, "ClientId": ids.client, "TermsName": name, "TermsSource": "LINK",
            "Enforcement": "NONE", "Links": links,
        });
        fixture.server.expect_output("CreateTerms", &request).await;
    };
    let mut browser = fixture.browser();
    create("terms-of-use", "https://a.example/terms").await;
    let page = browser.open("/signup", &query).await;
    assert!(!page.answer.body.contains("a.example"));
    create("privacy-policy", "https://a.example/privacy").await;
    let page = browser.open("/signup", &query).await;
    assert_eq!(page.link("Terms of use"), "https://a.example/terms");
    assert_eq!(page.link("Privacy policy"), "https://a.example/privacy");
    let page = browser.open("/signup", &fixture.query(&[("lang", "de")])).await;
    assert_eq!(page.link("Datenschutzerklärung"), "https://a.example/privacy/de");
}
