//! Every screen of the table, whatever leads to it.

use lido::screens;
use reqwest::Method;

use crate::support::oauth::OAuthFixture;

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
        assert_eq!((other.status.as_u16(), other.header("allow")), (405, "GET, POST"), "{path}");
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
