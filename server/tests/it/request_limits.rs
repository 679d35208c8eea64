//! How often and from where: request rates and refused addresses.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use lido::{
    app::App,
    credentials::Credentials,
    http::Gate,
    rates::{Quotas, Rates},
};

use crate::support::{
    TestServer, assert_refused,
    raw_requests::{Answer, PAWS, send},
};

const FORBIDDEN: &str =
    r#"{"__type":"ForbiddenException","message":"Request not allowed due to WAF block."}"#;

async fn limited(quotas: &str) -> TestServer {
    let app = App::for_tests();
    let rates = Rates::new(&quotas.parse().expect("quotas"), &app.clock);
    TestServer::behind(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await
}

fn ranges<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().expect("a range")).collect()
}

async fn refusing(refused: &[&str], proxies: &[&str]) -> TestServer {
    let gate = Gate::from(Credentials::AnyWellFormed).refusing(ranges(refused)).trusting(ranges(proxies));
    TestServer::behind(App::for_tests(), gate).await
}

/// cog-0194, cog-0248, cog-0264, cog-0282
#[tokio::test]
async fn requests_beyond_the_quota_of_a_category_are_refused() {
    let server = limited("on").await;
    let ids = server.pool_and_client().await;
    let code = |username: &str| {
        format!(r#"{{"ClientId":"{}","Username":"{username}","ConfirmationCode":"1"}}"#, ids.client)
    };
    for number in 0..50 {
        // Each is taken, whatever becomes of it.
        let answer = send(server.address, "ConfirmSignUp", &[], &code(&format!("nobody{number}"))).await;
        assert!(answer.body.contains("UserNotFoundException"), "{number}: {}", answer.body);
    }
    let assert_too_many = |answer: Answer| {
        let body = r#"{"__type":"TooManyRequestsException","message":"Too many requests"}"#;
        assert_eq!((answer.status, answer.body.as_str()), (400, body));
        for line in [
            "x-amzn-errortype: toomanyrequestsexception:",
            "x-amzn-errormessage: too many requests",
            "content-type: application/x-amz-json-1.1",
            "x-amzn-requestid: ",
        ] {
            assert!(answer.head.contains(line), "{line} in {}", answer.head);
        }
    };
    // Before the body is read, and for all of the category.
    assert_too_many(send(server.address, "ConfirmSignUp", &[], "{").await);
    assert_too_many(send(server.address, "AdminConfirmSignUp", PAWS, "{}").await);
    assert_refused!(
        server.sdk.sign_up().client_id(&ids.client).username("ann").password("Passw0rd!"),
        is_too_many_requests_exception,
        "Too many requests"
    );
    // Others are not touched, and a fiftieth of a second gives one back.
    server.sdk.describe_user_pool().user_pool_id(&ids.pool).send().await.expect("another category");
    server.app.clock.advance(Duration::from_millis(20));
    assert!(
        send(server.address, "ConfirmSignUp", &[], &code("nobody"))
            .await
            .body
            .contains("UserNotFoundException")
    );
    assert_too_many(send(server.address, "ConfirmSignUp", &[], &code("nobody")).await);
}

#[tokio::test]
async fn request_without_good_signature_uses_no_quota() {
    let server = limited("on,UserRead=1").await;
    let body = r#"{"UserPoolId":"us-east-1_nowhere","Username":"u"}"#;
    for _ in 0..3 {
        let answer = send(server.address, "AdminGetUser", &[], body).await;
        assert!(answer.body.contains("MissingAuthenticationTokenException"), "{}", answer.body);
    }
    assert!(
        send(server.address, "AdminGetUser", PAWS, body).await.body.contains("ResourceNotFoundException")
    );
    assert!(send(server.address, "AdminGetUser", PAWS, body).await.body.contains("TooManyRequestsException"));
}

#[tokio::test]
async fn requests_without_limits_are_all_taken() {
    let server = TestServer::new().await;
    for _ in 0..200 {
        let answer = send(server.address, "ConfirmSignUp", &[], "{").await;
        assert!(answer.body.contains("SerializationException"), "{}", answer.body);
    }
    assert_eq!("on".parse(), Ok(Quotas::default()));
}

/// cog-0252
#[tokio::test]
async fn request_from_refused_address_is_forbidden() {
    let server = refusing(&["10.0.0.0/8", "127.0.0.0/8"], &[]).await;
    for (operation, headers) in [("SignUp", &[][..]), ("ListUserPools", PAWS), ("NoSuchOperation", &[])] {
        let answer = send(server.address, operation, headers, "{").await;
        assert_eq!((answer.status, answer.body.as_str()), (403, FORBIDDEN));
        for line in [
            "x-amzn-errortype: forbiddenexception:",
            "x-amzn-errormessage: request not allowed due to waf block.",
            "content-type: application/x-amz-json-1.1",
            "x-amzn-requestid: ",
            "connection: close",
        ] {
            assert!(answer.head.contains(line), "{line} in {}", answer.head);
        }
    }
    let forbidden = server.sdk.sign_up().client_id("c").username("ann").password("Passw0rd!");
    assert_refused!(forbidden, is_forbidden_exception, "Request not allowed due to WAF block.");
    // Nothing else is to be had, either: neither the console nor a preflight.
    for request in [
        "GET /_lido/messages HTTP/1.1",
        "OPTIONS / HTTP/1.1\r\nOrigin: http://page\r\nAccess-Control-Request-Method: POST",
    ] {
        let answer = exchange(server.address, format!("{request}\r\nHost: x\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with(FORBIDDEN), "{answer}");
    }
}

#[tokio::test]
async fn request_from_refused_address_is_answered_before_its_body() {
    let server = refusing(&["127.0.0.1/32"], &[]).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\
                X-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n\r\n";
    let answer = exchange(server.address, head.to_owned()).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with(FORBIDDEN), "{answer}");
}

#[tokio::test]
async fn request_behind_trusted_proxy_is_judged_by_the_address_of_the_client() {
    let server = refusing(&["192.0.2.0/24"], &["127.0.0.1/32"]).await;
    let cases = [
        ("192.0.2.1", 403),
        ("::ffff:192.0.2.1", 403),
        ("198.51.100.1, 192.0.2.1", 403),
        ("192.0.2.1, 198.51.100.1", 400),
        ("198.51.100.1", 400),
    ];
    for (forwarded, status) in cases {
        let answer = send(server.address, "SignUp", &[("X-Forwarded-For", forwarded)], "{").await;
        assert_eq!(answer.status, status, "{forwarded}");
    }
    let unbelieved = refusing(&["192.0.2.0/24"], &[]).await;
    let answer = send(unbelieved.address, "SignUp", &[("X-Forwarded-For", "192.0.2.1")], "{").await;
    assert_eq!(answer.status, 400, "anybody may write the header");
}

/// Sends a text and gives what comes back until the server closes.
async fn exchange(address: SocketAddr, request: String) -> String {
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    tokio::task::spawn_blocking(exchange).await.expect("no panic").expect("an answer")
}
