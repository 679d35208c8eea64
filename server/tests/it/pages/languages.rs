//! The languages of the pages.

use crate::support::{PASSWORD, oauth::OAuthFixture};

/// The parameter decides, and the browser keeps it: oau-0042, oau-0043.
#[tokio::test]
async fn page_has_the_language_of_the_parameter_and_keeps_it() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, plain) = (fixture.browser(), fixture.query(&[]));
    let page = browser.open("/login", &plain).await;
    assert_eq!((page.heading().as_str(), page.tags()[0].get("lang")), ("Sign in", "en"));
    let page = browser.open_url(&page.link("Deutsch")).await;
    assert_eq!((page.heading().as_str(), page.tags()[0].get("lang")), ("Anmelden", "de"));
    assert_eq!((page.answer.header("content-language"), &*browser.cookies["lang"]), ("de", "de"));
    let page = browser.open("/login", &plain).await;
    assert_eq!(page.heading(), "Anmelden", "the browser keeps the language");
    // What the API says is translated where there is a translation.
    let page = browser.fill(&page, &[("username", "ann"), ("password", "Wrong-Horse-1")]).await;
    assert_eq!(page.notice(), "Benutzername oder Passwort ist falsch.");
    let page = browser.fill(&page, &[("username", "ann"), ("password", PASSWORD)]).await;
    page.code();
    let page = browser.open("/login", &fixture.query(&[("lang", "en")])).await;
    assert_eq!((page.heading().as_str(), &*browser.cookies["lang"]), ("Sign in", "en"));
    let page = browser.open("/login", &fixture.query(&[("lang", "xx")])).await;
    assert_eq!((page.heading().as_str(), &*browser.cookies["lang"]), ("Sign in", "en"));
}

#[tokio::test]
async fn page_has_the_language_that_the_browser_accepts() {
    let fixture = OAuthFixture::new().await;
    let path = format!("/login?{}", fixture.query(&[]));
    for (accepted, expected) in [("de-AT,de;q=0.9,en;q=0.5", "Anmelden"), ("fr,en;q=0.5", "Sign in")] {
        let headers = [("accept-language", accepted)];
        let page = fixture.browser().request(reqwest::Method::GET, &path, &headers, None).await;
        assert!(page.body.contains(&format!("<h1>{expected}</h1>")), "{accepted}");
    }
    let headers = [("accept-language", "de")];
    let page = fixture.browser().request(reqwest::Method::GET, "/error?error=x", &headers, None).await;
    assert!(page.body.contains("Die Anfrage kann nicht beantwortet werden."), "{page:?}");
}

/// A text without a translation is marked as English, so that a screen reader speaks it so.
#[tokio::test]
async fn text_without_a_translation_is_marked_as_english() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, query) = (fixture.browser(), fixture.query(&[("lang", "de")]));
    let page = browser.open("/login", &query).await;
    let page = browser.fill(&page, &[("username", "ann"), ("password", "")]).await;
    let notice = page.find("id", "loginErrorMessage").expect("a notice");
    assert_eq!((&*notice.text, notice.get("lang")), ("Missing required parameter PASSWORD", "en"));
}
