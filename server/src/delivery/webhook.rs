//! SMS by webhook: each is a POST of JSON to somebody who sends it.
//!
//! *Chosen*: the request is signed as [Standard Webhooks](https://www.standardwebhooks.com) has it, for which there are
//! libraries in every language. `webhook-signature` is `v1,` and the base64 of an HMAC-SHA256 over
//! `<webhook-id>.<webhook-timestamp>.<body>`. The id is the message's and the same in every try, so that a receiver can
//! notice a repetition; the timestamp is the real time of the try, so that it can refuse what is old.

use std::{error::Error as _, fmt, str::FromStr, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use lido_domain::{Timestamp, secret::Secret};
use reqwest::{Client, StatusCode, Url, header::CONTENT_TYPE, redirect::Policy};
use serde::Serialize;
use sha2::Sha256;

use super::{Deliver, DeliveryFault, Outgoing};
use crate::clock::{Clock, rfc3339};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Posts SMS.
pub struct Webhook {
    address: WebhookAddress,
    secret: WebhookSecret,
    clock: Clock,
    client: Client,
}

/// Where SMS are posted to. `Debug` and `Display` show the host only: the rest may hold a password or a token.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookAddress(Url);

/// What signs, 24 to 64 bytes as Standard Webhooks has it.
#[derive(Clone)]
pub struct WebhookSecret(Secret);

/// The body.
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

impl FromStr for WebhookAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url =
            Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        url.map(Self).ok_or_else(|| "a webhook is an https:// or http:// URL".to_owned())
    }
}

impl WebhookAddress {
    /// Whether what is posted there can be read on the way.
    pub fn is_open_to_others(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_here =
            host == "localhost" || host.parse().is_ok_and(|host: std::net::IpAddr| host.is_loopback());
        self.0.scheme() == "http" && !is_here
    }
}

impl FromStr for WebhookSecret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).unwrap_or_default();
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(Secret::new(bytes)))
        } else {
            Err("the webhook's secret is 24 to 64 random bytes in base64, perhaps with whsec_ before it; make one with: \
                 head -c 32 /dev/urandom | base64"
                .to_owned())
        }
    }
}

impl Webhook {
    /// Posts to `address`, signed with `secret`.
    ///
    /// # Errors
    /// The certificates of the system cannot be used.
    pub fn new(address: WebhookAddress, secret: WebhookSecret, clock: Clock) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(ANSWER)
            .user_agent(concat!("lido/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { address, secret, clock, client })
    }
}

#[async_trait]
impl Deliver for Webhook {
    async fn deliver(&self, message: &Outgoing) -> Result<(), DeliveryFault> {
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
        let request = self
            .client
            .post(self.address.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", at)
            .header("webhook-signature", signature(&self.secret, &message.id, at, &body));
        match request.body(body).send().await {
            Ok(answer) => judged(answer.status()),
            Err(error) => Err(DeliveryFault::Temporary(format!("{}: {}", self.address, causes(&error)))),
        }
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(1_000)
}

fn signature(secret: &WebhookSecret, id: &str, at: i64, body: &str) -> String {
    // Keys of any length are taken, so there is always a signature.
    let signed = Hmac::<Sha256>::new_from_slice(secret.0.expose()).map(|mut mac| {
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        mac.finalize().into_bytes()
    });
    signed.map(|signed| format!("v1,{}", BASE64_STANDARD.encode(signed))).unwrap_or_default()
}

/// A refusal counts, unless it says that it is about the moment. A redirection is not followed: what is signed for one
/// is not for another.
fn judged(status: StatusCode) -> Result<(), DeliveryFault> {
    let text = format!("the webhook answered {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(DeliveryFault::Temporary(text)),
        _ if status.is_client_error() => Err(DeliveryFault::Permanent(text)),
        _ => Err(DeliveryFault::Temporary(text)),
    }
}

/// Why there was no answer, without the URL.
fn causes(error: &reqwest::Error) -> String {
    let mut told = String::from(if error.is_timeout() { "no answer in time" } else { "no answer" });
    let mut cause = error.source();
    while let Some(next) = cause {
        told = format!("{told}: {next}");
        cause = next.source();
    }
    told
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
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        // The example of the specification's own libraries.
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().expect("a secret");
        let made =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(hidden)");
    }

    #[test]
    fn what_an_answer_means() {
        let meaning = |status| match judged(StatusCode::from_u16(status).expect("a status")) {
            Ok(()) => "delivered",
            Err(DeliveryFault::Permanent(_)) => "for good",
            Err(DeliveryFault::Temporary(_)) => "later",
        };
        let cases = [
            (200, "delivered"),
            (202, "delivered"),
            (204, "delivered"),
            (302, "later"),
            (400, "for good"),
            (401, "for good"),
            (404, "for good"),
            (408, "later"),
            (422, "for good"),
            (429, "later"),
            (500, "later"),
            (503, "later"),
        ];
        for (status, expected) in cases {
            assert_eq!(meaning(status), expected, "{status}");
        }
    }

    #[test]
    fn addresses_and_secrets() {
        for text in ["", "a.example", "ftp://a.example", "https://", "mailto:a@b.c"] {
            assert!(text.parse::<WebhookAddress>().is_err(), "{text}");
        }
        let address: WebhookAddress = "https://user:pass@a.example:1/path?token=t".parse().expect("good");
        assert_eq!(format!("{address:?}"), "WebhookAddress(https://a.example)");
        let open = |text: &str| text.parse::<WebhookAddress>().expect(text).is_open_to_others();
        assert!(open("http://a.example/") && open("http://192.0.2.1/"));
        assert!(!open("https://a.example/") && !open("http://localhost:1/") && !open("http://[::1]/"));
        for text in ["", "short", "whsec_AAAA", "not base64 at all, however long it is"] {
            let fault = text.parse::<WebhookSecret>().expect_err(text);
            assert!(text.is_empty() || !fault.contains(text), "{fault}");
        }
    }
}
