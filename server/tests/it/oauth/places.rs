//! The places of the endpoints: below the pool's path, at the hosts of its domains, and at the root; CORS, and the documents that name them.

use aws_sdk_cognitoidentityprovider::types::CustomDomainConfigType;
use lido::{app::App, credentials::Credentials, http::Gate};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    PASSWORD, TestServer, jwt_claims,
    oauth::{Answer, BACK, Browser, OAuthFixture, post_form, send},
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

/// A cache may give the document to a page after another caller has asked for it.
#[tokio::test]
async fn discovery_may_be_read_by_pages_from_a_cache() {
    let fixture = OAuthFixture::new().await;
    for document in ["openid-configuration", "jwks.json"] {
        let url = format!("{}/.well-known/{document}", fixture.base);
        let answer = send(Method::GET, &url, &[], None).await;
        assert!(answer.header("cache-control").starts_with("public"), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{document}");
    }
}

/// All URLs of this server and the issuer have one scheme: that which the trusted proxy names.
#[tokio::test]
async fn urls_have_https_behind_a_trusted_proxy() {
    for (proxies, scheme) in [("127.0.0.1/32", "https"), ("192.0.2.1/32", "http")] {
        let gate = Gate::from(Credentials::AnyWellFormed).trusting(vec![proxies.parse().expect("a range")]);
        let fixture = OAuthFixture::with_server(TestServer::with_gate(App::for_tests(), gate).await).await;
        for host in ["lido.example", "localhost"] {
            let headers = [("host", host), ("x-forwarded-proto", "https")];
            let get = async |path: &str| {
                let headers = &headers;
                send(Method::GET, &format!("{}{path}", fixture.base), headers, None).await
            };
            let is_plain = scheme == "http" && host == "localhost";
            let base = format!("{scheme}://{host}/{}", fixture.ids.pool);
            let document = get("/.well-known/openid-configuration").await.json();
            assert_eq!(document["issuer"], base);
            assert_eq!(document["token_endpoint"], format!("{base}/oauth2/token"));
            let query = fixture.query(&[]);
            let page = get(&format!("/oauth2/authorize?{query}")).await;
            assert_eq!(page.location(), format!("{base}/login?{query}"));
            let form = get(&format!("/login?{query}")).await;
            assert_eq!(form.header("set-cookie").contains("; Secure"), !is_plain, "{form:?}");
            let has_hsts = scheme == "https" && host != "localhost";
            assert_eq!(form.header("strict-transport-security").is_empty(), !has_hsts, "{form:?}");
            let (_, rest) = form.body.split_once("name=\"_csrf\" value=\"").expect("a token");
            let csrf = rest.split_once('"').expect("an end").0;
            let cookie = form.header("set-cookie").split_once(';').expect("attributes").0.to_owned();
            let sent = [("_csrf", csrf), ("username", "ann"), ("password", PASSWORD)];
            let all = [&headers[..], &[("cookie", cookie.as_str())]].concat();
            let answer = post_form(&format!("{}/login?{query}", fixture.base), &sent, &all).await;
            let code = answer.redirect_parameters()["code"].clone();
            let form = [
                ("grant_type", "authorization_code"),
                ("client_id", fixture.ids.client.as_str()),
                ("redirect_uri", BACK),
                ("code", code.as_str()),
            ];
            let tokens = fixture.post("/oauth2/token", &form, &headers).await.json();
            assert_eq!(jwt_claims(tokens["access_token"].as_str().expect("a token"))["iss"], base);
        }
    }
}

/// The paths of other pools are served at the host of a domain too. The browser sends the cookies of the domain there, which
/// are nothing to those pools, and the other way round.
#[tokio::test]
async fn pools_at_the_host_of_a_domain_share_no_cookie() {
    let one = OAuthFixture::new().await;
    let server =
        TestServer { app: one.server.app.clone(), address: one.server.address, sdk: one.server.sdk.clone() };
    let two = OAuthFixture::with_server(server).await;
    let create = one.server.sdk.create_user_pool_domain().user_pool_id(&one.ids.pool).domain("shop");
    create.send().await.expect("a domain");
    let get = async |path: &str, query: &str, cookies: &str| {
        let url = format!("http://{}{path}?{query}", one.server.address);
        let headers = [("host", "shop.localhost"), ("cookie", cookies)];
        send(Method::GET, &url, &headers[..if cookies.is_empty() { 1 } else { 2 }], None).await
    };
    let cookie_of = |answer: &Answer| {
        let cookie = answer.header("set-cookie").to_owned();
        let (pair, attributes) = cookie.split_once("; ").expect("attributes");
        let path = attributes.split("; ").find(|attribute| attribute.starts_with("Path=")).expect("a path");
        (pair.to_owned(), path.to_owned())
    };
    let (own, path) = cookie_of(&get("/login", &one.query(&[]), "").await);
    assert!(own.starts_with("XSRF-TOKEN=") && path == "Path=/", "{own} {path}");
    let below = format!("/{}", two.ids.pool);
    let (other, path) = cookie_of(&get(&format!("{below}/login"), &two.query(&[]), &own).await);
    assert!(other.starts_with(&format!("XSRF-TOKEN.{}=", two.ids.pool)), "{other}");
    assert_eq!(path, format!("Path={below}"));
    // Both are sent below the path, and each form keeps its token.
    let both = format!("{other}; {own}");
    assert_eq!(cookie_of(&get(&format!("{below}/login"), &two.query(&[]), &both).await).0, other);
    assert_eq!(cookie_of(&get("/login", &one.query(&[]), &both).await).0, own);
    // The token of one pool is none of the other, even under its name.
    let (_, token) = own.split_once('=').expect("a value");
    let renamed = format!("XSRF-TOKEN.{}={token}", two.ids.pool);
    assert_ne!(cookie_of(&get(&format!("{below}/login"), &two.query(&[]), &renamed).await).0, renamed);
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
        ("redirect_uri", BACK),
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
