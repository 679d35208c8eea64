//! SMS by webhook: what is posted, how it is signed, and what the answers mean.

use std::{
    collections::VecDeque,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_cognitoidentityprovider::types::{UserStatusType, VerifiedAttributeType};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use lido::{
    clock::Clock,
    delivery::{Transports, webhook::Webhook},
};
use lido_domain::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::support::{PASSWORD, PoolAndClient, TestServer, assert_refused, attribute, id_of};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What was posted: headers by name, and the body.
#[derive(Clone)]
struct Posted {
    headers: http::HeaderMap,
    body: String,
}

impl Posted {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).expect("a header")
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// Somebody who sends SMS.
struct Receiver {
    address: SocketAddr,
    desk: Arc<Mutex<(VecDeque<u16>, Vec<Posted>)>>,
}

impl Receiver {
    /// Answers with these statuses, one after the other, and then with 204.
    async fn start(statuses: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let desk = Arc::new(Mutex::new((statuses.into_iter().collect(), Vec::new())));
        let at = Arc::clone(&desk);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let at = Arc::clone(&at);
                let service = service_fn(move |request| answer(Arc::clone(&at), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, desk }
    }

    fn posted(&self) -> Vec<Posted> {
        self.desk.lock().expect("no panic").1.clone()
    }
}

async fn answer(
    desk: Arc<Mutex<(VecDeque<u16>, Vec<Posted>)>>,
    request: Request<Incoming>,
) -> Result<Response<Full<hyper::body::Bytes>>, Infallible> {
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/sms"));
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let mut desk = desk.lock().expect("no panic");
    let body = String::from_utf8(body.to_vec()).expect("text");
    desk.1.push(Posted { headers: head.headers, body });
    let status = desk.0.pop_front().unwrap_or(204);
    let answer = Response::builder().status(status).header("location", "/elsewhere");
    Ok(answer.body(Full::default()).expect("an answer"))
}

async fn server_with_webhook(receiver: &Receiver) -> (TestServer, PoolAndClient) {
    let address = format!("http://{}/sms", receiver.address).parse().expect("an address");
    let clock = Clock::frozen(Timestamp::from_millis(1_795_246_200_999));
    let webhook = Webhook::new(address, SECRET.parse().expect("a secret"), clock).expect("certificates");
    let server =
        TestServer::with_transports(Transports { sms: Some(Arc::new(webhook)), ..Transports::default() })
            .await;
    let pool = server
        .sdk
        .create_user_pool()
        .pool_name("p")
        .auto_verified_attributes(VerifiedAttributeType::PhoneNumber)
        .sms_verification_message("Grüße! {####} & <mehr>");
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.client_in(&pool).await;
    (server, PoolAndClient { pool, client })
}

fn sign_up(
    server: &TestServer,
    ids: &PoolAndClient,
    name: &str,
) -> aws_sdk_cognitoidentityprovider::operation::sign_up::builders::SignUpFluentBuilder {
    let call = server.sdk.sign_up().client_id(&ids.client).username(name).password(PASSWORD);
    call.user_attributes(attribute("phone_number", "+15555550388"))
}

#[tokio::test]
async fn posted_code_is_signed_and_confirms() {
    let receiver = Receiver::start([]).await;
    let (server, ids) = server_with_webhook(&receiver).await;
    let details = sign_up(&server, &ids, "ann").send().await.expect("signed up");
    let details = details.code_delivery_details().expect("told");
    assert_eq!(details.destination(), Some("+********0388"));
    let [posted] = receiver.posted().try_into().unwrap_or_else(|_| panic!("one message"));
    assert_eq!(posted.header("content-type"), "application/json");
    assert_eq!(posted.header("webhook-timestamp"), "1795246200");
    let body = posted.json();
    let message = body["message"].as_str().expect("text");
    let code: String = message.chars().filter(char::is_ascii_digit).collect();
    let expected = json!({
        "messageId": posted.header("webhook-id"), "userPoolId": ids.pool, "clientId": ids.client,
        "username": "ann", "phoneNumber": "+15555550388", "message": format!("Grüße! {code} & <mehr>"),
        "trigger": "CustomMessage_SignUp", "createdAt": "2026-11-21T07:30:00.000Z",
    });
    assert_eq!(body, expected);

    let key = BASE64_STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{}.1795246200.{}", posted.header("webhook-id"), posted.body).as_bytes());
    let signature = BASE64_STANDARD.decode(posted.header("webhook-signature").trim_start_matches("v1,"));
    mac.verify_slice(&signature.expect("base64")).expect("the signature is good");

    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(code);
    confirm.send().await.expect("confirmed");
}

#[tokio::test]
async fn sms_refused_temporarily_is_posted_again_under_the_same_id() {
    let receiver = Receiver::start([500, 429, 302, 408]).await;
    let (server, ids) = server_with_webhook(&receiver).await;
    sign_up(&server, &ids, "ann").send().await.expect("signed up");
    for wait in [10, 20, 40, 80] {
        server.app.clock.advance(Duration::from_secs(wait));
        assert_eq!(server.app.outbox.send_due().await, Ok(1));
    }
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(server.app.outbox.send_due().await, Ok(0), "the fifth was taken");
    let posted = receiver.posted();
    assert_eq!(posted.len(), 5);
    for again in &posted {
        assert_eq!(again.header("webhook-id"), posted[0].header("webhook-id"));
        assert_eq!(again.body, posted[0].body);
    }
}

#[tokio::test]
async fn sms_refused_permanently_fails_sign_up_and_keeps_the_user() {
    let receiver = Receiver::start([422]).await;
    let (server, ids) = server_with_webhook(&receiver).await;
    let text = "Invalid phone number provided/Unable to send the SMS message";
    assert_refused!(sign_up(&server, &ids, "ann"), is_code_delivery_failure_exception, text);
    let (status, _) = server.user(&ids.pool, "ann", "phone_number").await;
    assert_eq!(status, UserStatusType::Unconfirmed);
    assert_eq!(receiver.posted().len(), 1);
}
