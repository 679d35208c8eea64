//! SMS by webhook: the body and the signature of a request, and the effect of the response's status.

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

use crate::support::{
    PASSWORD, PoolAndClient, TestServer, assert_refused, attribute, pool_id_of, sms_configuration,
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A request to the webhook.
#[derive(Clone)]
struct WebhookRequest {
    headers: http::HeaderMap,
    body: String,
}

impl WebhookRequest {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).expect("a header")
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// A webhook's server.
struct WebhookServer {
    address: SocketAddr,
    state: Arc<Mutex<WebhookState>>,
}

#[derive(Default)]
struct WebhookState {
    /// The statuses of the next responses.
    statuses: VecDeque<u16>,
    requests: Vec<WebhookRequest>,
}

impl WebhookServer {
    /// Starts a server that responds with these statuses, one after the other, and then with 204.
    async fn start(statuses: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = WebhookState { statuses: statuses.into_iter().collect(), ..WebhookState::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                let service = service_fn(move |request| respond(Arc::clone(&shared), request));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, state }
    }

    /// Returns the requests, the oldest first.
    fn requests(&self) -> Vec<WebhookRequest> {
        self.state.lock().expect("no panic").requests.clone()
    }
}

async fn respond(
    state: Arc<Mutex<WebhookState>>,
    request: Request<Incoming>,
) -> Result<Response<Full<hyper::body::Bytes>>, Infallible> {
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/sms"));
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let mut state = state.lock().expect("no panic");
    let body = String::from_utf8(body.to_vec()).expect("text");
    state.requests.push(WebhookRequest { headers: head.headers, body });
    let status = state.statuses.pop_front().unwrap_or(204);
    let response = Response::builder().status(status).header("location", "/elsewhere");
    Ok(response.body(Full::default()).expect("a response"))
}

/// Starts a server that sends SMS to the webhook, with a pool that verifies phone numbers and an app client.
async fn server_with_webhook(webhook_server: &WebhookServer) -> (TestServer, PoolAndClient) {
    let address = format!("http://{}/sms", webhook_server.address).parse().expect("an address");
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
        .sms_configuration(sms_configuration())
        .sms_verification_message("Grüße! {####} & <mehr>");
    let pool = pool_id_of(pool.send().await.expect("a pool").user_pool());
    let client = server.create_client(&pool).await;
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
async fn sms_with_code_is_signed_and_confirms() {
    let webhook_server = WebhookServer::start([]).await;
    let (server, ids) = server_with_webhook(&webhook_server).await;
    let details = sign_up(&server, &ids, "ann").send().await.expect("signed up");
    let details = details.code_delivery_details().expect("delivery details");
    assert_eq!(details.destination(), Some("+********0388"));
    let [request] = webhook_server.requests().try_into().unwrap_or_else(|_| panic!("one request"));
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-timestamp"), "1795246200");
    let body = request.json();
    let message = body["message"].as_str().expect("text");
    let code: String = message.chars().filter(char::is_ascii_digit).collect();
    let expected = json!({
        "messageId": request.header("webhook-id"), "userPoolId": ids.pool, "clientId": ids.client,
        "username": "ann", "phoneNumber": "+15555550388", "message": format!("Grüße! {code} & <mehr>"),
        "trigger": "CustomMessage_SignUp", "createdAt": "2026-11-21T07:30:00.000Z",
    });
    assert_eq!(body, expected);

    let key = BASE64_STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{}.1795246200.{}", request.header("webhook-id"), request.body).as_bytes());
    let signature = BASE64_STANDARD.decode(request.header("webhook-signature").trim_start_matches("v1,"));
    mac.verify_slice(&signature.expect("base64")).expect("a valid signature");

    let confirm = server.sdk.confirm_sign_up().client_id(&ids.client).username("ann").confirmation_code(code);
    confirm.send().await.expect("confirmed");
}

#[tokio::test]
async fn sms_refused_temporarily_is_sent_again_with_the_same_id() {
    let webhook_server = WebhookServer::start([500, 429, 302, 408]).await;
    let (server, ids) = server_with_webhook(&webhook_server).await;
    sign_up(&server, &ids, "ann").send().await.expect("signed up");
    for wait in [10, 20, 40, 80] {
        server.app.clock.advance(Duration::from_secs(wait));
        assert_eq!(server.app.outbox.send_due().await, Ok(1));
    }
    server.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(server.app.outbox.send_due().await, Ok(0), "the fifth request was accepted");
    let requests = webhook_server.requests();
    assert_eq!(requests.len(), 5);
    for again in &requests {
        assert_eq!(again.header("webhook-id"), requests[0].header("webhook-id"));
        assert_eq!(again.body, requests[0].body);
    }
}

#[tokio::test]
async fn sms_refused_permanently_fails_sign_up_and_keeps_the_user() {
    let webhook_server = WebhookServer::start([422]).await;
    let (server, ids) = server_with_webhook(&webhook_server).await;
    let text = "Invalid phone number provided/Unable to send the message.";
    assert_refused!(sign_up(&server, &ids, "ann"), is_code_delivery_failure_exception, text);
    let (status, _) = server.status_and_attribute(&ids.pool, "ann", "phone_number").await;
    assert_eq!(status, UserStatusType::Unconfirmed);
    assert_eq!(webhook_server.requests().len(), 1);
}
