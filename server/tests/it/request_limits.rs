//! Request quotas, refused addresses and trusted proxies.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use lido::{
    credentials::Credentials,
    http::Gate,
    rates::{Quotas, Rates},
};

use crate::support::{
    TestServer, assert_refused,
    raw_requests::{PAWS_HEADERS, RawResponse, send},
    test_store,
};

const FORBIDDEN: &str =
    r#"{"__type":"ForbiddenException","message":"Request not allowed due to WAF block."}"#;

/// Starts a server with these quotas.
async fn server_with_quotas(quotas: &str) -> TestServer {
    let app = test_store::app();
    let rates = Rates::new(&quotas.parse().expect("quotas"), &app.clock);
    TestServer::with_gate(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await
}

/// Parses addresses or ranges of addresses.
fn ranges<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().expect("a range")).collect()
}

/// Starts a server that refuses these ranges and trusts these proxies.
async fn server_with_ranges(refused: &[&str], proxies: &[&str]) -> TestServer {
    let gate = Gate::from(Credentials::AnyWellFormed).refusing(ranges(refused)).trusting(ranges(proxies));
    TestServer::with_gate(test_store::app(), gate).await
}

/// cog-0194, cog-0248, cog-0264, cog-0282
#[tokio::test]
async fn requests_beyond_the_quota_of_a_category_are_refused() {
    let server = server_with_quotas("on").await;
    let ids = server.create_pool_and_client().await;
    let code = |username: &str| {
        format!(r#"{{"ClientId":"{}","Username":"{username}","ConfirmationCode":"1"}}"#, ids.client)
    };
    for number in 0..50 {
        // Each request uses quota, although it is refused.
        let response = send(server.address, "ConfirmSignUp", &[], &code(&format!("unknown{number}"))).await;
        assert!(response.body.contains("UserNotFoundException"), "{number}: {}", response.body);
    }
    let assert_too_many = |response: RawResponse| {
        let body = r#"{"__type":"TooManyRequestsException","message":"Too many requests"}"#;
        assert_eq!((response.status, response.body.as_str()), (400, body));
        for line in [
            "x-amzn-errortype: toomanyrequestsexception:",
            "x-amzn-errormessage: too many requests",
            "content-type: application/x-amz-json-1.1",
            "x-amzn-requestid: ",
        ] {
            assert!(response.head.contains(line), "{line} in {}", response.head);
        }
    };
    // The body is not parsed, and the quota is shared by the category.
    assert_too_many(send(server.address, "ConfirmSignUp", &[], "{").await);
    for _ in 0..25 {
        // Signed callers have a reserve.
        let response = send(server.address, "AdminConfirmSignUp", PAWS_HEADERS, "{}").await;
        assert!(response.body.contains("InvalidParameterException"), "{}", response.body);
    }
    assert_too_many(send(server.address, "AdminConfirmSignUp", PAWS_HEADERS, "{}").await);
    assert_refused!(
        server.sdk.sign_up().client_id(&ids.client).username("ann").password("Passw0rd!"),
        is_too_many_requests_exception,
        "Too many requests"
    );
    // Other categories are not affected, and 20 ms give one request back.
    server.sdk.describe_user_pool().user_pool_id(&ids.pool).send().await.expect("another category");
    server.app.clock.advance(Duration::from_millis(20));
    assert!(
        send(server.address, "ConfirmSignUp", &[], &code("unknown"))
            .await
            .body
            .contains("UserNotFoundException")
    );
    assert_too_many(send(server.address, "ConfirmSignUp", &[], &code("unknown")).await);
}

#[tokio::test]
async fn request_without_valid_signature_uses_no_quota() {
    let server = server_with_quotas("on,UserRead=1").await;
    let body = r#"{"UserPoolId":"us-east-1_nowhere","Username":"u"}"#;
    for _ in 0..3 {
        let response = send(server.address, "AdminGetUser", &[], body).await;
        assert!(response.body.contains("MissingAuthenticationTokenException"), "{}", response.body);
    }
    // The quota, and the reserve of signed callers.
    for _ in 0..2 {
        let response = send(server.address, "AdminGetUser", PAWS_HEADERS, body).await;
        assert!(response.body.contains("ResourceNotFoundException"), "{}", response.body);
    }
    assert!(
        send(server.address, "AdminGetUser", PAWS_HEADERS, body)
            .await
            .body
            .contains("TooManyRequestsException")
    );
}

#[tokio::test]
async fn requests_without_quotas_are_all_accepted() {
    let server = TestServer::new().await;
    for _ in 0..200 {
        let response = send(server.address, "ConfirmSignUp", &[], "{").await;
        assert!(response.body.contains("SerializationException"), "{}", response.body);
    }
    assert_eq!("on".parse(), Ok(Quotas::default()));
}

/// cog-0252
#[tokio::test]
async fn request_from_refused_address_is_forbidden() {
    let server = server_with_ranges(&["10.0.0.0/8", "127.0.0.0/8"], &[]).await;
    for (operation, headers) in
        [("SignUp", &[][..]), ("ListUserPools", PAWS_HEADERS), ("NoSuchOperation", &[])]
    {
        let response = send(server.address, operation, headers, "{").await;
        assert_eq!((response.status, response.body.as_str()), (403, FORBIDDEN));
        for line in [
            "x-amzn-errortype: forbiddenexception:",
            "x-amzn-errormessage: request not allowed due to waf block.",
            "content-type: application/x-amz-json-1.1",
            "x-amzn-requestid: ",
            "connection: close",
        ] {
            assert!(response.head.contains(line), "{line} in {}", response.head);
        }
    }
    let forbidden = server.sdk.sign_up().client_id("c").username("ann").password("Passw0rd!");
    assert_refused!(forbidden, is_forbidden_exception, "Request not allowed due to WAF block.");
    // The console and preflight requests are refused too.
    for request in [
        "GET /_lido/messages HTTP/1.1",
        "OPTIONS / HTTP/1.1\r\nOrigin: http://page\r\nAccess-Control-Request-Method: POST",
    ] {
        let response = exchange(server.address, format!("{request}\r\nHost: x\r\n\r\n")).await;
        assert!(response.starts_with("HTTP/1.1 403 ") && response.ends_with(FORBIDDEN), "{response}");
    }
}

#[tokio::test]
async fn request_from_refused_address_is_answered_before_its_body() {
    let server = server_with_ranges(&["127.0.0.1/32"], &[]).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\
                X-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n\r\n";
    let response = exchange(server.address, head.to_owned()).await;
    assert!(response.starts_with("HTTP/1.1 403 ") && response.ends_with(FORBIDDEN), "{response}");
}

#[tokio::test]
async fn request_behind_trusted_proxy_is_refused_by_the_address_of_the_client() {
    let server = server_with_ranges(&["192.0.2.0/24"], &["127.0.0.1/32"]).await;
    let cases = [
        ("192.0.2.1", 403),
        ("::ffff:192.0.2.1", 403),
        ("198.51.100.1, 192.0.2.1", 403),
        ("192.0.2.1, 198.51.100.1", 400),
        ("198.51.100.1", 400),
    ];
    for (forwarded, status) in cases {
        let response = send(server.address, "SignUp", &[("X-Forwarded-For", forwarded)], "{").await;
        assert_eq!(response.status, status, "{forwarded}");
    }
    let without_proxies = server_with_ranges(&["192.0.2.0/24"], &[]).await;
    let response = send(without_proxies.address, "SignUp", &[("X-Forwarded-For", "192.0.2.1")], "{").await;
    assert_eq!(response.status, 400, "the header is ignored unless a trusted proxy sends it");
}

/// Sends a raw request; returns the response until the server closes.
async fn exchange(address: SocketAddr, request: String) -> String {
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        Ok::<_, std::io::Error>(response)
    };
    tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("an answer")
}
