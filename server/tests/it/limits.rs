//! How often and from where: request rates and refused addresses.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use lido::{
    app::App,
    credentials::Credentials,
    http::{Gate, Quotas, Rates},
};

use crate::{
    raw::{Answer, PAWS, send},
    support::{House, refused},
};

const FORBIDDEN: &str =
    r#"{"__type":"ForbiddenException","message":"Request not allowed due to WAF block."}"#;

async fn limited(quotas: &str) -> House {
    let app = App::for_tests();
    let rates = Rates::new(&quotas.parse().expect("quotas"), &app.clock);
    House::behind(app, Gate::from(Credentials::AnyWellFormed).limited(rates)).await
}

fn ranges<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().expect("a range")).collect()
}

async fn refusing(refused: &[&str], proxies: &[&str]) -> House {
    let gate = Gate::from(Credentials::AnyWellFormed).refusing(ranges(refused)).trusting(ranges(proxies));
    House::behind(App::for_tests(), gate).await
}

/// cog-0194, cog-0248, cog-0264, cog-0282
#[tokio::test]
async fn beyond_its_quota_a_category_is_refused() {
    let house = limited("on").await;
    let place = house.place().await;
    let code = |username: &str| {
        format!(r#"{{"ClientId":"{}","Username":"{username}","ConfirmationCode":"1"}}"#, place.client)
    };
    for number in 0..50 {
        // Each is taken, whatever becomes of it.
        let answer = send(house.address, "ConfirmSignUp", &[], &code(&format!("nobody{number}"))).await;
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
    assert_too_many(send(house.address, "ConfirmSignUp", &[], "{").await);
    assert_too_many(send(house.address, "AdminConfirmSignUp", PAWS, "{}").await);
    refused!(
        house.sdk.sign_up().client_id(&place.client).username("ann").password("Passw0rd!"),
        is_too_many_requests_exception,
        "Too many requests"
    );
    // Others are not touched, and a fiftieth of a second gives one back.
    house.sdk.describe_user_pool().user_pool_id(&place.pool).send().await.expect("another category");
    house.app.clock.advance(Duration::from_millis(20));
    assert!(
        send(house.address, "ConfirmSignUp", &[], &code("nobody"))
            .await
            .body
            .contains("UserNotFoundException")
    );
    assert_too_many(send(house.address, "ConfirmSignUp", &[], &code("nobody")).await);
}

#[tokio::test]
async fn a_request_without_a_good_signature_takes_nothing_of_the_quota() {
    let house = limited("on,UserRead=1").await;
    let body = r#"{"UserPoolId":"us-east-1_nowhere","Username":"u"}"#;
    for _ in 0..3 {
        let answer = send(house.address, "AdminGetUser", &[], body).await;
        assert!(answer.body.contains("MissingAuthenticationTokenException"), "{}", answer.body);
    }
    assert!(send(house.address, "AdminGetUser", PAWS, body).await.body.contains("ResourceNotFoundException"));
    assert!(send(house.address, "AdminGetUser", PAWS, body).await.body.contains("TooManyRequestsException"));
}

#[tokio::test]
async fn without_limits_as_many_are_taken_as_come() {
    let house = House::new().await;
    for _ in 0..200 {
        let answer = send(house.address, "ConfirmSignUp", &[], "{").await;
        assert!(answer.body.contains("SerializationException"), "{}", answer.body);
    }
    assert_eq!("on".parse(), Ok(Quotas::default()));
}

/// cog-0252
#[tokio::test]
async fn a_refused_address_is_answered_as_behind_a_web_acl() {
    let house = refusing(&["10.0.0.0/8", "127.0.0.0/8"], &[]).await;
    for (operation, headers) in [("SignUp", &[][..]), ("ListUserPools", PAWS), ("NoSuchOperation", &[])] {
        let answer = send(house.address, operation, headers, "{").await;
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
    let forbidden = house.sdk.sign_up().client_id("c").username("ann").password("Passw0rd!");
    refused!(forbidden, is_forbidden_exception, "Request not allowed due to WAF block.");
    // Nothing else is to be had, either: neither the console nor a preflight.
    for request in [
        "GET /_lido/messages HTTP/1.1",
        "OPTIONS / HTTP/1.1\r\nOrigin: http://page\r\nAccess-Control-Request-Method: POST",
    ] {
        let answer = exchange(house.address, format!("{request}\r\nHost: x\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with(FORBIDDEN), "{answer}");
    }
}

#[tokio::test]
async fn a_refused_request_is_answered_before_its_body_comes() {
    let house = refusing(&["127.0.0.1/32"], &[]).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\
                X-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n\r\n";
    let answer = exchange(house.address, head.to_owned()).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with(FORBIDDEN), "{answer}");
}

#[tokio::test]
async fn behind_a_trusted_proxy_it_is_the_client_that_is_refused() {
    let house = refusing(&["192.0.2.0/24"], &["127.0.0.1/32"]).await;
    let cases = [
        ("192.0.2.1", 403),
        ("::ffff:192.0.2.1", 403),
        ("198.51.100.1, 192.0.2.1", 403),
        ("192.0.2.1, 198.51.100.1", 400),
        ("198.51.100.1", 400),
    ];
    for (forwarded, status) in cases {
        let answer = send(house.address, "SignUp", &[("X-Forwarded-For", forwarded)], "{").await;
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
