//! SMS through a webhook: a service that receives each SMS as a POST with a JSON body and sends it.
//!
//! *Chosen*: requests are signed as [Standard Webhooks](https://www.standardwebhooks.com) specifies, because it has
//! libraries in many languages. `webhook-signature` is `v1,` and the base64 of an HMAC-SHA256 over
//! `<webhook-id>.<webhook-timestamp>.<body>`. The id is the message's and the same in every attempt, so that the
//! receiver can detect a repetition. The timestamp is the real time of the attempt, so that it can refuse an old
//! request.

use std::{error::Error as _, fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use lido_domain::{Timestamp, secret::Secret};
use reqwest::{
    Client, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap},
    redirect::Policy,
};
use serde::Serialize;
use sha2::Sha256;

use super::{DeliveryFault, OutgoingMessage, Transport};
use crate::{
    clock::{Clock, rfc3339},
    traces,
};

/// The timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A transport of SMS through a webhook.
pub struct Webhook {
    address: WebhookAddress,
    secret: WebhookSecret,
    clock: Clock,
    client: Client,
}

/// The URL of a webhook. `Debug` and `Display` show the host only: the rest may contain a password or a token.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookAddress(Url);

/// The secret that signs requests: 24 to 64 bytes, as Standard Webhooks specifies.
#[derive(Clone)]
pub struct WebhookSecret(Secret);

/// The body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    message_id: &'a str,
    user_pool_id: &'a str,
    client_id: Option<&'a str>,
    username: &'a str,
    phone_number: &'a str,
    message: &'a str,
    trigger: &'a str,
    created_at: String,
}

impl WebhookAddress {
    /// Returns the URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for WebhookAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url =
            Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        url.map(Self).ok_or_else(|| "a webhook must be an https:// or http:// URL".to_owned())
    }
}

impl WebhookAddress {
    /// Returns whether requests are sent without TLS to another machine.
    pub fn is_unencrypted(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_loopback =
            host == "localhost" || host.parse().is_ok_and(|host: std::net::IpAddr| host.is_loopback());
        self.0.scheme() == "http" && !is_loopback
    }
}

impl FromStr for WebhookSecret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).unwrap_or_default();
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(Secret::new(bytes)))
        } else {
            Err("the webhook's secret must be 24 to 64 random bytes in base64, optionally after whsec_; create one with: \
                 head -c 32 /dev/urandom | base64"
                .to_owned())
        }
    }
}

impl Webhook {
    /// Returns a transport that posts to `address` and signs with `secret`.
    ///
    /// # Errors
    /// The system's certificates cannot be loaded.
    pub fn new(address: WebhookAddress, secret: WebhookSecret, clock: Clock) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .user_agent(concat!("lido/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { address, secret, clock, client })
    }
}

#[async_trait]
impl Transport for Webhook {
    async fn deliver(&self, message: &OutgoingMessage) -> Result<(), DeliveryFault> {
        let body = Body {
            message_id: &message.id,
            user_pool_id: message.pool.as_str(),
            client_id: message.client.as_ref().map(|client| client.as_str()),
            username: message.username.as_str(),
            phone_number: &message.to.value,
            message: &message.body,
            trigger: &message.trigger,
            created_at: rfc3339(message.created_at),
        };
        let body =
            serde_json::to_string(&body).map_err(|error| DeliveryFault::Permanent(error.to_string()))?;
        let at = seconds(self.clock.real_now());
        let mut context = HeaderMap::new();
        traces::inject(&mut context);
        let request = self
            .client
            .post(self.address.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature(&self.secret, &message.id, at, &body))
            .headers(context);
        match request.body(body).send().await {
            Ok(response) => outcome_of(response.status()),
            Err(error) => {
                let text = format!("{}: {}", self.address, causes(&error));
                let is_unreachable = error.is_timeout() || error.is_connect();
                Err(if is_unreachable {
                    DeliveryFault::NoResponse(text)
                } else {
                    DeliveryFault::Temporary(text)
                })
            }
        }
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(1_000)
}

fn signature(secret: &WebhookSecret, id: &str, at: i64, body: &str) -> String {
    // HMAC accepts keys of any length, so there is always a signature.
    let signed = Hmac::<Sha256>::new_from_slice(secret.0.expose()).map(|mut mac| {
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        mac.finalize().into_bytes()
    });
    signed.map(|signed| format!("v1,{}", BASE64_STANDARD.encode(signed))).unwrap_or_default()
}

/// Returns the result of a delivery by the status of the response.
///
/// A client error is permanent, except a timeout or a rate limit. A redirection is not followed, because the signature
/// is for the configured receiver only, and is a temporary fault.
fn outcome_of(status: StatusCode) -> Result<(), DeliveryFault> {
    let text = format!("the webhook responded with status {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(DeliveryFault::Temporary(text)),
        _ if status.is_client_error() => Err(DeliveryFault::Permanent(text)),
        _ => Err(DeliveryFault::Temporary(text)),
    }
}

/// Returns the causes of a request that got no response, without the URL.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::from(if error.is_timeout() { "timeout" } else { "no response" });
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

impl fmt::Display for WebhookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Debug for WebhookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookAddress({self})")
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(hidden)")
    }
}

impl PartialEq for WebhookSecret {
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.expose(), other.0.expose()).into()
    }
}

impl Eq for WebhookSecret {}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt as _, net::TcpListener};

    use super::*;
    use crate::delivery::fake;

    #[test]
    fn signature_matches_the_specification() {
        // The example in the libraries of the specification.
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().expect("a secret");
        let signature =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(hidden)");
    }

    #[test]
    fn response_status_decides_whether_delivery_is_retried() {
        let outcome = |status| match outcome_of(StatusCode::from_u16(status).expect("a status")) {
            Ok(()) => "delivered",
            Err(DeliveryFault::Permanent(_)) => "permanent",
            Err(DeliveryFault::Temporary(_)) => "temporary",
            Err(DeliveryFault::NoResponse(_)) => "no response",
        };
        let cases = [
            (200, "delivered"),
            (202, "delivered"),
            (204, "delivered"),
            (302, "temporary"),
            (400, "permanent"),
            (401, "permanent"),
            (404, "permanent"),
            (408, "temporary"),
            (422, "permanent"),
            (429, "temporary"),
            (500, "temporary"),
            (503, "temporary"),
        ];
        for (status, expected) in cases {
            assert_eq!(outcome(status), expected, "{status}");
        }
    }

    /// Returns the fault of a message to a webhook at this port of this machine.
    async fn fault_at(port: u16) -> DeliveryFault {
        let address = format!("http://127.0.0.1:{port}/").parse().expect("an address");
        let secret = BASE64_STANDARD.encode([1; 32]).parse().expect("a secret");
        let clock = Clock::frozen(Timestamp::from_millis(1_000));
        let client = Client::builder().timeout(Duration::from_millis(300)).build().expect("a client");
        let webhook = Webhook { client, ..Webhook::new(address, secret, clock).expect("a webhook") };
        webhook.deliver(&fake::sms("1")).await.expect_err("no webhook")
    }

    #[tokio::test]
    async fn webhook_that_hangs_or_is_unreachable_has_not_responded() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        // The system accepts the connection.
        let hung = fault_at(port).await;
        assert!(matches!(&hung, DeliveryFault::NoResponse(text) if text.contains("timeout")), "{hung}");
        drop(listener);
        let refused = fault_at(port).await;
        assert!(matches!(refused, DeliveryFault::NoResponse(_)), "{refused}");
    }

    #[tokio::test]
    async fn webhook_that_closes_the_connection_has_responded() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let closing = async {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let _: usize = stream.read(&mut [0; 64]).await.expect("a request");
            }
        };
        let fault = tokio::select! { fault = fault_at(port) => fault, () = closing => unreachable!() };
        assert!(matches!(fault, DeliveryFault::Temporary(_)), "{fault}");
    }

    #[test]
    fn invalid_address_or_secret_is_refused_without_its_text() {
        for text in ["", "a.example", "ftp://a.example", "https://", "mailto:a@b.c"] {
            assert!(text.parse::<WebhookAddress>().is_err(), "{text}");
        }
        let address: WebhookAddress = "https://user:pass@a.example:1/path?token=t".parse().expect("good");
        assert_eq!(format!("{address:?}"), "WebhookAddress(https://a.example)");
        let is_unencrypted = |text: &str| text.parse::<WebhookAddress>().expect(text).is_unencrypted();
        assert!(is_unencrypted("http://a.example/") && is_unencrypted("http://192.0.2.1/"));
        assert!(
            !is_unencrypted("https://a.example/")
                && !is_unencrypted("http://localhost:1/")
                && !is_unencrypted("http://[::1]/")
        );
        for text in ["", "short", "whsec_AAAA", "not base64 at all, however long it is"] {
            let error = text.parse::<WebhookSecret>().expect_err(text);
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
