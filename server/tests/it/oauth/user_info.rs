//! `/oauth2/userInfo`.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::oauth::{ADMIN, OAuthFixture, post_form, send};

/// oau-0120, oau-0121, oau-0125, oau-0308.
#[tokio::test]
async fn user_info_returns_the_attributes_of_the_scopes() {
    let fixture = OAuthFixture::new().await;
    let tokens = fixture.get_tokens("openid email").await;
    let token = tokens["access_token"].as_str().expect("a token");
    let answer = fixture.user_info(token).await;
    let expected = json!({ "sub": fixture.sub, "email": "ann@example.com", "email_verified": "false", "username": "ann" });
    assert_eq!((answer.status.as_u16(), answer.json()), (200, expected.clone()));
    for (name, value) in [
        ("content-type", "application/json;charset=UTF-8"),
        ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
        ("pragma", "no-cache"),
        ("expires", "0"),
        ("x-content-type-options", "nosniff"),
        ("x-xss-protection", "1; mode=block"),
        ("x-frame-options", "DENY"),
        ("server", "Server"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let url = format!("{}/oauth2/userInfo", fixture.base);
    let bearer = format!("Bearer {token}");
    let posted = send(Method::POST, &url, &[("authorization", &bearer)], None).await;
    assert_eq!(posted.json(), expected);
}

/// oau-0122, oau-0123, oau-0124.
#[tokio::test]
async fn user_info_refuses_other_tokens() {
    let fixture = OAuthFixture::new().await;
    let url = format!("{}/oauth2/userInfo", fixture.base);
    for headers in [&[][..], &[("authorization", "Basic YTpi")]] {
        let answer = send(Method::GET, &url, headers, None).await;
        assert_eq!(answer.status, 400);
        let expected =
            r#"error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint""#;
        assert_eq!(answer.header("www-authenticate"), expected);
    }
    let tokens = fixture.get_tokens("openid").await;
    let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
    let without_openid =
        fixture.get_tokens(ADMIN).await["access_token"].as_str().expect("a token").to_owned();
    let forged = format!("{}x", text("access_token"));
    let refused = async |token: &str| {
        let answer = fixture.user_info(token).await;
        assert_eq!(answer.status, 401, "{token}");
        let expected = r#"error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out.""#;
        assert_eq!(answer.header("www-authenticate"), expected);
    };
    for token in [text("id_token"), text("refresh_token"), without_openid, forged, "x".to_owned()] {
        refused(&token).await;
    }
    let in_query = format!("{url}?access_token={}", text("access_token"));
    assert_eq!(send(Method::GET, &in_query, &[], None).await.status, 400, "the token is in the header only");
    let in_form = post_form(&url, &[("access_token", &text("access_token"))], &[]).await;
    assert_eq!(in_form.status, 400, "the token is in the header only");
    assert_eq!(fixture.user_info(&text("access_token")).await.status, 200);
    fixture.server.app.clock.advance(Duration::from_secs(3_600));
    refused(&text("access_token")).await;
    let tokens = fixture.get_tokens("openid").await;
    let sign_out =
        fixture.server.sdk.admin_user_global_sign_out().user_pool_id(&fixture.ids.pool).username("ann");
    sign_out.send().await.expect("signed out");
    refused(tokens["access_token"].as_str().expect("a token")).await;
}
