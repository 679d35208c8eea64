//! Tests of policies of client ID metadata documents.

use super::*;
use crate::fixture::cimd_policy as policy;

#[test]
fn address_matches_its_patterns_only() {
    let cases: [(&str, &str, bool); 22] = [
        ("https://example.com/a", "https://example.com/a", true),
        ("https://example.com/a", "https://example.com/ab", false),
        ("https://example.com/a", "http://example.com/a", false),
        ("https://example.com", "https://example.com/", true),
        ("https://example.com/*", "https://example.com", true),
        ("https://example.com/*", "https://example.com/a/b?c=d", true),
        ("https://example.com/*", "https://example.com:8443/a", false),
        ("https://example.com/*", "https://example.com.evil.example/a", false),
        ("https://*.example.com/*", "https://app.example.com/a", true),
        ("https://*.example.com/*", "https://a.b.example.com/a", true),
        ("https://*.example.com/*", "https://example.com/a", false),
        ("https://*.example.com/*", "https://evil.example/.example.com/a", false),
        ("https://*.example.com/*", "https://evil.example?.example.com/a", false),
        ("https://*.example.com/*", "https://evil.example#.example.com/a", false),
        ("https://*.example.com/*", "https://user@app.example.com/a", false),
        ("https://*.example.com/*", "https://evil.example\\.example.com/a", false),
        ("https://example.com/a/*", "https://example.com/a/../b", false),
        ("https://example.com/a/*", "https://example.com/a/%2E%2e/b", false),
        ("https://example.com/a/*", "https://example.com/a/b?c=../d", true),
        ("https://example.com/*/x/*.json", "https://example.com/a/x/b/x/c.json", true),
        ("https://example.com/*/x/*.json", "https://example.com/a/x.json", false),
        ("https://*", "https:///a", false),
    ];
    for (pattern, url, expected) in cases {
        assert_eq!(policy(&[pattern]).matches(url), expected, "{pattern} {url}");
        assert_eq!(policy(&["https://other.example/a", pattern]).matches(url), expected, "{pattern} {url}");
    }
}

#[test]
fn many_wildcards_take_bounded_work() {
    let pattern = format!("https://example.com/{}b", "*a".repeat(118));
    let url = format!("https://example.com/{}", "a".repeat(236));
    assert!(!policy(&[&pattern]).matches(&url));
}

#[test]
fn metadata_of_a_public_client_with_redirect_urls_is_valid() {
    let read = |more: Value| {
        let mut document = serde_json::json!({ "redirect_uris": ["https://app.example.com/back"] });
        for (name, value) in more.as_object().expect("an object") {
            document[name] = value.clone();
        }
        ClientMetadata::read(&document)
    };
    for valid in [
        serde_json::json!({}),
        serde_json::json!({ "token_endpoint_auth_method": "none", "scope": "openid" }),
        serde_json::json!({ "grant_types": ["refresh_token", "authorization_code"] }),
        serde_json::json!({ "redirect_uris": ["http://localhost:3000/back", "com.example.app:/back"] }),
    ] {
        assert!(read(valid.clone()).is_some(), "{valid}");
    }
    for invalid in [
        serde_json::json!({ "redirect_uris": null }),
        serde_json::json!({ "redirect_uris": [] }),
        serde_json::json!({ "redirect_uris": "https://app.example.com/back" }),
        serde_json::json!({ "redirect_uris": ["http://app.example.com/back"] }),
        serde_json::json!({ "redirect_uris": ["https://app.example.com/back", "javascript:alert(1)"] }),
        serde_json::json!({ "redirect_uris": [7] }),
        serde_json::json!({ "token_endpoint_auth_method": "private_key_jwt" }),
        serde_json::json!({ "grant_types": ["client_credentials"] }),
        serde_json::json!({ "scope": ["openid"] }),
    ] {
        assert_eq!(read(invalid.clone()), None, "{invalid}");
    }
}

#[test]
fn client_has_its_own_redirect_urls_and_the_settings_of_the_app_client() {
    let oauth = OAuth {
        is_enabled: true,
        flows: [OAuthFlow::Code, OAuthFlow::Implicit].into(),
        scopes: vec!["openid".into(), "api/read".into()],
        callback_urls: vec!["https://own.example/back".into()],
        default_redirect_uri: Some("https://own.example/back".into()),
        logout_urls: vec!["https://own.example/out".into()],
        ..OAuth::default()
    };
    let app = Client { oauth, hides_users: true, ..crate::fixture::client() };
    let document =
        serde_json::json!({ "redirect_uris": ["https://app.example.com/back"], "scope": "api/read api/all" });
    let metadata = ClientMetadata::read(&document);
    let url = "https://app.example.com/client.json";
    let client = to_client(&app, url, metadata.as_ref());
    assert!(is_address(&client.id) && !is_address(&app.id));
    let expected = OAuth {
        is_enabled: true,
        flows: [OAuthFlow::Code].into(),
        scopes: vec!["api/read".into()],
        callback_urls: vec!["https://app.example.com/back".into()],
        needs_challenge: true,
        ..OAuth::default()
    };
    assert_eq!((client.oauth, client.hides_users, client.id.as_str()), (expected, true, url));
    let of_token = to_client(&app, url, None);
    assert_eq!((of_token.oauth.scopes, of_token.oauth.callback_urls), (app.oauth.scopes.clone(), Vec::new()));
}
