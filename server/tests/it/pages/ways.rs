//! Every screen of the table, whatever leads to it.

use lido::screens;
use reqwest::Method;

use crate::{
    pages::markup::check,
    support::{oauth::OAuthFixture, pages::Sight},
};

/// A browser that opens a screen without a sign-in is led to where one begins, and never to an error: oau-0071, oau-0072, oau-0073.
#[tokio::test]
async fn every_screen_is_served_and_leads_somewhere() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut tried = 0;
    for path in screens() {
        for base in [fixture.base.clone(), format!("http://{}", fixture.server.address)] {
            let mut browser = crate::support::oauth::Browser::new(&base);
            let page = browser.open(path, &query).await;
            assert_eq!(page.answer.status, 200, "{path}: {page:?}");
            assert!(!page.heading().is_empty());
            tried += 1;
        }
        let other = fixture.browser().request(Method::PUT, &format!("{path}?{query}"), &[], None).await;
        assert_eq!((other.status.as_u16(), other.header("allow")), (405, "GET, HEAD, POST"), "{path}");
    }
    assert!(tried >= 4, "{tried}");
}

/// No screen takes a form without the token of the browser, or from a page of another site.
#[tokio::test]
async fn no_screen_takes_a_forged_form() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let form = "content-type";
    let kind = "application/x-www-form-urlencoded";
    for path in screens() {
        let mut browser = fixture.browser();
        browser.open("/login", &query).await;
        let token = browser.cookies["XSRF-TOKEN"].clone();
        let url = format!("{path}?{query}");
        let good = format!("_csrf={token}&username=ann");
        for (body, site) in [("username=ann".to_owned(), "same-origin"), (good, "cross-site")] {
            let headers = [(form, kind), ("sec-fetch-site", site)];
            let answer = browser.request(Method::POST, &url, &headers, Some(body)).await;
            assert_eq!(answer.status, 403, "{path} {site}");
        }
    }
}

/// The form of a tab that was open before a sign-in in another one, or before the cookies were lost, is refused like a forged one,
/// and the page has the way on.
#[tokio::test]
async fn form_of_a_second_tab_leads_to_the_sign_in() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let mut browser = fixture.browser();
    let second = browser.open("/login", &query).await;
    fixture.get_code(&mut browser, &[]).await;
    let typed = [("username", "ann"), ("password", crate::support::PASSWORD)];
    let refused = browser.fill(&second, &typed).await;
    assert_eq!(
        (refused.answer.status.as_u16(), &*refused.heading()),
        (403, "That form could not be accepted")
    );
    let page = browser.open_url(&refused.link("Go to the sign-in")).await;
    assert!(page.answer.body.contains("You are signed in as ann."), "{page:?}");
    browser.open_url(&page.link("Continue as ann")).await.code();
    let page = browser.open("/signup", &query).await;
    browser.cookies.clear();
    let refused = browser.fill(&page, &[("username", "eve")]).await;
    assert_eq!(browser.open_url(&refused.link("Go to the sign-in")).await.heading(), "Sign in");
}

/// A person reads a page in place of the JSON of the API, wherever the form goes.
#[tokio::test]
async fn form_that_is_too_long_is_refused_by_a_page() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for path in screens().chain(["/logout", "/oauth2/authorize"]) {
        let body = Some(format!("username={}", "x".repeat(2 << 20)));
        let mut browser = fixture.browser();
        let answer = browser.request(Method::POST, &format!("{path}?{query}"), &headers, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("connection")), (413, "close"), "{path}");
        let page = Sight { url: path.to_owned(), answer };
        check(&page);
        assert_eq!(page.heading(), "That form is too long");
        assert_eq!(page.link("Try again"), format!("?{query}"));
    }
    let body = Some("x".repeat((2 << 20) + 1));
    let answer = fixture.browser().request(Method::POST, "/oauth2/token", &headers, body).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (413, "application/x-amz-json-1.1"));
}

/// A program that asks for the head of a page learns whether there is one, and changes nothing.
#[tokio::test]
async fn head_of_a_screen_is_that_of_the_page() {
    let fixture = OAuthFixture::new().await;
    let query = fixture.query(&[]);
    let answer = fixture.browser().request(Method::HEAD, &format!("/login?{query}"), &[], None).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(answer.body, "");
}

/// A request for authorization that is refused is refused on every screen, as at the authorization endpoint, and no screen leads
/// to a URL that is not registered.
#[tokio::test]
async fn no_screen_shows_a_request_that_authorize_refuses() {
    let fixture = OAuthFixture::new().await;
    let evil = fixture.query(&[("redirect_uri", "https://evil.example")]);
    let unknown = fixture.query(&[("client_id", "unknown")]);
    for path in screens() {
        for query in [&evil, &unknown] {
            for method in [Method::GET, Method::POST] {
                let answer =
                    fixture.browser().request(method.clone(), &format!("{path}?{query}"), &[], None).await;
                let expected = format!("{}/error?error=", fixture.base);
                assert!(answer.location().starts_with(&expected), "{method} {path}: {answer:?}");
            }
        }
    }
}
