//! The places of the endpoints: below the pool's path, at the hosts of its domains, and at the root; CORS, and the documents that name them.

use aws_sdk_cognitoidentityprovider::types::CustomDomainConfigType;
use reqwest::Method;
use serde_json::json;

use crate::support::{
    PASSWORD,
    oauth::{Browser, OAuthFixture, post_form, send},
};

/// oau-0260, oau-0261, oau-0322, oau-0323.
#[tokio::test]
async fn discovery_names_the_endpoints() {
    let fixture = OAuthFixture::new().await;
    let url = format!("{}/.well-known/openid-configuration", fixture.base);
    let answer = send(Method::GET, &url, &[("origin", "https://app.example")], None).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("content-type"), "application/json");
    let base = &fixture.base;
    let expected = json!({
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "end_session_endpoint": format!("{base}/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": base,
        "jwks_uri": format!("{base}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": format!("{base}/oauth2/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{base}/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
    });
    assert_eq!(answer.body, expected.to_string(), "the members are in alphabetical order");
}

/// oau-0082, oau-0108, oau-0276.
#[tokio::test]
async fn pages_of_other_origins_may_call_the_back_channel_only() {
    let fixture = OAuthFixture::new().await;
    let preflight = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-amz-user-agent"),
    ];
    for path in ["/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke"] {
        let answer = send(Method::OPTIONS, &format!("{}{path}", fixture.base), &preflight, None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (204, "*"),
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-headers"), "content-type,x-amz-user-agent");
        let answer = fixture.post(path, &[], &[("origin", "https://app.example")]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "errors can be read too");
    }
    for path in ["/oauth2/authorize", "/login", "/logout", "/error"] {
        for method in [Method::OPTIONS, Method::GET] {
            let url = format!("{}{path}?{}", fixture.base, fixture.query(&[]));
            let answer = send(method, &url, &preflight, None).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn authorize_is_found_without_oauth2_too() {
    let fixture = OAuthFixture::new().await;
    let (query, root) = (fixture.query(&[]), format!("http://{}", fixture.server.address));
    for base in [&fixture.base, &root] {
        let answer = Browser::new(base).get("/authorize", &query).await;
        assert_eq!(answer.location(), format!("{base}/login?{query}"));
    }
}

#[tokio::test]
async fn root_finds_the_pool_by_the_client() {
    let fixture = OAuthFixture::new().await;
    let root = format!("http://{}", fixture.server.address);
    let mut browser = Browser::new(&root);
    let query = fixture.query(&[]);
    assert_eq!(browser.get("/oauth2/authorize", &query).await.location(), format!("{root}/login?{query}"));
    let answer = browser.sign_in(&query, "ann", PASSWORD).await;
    let code = answer.redirect_parameters()["code"].clone();
    let session = format!("cognito.{}", fixture.ids.pool);
    assert!(browser.cookies.contains_key(&session), "{:?}", browser.cookies.keys());
    assert!(browser.get("/oauth2/authorize", &query).await.redirect_parameters().contains_key("code"));
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", fixture.ids.client.as_str()),
        ("redirect_uri", crate::support::oauth::BACK),
        ("code", code.as_str()),
    ];
    let tokens = post_form(&format!("{root}/oauth2/token"), &form, &[]).await.json();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let url = format!("{root}/oauth2/userInfo");
    assert_eq!(send(Method::GET, &url, &[("authorization", &bearer)], None).await.status, 200);
    let query = format!("client_id={}&logout_uri=http://localhost:3000/out", fixture.ids.client);
    assert_eq!(browser.get("/logout", &query).await.location(), "http://localhost:3000/out");
    assert!(!browser.cookies.contains_key(&session));
}

/// oau-0001.
#[tokio::test]
async fn domain_serves_its_pool_at_its_host() {
    let fixture = OAuthFixture::new().await;
    let (server, pool) = (&fixture.server, &fixture.ids.pool);
    let create = |domain: &str| server.sdk.create_user_pool_domain().user_pool_id(pool).domain(domain);
    create("shop").send().await.expect("a domain");
    let arn = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-1111-1111-1111-111111111111";
    let certificate = CustomDomainConfigType::builder().certificate_arn(arn).build().expect("a certificate");
    create("auth.example.com").custom_domain_config(certificate).send().await.expect("a domain");
    let other_pool = server.create_pool_with(json!({})).await;
    let stranger = server.create_client(&other_pool).await;
    let (query, of_stranger) = (fixture.query(&[]), fixture.query(&[("client_id", &stranger)]));
    let get = async |host: &str, path: &str, query: &str| {
        let url = format!("http://{}{path}?{query}", server.address);
        send(Method::GET, &url, &[("host", host)], None).await
    };
    let set_cookie = async |host: &str| {
        let page = get(host, "/login", &query).await;
        let cookie = page.header("set-cookie").to_owned();
        let name = cookie.split_once('=').expect("a value").0.to_owned();
        (name, cookie.split("; ").any(|attribute| attribute == "Path=/"))
    };
    for host in
        ["shop.localhost:9229", "SHOP.localhost", "auth.example.com", "shop.auth.us-east-1.amazoncognito.com"]
    {
        let answer = get(host, "/oauth2/authorize", &query).await;
        assert_eq!(answer.location(), format!("http://{host}/login?{query}"));
        let refused = get(host, "/oauth2/authorize", &of_stranger).await;
        assert_eq!(refused.location(), format!("http://{host}/error?error=Client+does+not+exist."));
        assert_eq!(set_cookie(host).await, ("XSRF-TOKEN".to_owned(), true), "{host}");
    }
    for host in ["other.localhost", "shop.example.com", "shop.auth.eu-west-1.amazoncognito.com"] {
        assert_eq!(set_cookie(host).await, (format!("XSRF-TOKEN.{pool}"), true), "{host} is no domain");
    }
}
