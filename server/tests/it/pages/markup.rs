//! The markup of every screen: what browsers, password managers and screen readers rely on.

use crate::support::{
    oauth::OAuthFixture,
    pages::{Sight, Tag},
};

/// The longest page in bytes.
const MAX_PAGE: usize = 15 * 1024;

/// Checks what holds for every page.
pub(crate) fn check(page: &Sight) {
    let tags = page.tags();
    let (body, url) = (&page.answer.body, &page.url);
    assert!(body.len() <= MAX_PAGE, "{url}: {} bytes", body.len());
    // One request beside the page, and the script of passkeys where it is needed. No script or style is written into it.
    let is_data = |tag: &Tag| tag.get("src").starts_with("data:") || tag.get("href") == "data:,";
    let loaded = tags.iter().filter(|tag| (tag.has("src") || tag.name == "link") && !is_data(tag));
    let has_script = tags.iter().any(|tag| tag.has("data-passkey"));
    let expected = if has_script {
        vec!["managed-login/style-", "managed-login/passkey-"]
    } else {
        vec!["managed-login/style-"]
    };
    let loaded: Vec<_> = loaded.map(|tag| format!("{}{}", tag.get("href"), tag.get("src"))).collect();
    assert!(loaded.len() == expected.len(), "{url} loads {loaded:?}");
    assert!(
        loaded.iter().zip(&expected).all(|(path, start)| path.trim_start_matches("../").starts_with(start)),
        "{url} loads {loaded:?}"
    );
    assert!(!tags.iter().any(|tag| tag.name == "script" && !tag.has("src") || tag.name == "style"), "{url}");
    let policy = match has_script {
        true => {
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
        }
        false => {
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
        }
    };
    assert!(!tags.iter().any(|tag| tag.attributes.keys().any(|name| name.starts_with("on"))), "{url}");
    let expected = [
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", policy),
    ];
    for (name, value) in expected {
        assert_eq!(page.answer.header(name), value, "{url}");
    }
    // Landmarks, one heading, one focus, unique ids.
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!((count("main"), count("h1"), count("title")), (1, 1, 1), "{url}");
    assert!(tags.iter().filter(|tag| tag.has("autofocus")).count() <= 1, "{url}");
    let mut ids: Vec<_> = tags.iter().map(|tag| tag.get("id")).filter(|id| !id.is_empty()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|two| two[0] != two[1]), "{url}: {ids:?}");
    for input in tags.iter().filter(|tag| tag.name == "input" && tag.get("type") != "hidden") {
        check_input(input, &tags, url);
    }
}

/// What password managers and screen readers need of a field.
fn check_input(input: &Tag, tags: &[Tag], url: &str) {
    let id = input.get("id");
    let label = tags.iter().find(|tag| tag.name == "label" && tag.get("for") == id && !id.is_empty());
    assert!(label.is_some_and(|label| !label.text.is_empty()), "{url}: {input:?} has no label");
    for described in input.get("aria-describedby").split_whitespace() {
        assert!(tags.iter().any(|tag| tag.get("id") == described), "{url}: {described} is nowhere");
    }
    let autocomplete = input.get("autocomplete");
    assert!(!autocomplete.is_empty(), "{url}: {input:?}");
    match input.get("type") {
        "password" => {
            assert!(["current-password", "new-password"].contains(&autocomplete), "{url}: {input:?}")
        }
        _ => assert!(!autocomplete.ends_with("-password"), "{url}: {input:?}"),
    }
    // A password stands with the username that it belongs to, before it, in one form.
    if input.get("type") == "password" {
        let before = tags.iter().take_while(|tag| !std::ptr::eq(*tag, input));
        let form: Vec<_> = before.fold(Vec::new(), |mut form, tag| {
            if tag.name == "form" {
                form.clear();
            }
            form.push(tag);
            form
        });
        let is_username = |tag: &&&Tag| tag.get("autocomplete").split(' ').any(|word| word == "username");
        let username = form.iter().find(is_username);
        assert!(username.is_some_and(|username| username.get("type") == "text"), "{url}: {input:?}");
    }
}

#[tokio::test]
async fn sign_in_and_new_password_have_the_markup_of_every_page() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    let page = browser.open("/login", &query).await;
    check(&page);
    let page = browser.fill(&page, &[("username", "ann"), ("password", "Wrong-Horse-1")]).await;
    check(&page);
    assert_eq!(page.tags().iter().find(|tag| tag.name == "title").expect("one").text, "Error: Sign in");
    let set = fixture.server.sdk.admin_set_user_password().user_pool_id(&fixture.ids.pool).username("ann");
    set.password("Temp0rary!").permanent(false).send().await.expect("set");
    let page = browser.fill(&page, &[("username", "ann"), ("password", "Temp0rary!")]).await;
    assert_eq!(page.path(), "/newpassword");
    check(&page);
    let page = browser.fill(&page, &[("password", "x"), ("passwordRepeated", "x")]).await;
    check(&page);
}

/// By the keyboard a person gets from the username to the password and to the button, and reads a long name whole.
#[tokio::test]
async fn keyboard_goes_from_field_to_field() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    let page = browser.open("/login", &query).await;
    let stops = |page: &Sight| -> Vec<String> {
        let is_stop = |tag: &Tag| match tag.name.as_str() {
            "input" => tag.get("type") != "hidden" && tag.get("tabindex") != "-1",
            name => ["a", "button"].contains(&name),
        };
        let name = |tag: Tag| match tag.name.as_str() {
            "input" => tag.get("name").to_owned(),
            _ => tag.text,
        };
        page.tags().into_iter().filter(is_stop).map(name).collect()
    };
    assert_eq!(stops(&page)[..4], ["username", "password", "Sign in", "Forgot your password?"]);
    let long = "n".repeat(103);
    fixture.server.sign_up(&fixture.ids.client, &long, "ann.long@example.com").await;
    let page = browser.fill(&page, &[("username", &long), ("password", crate::support::PASSWORD)]).await;
    check(&page);
    assert_eq!(stops(&page)[0], "code", "the name is only read");
    let shown = page.find("class", "fixed").expect("the name");
    assert_eq!((shown.text.as_str(), shown.get("aria-hidden")), (long.as_str(), "true"));
    let kept = page.find("name", "username").expect("a field");
    assert_eq!((kept.get("value"), kept.has("readonly")), (long.as_str(), true));
}

/// The style sheet is kept by browsers for good, since its name has a digest of it.
#[tokio::test]
async fn style_sheet_is_kept_by_browsers() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let page = browser.open("/login", &fixture.query(&[])).await;
    let path = page.find("rel", "stylesheet").expect("a link").get("href").to_owned();
    let style = browser.get(&format!("/{path}"), "").await;
    assert_eq!((style.status.as_u16(), style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert!(style.body.contains(":focus-visible") && !style.body.contains("url("));
    assert_eq!(browser.get("/managed-login/nothing.css", "").await.status, 404);
    let former = browser.get("/managed-login/style-former.css", "").await;
    assert_eq!((former.status.as_u16(), former.header("cache-control")), (200, "no-store"));
}
