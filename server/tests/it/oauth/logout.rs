//! `GET /logout`.

use reqwest::Method;

use crate::support::oauth::OAuthFixture;

/// oau-0063, oau-0064, oau-0065, oau-0245, oau-0246, oau-0247.
#[tokio::test]
async fn logout_ends_the_session_and_goes_to_registered_urls_only() {
    let fixture = OAuthFixture::new().await;
    let (mut browser, client) = (fixture.browser(), fixture.ids.client.as_str());
    let (out, base) = ("http://localhost:3000/out", &fixture.base);
    let missing = format!("{base}/error?error=Required+String+parameter+%27redirect_uri%27+is+not+present");
    let sign_in = fixture.query(&[]);
    let cases = [
        (format!("client_id={client}&logout_uri={out}&redirect_uri=x"), out.to_owned()),
        (sign_in.clone(), format!("{base}/login?{sign_in}")),
        (format!("client_id={client}&logout_uri={out}/"), missing.clone()),
        (format!("client_id={client}&logout_uri=https://evil.example"), missing.clone()),
        (format!("client_id={client}"), missing),
        (format!("client_id=nowhere&logout_uri={out}"), format!("{base}/error?error=Client+does+not+exist.")),
        (format!("logout_uri={out}"), format!("{base}/error?error=Required+parameters+missing")),
    ];
    for (query, expected) in cases {
        fixture.get_code(&mut browser, &[]).await;
        let session = browser.cookies["cognito"].clone();
        let answer = browser.get("/logout", &query).await;
        assert_eq!(answer.location(), expected, "{query}");
        let is_out = !expected.contains("/error?");
        assert_eq!(browser.cookies.contains_key("cognito"), !is_out, "{query}");
        // A copy of the cookie is worth nothing either.
        browser.cookies.insert("cognito".to_owned(), session);
        let answer = browser.get("/oauth2/authorize", &fixture.query(&[("prompt", "none")])).await;
        assert_eq!(answer.redirect_parameters().contains_key("error"), is_out, "{query}");
    }
}

#[tokio::test]
async fn refresh_tokens_outlive_the_logout() {
    let fixture = OAuthFixture::new().await;
    let mut browser = fixture.browser();
    let code = fixture.get_code(&mut browser, &[]).await;
    let tokens = fixture.exchange(&code, &[]).await.json();
    let client = fixture.ids.client.as_str();
    let query = format!("client_id={client}&logout_uri=http://localhost:3000/out");
    assert_eq!(browser.request(Method::GET, &format!("/logout?{query}"), &[], None).await.status, 302);
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", tokens["refresh_token"].as_str().expect("one")),
    ];
    assert_eq!(fixture.post("/oauth2/token", &form, &[]).await.status, 200);
}
