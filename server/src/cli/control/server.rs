//! The server that a command talks to: sends requests, and words what goes wrong for a person at a terminal.

use std::{error::Error, io, iter, str::FromStr, time::Duration};

use anyhow::{Context as _, anyhow, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use tokio::runtime::Runtime;
use url::Url;

use super::{arguments::ServerArguments, output::plain};

/// The longest wait for an answer: longer than the server waits for a message.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint(Url);

impl Endpoint {
    pub(super) const DEFAULT: &str = "http://127.0.0.1:9229";
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        url.map(Self).ok_or_else(|| format!("the address must be a URL such as {}", Self::DEFAULT))
    }
}

/// A running server.
pub(super) struct Server {
    endpoint: Url,
    client: Client,
    runtime: Runtime,
}

impl Server {
    /// Returns the server that the arguments name. Nothing is sent yet.
    pub(super) fn of(arguments: &ServerArguments) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = arguments.trust.client()?.timeout(TIMEOUT).build()?;
        Ok(Self { endpoint: arguments.endpoint.0.clone(), client, runtime })
    }

    pub(super) fn get(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Value> {
        self.send(Method::GET, path, query, None)
    }

    pub(super) fn post(&self, path: &[&str], body: Option<&Value>) -> anyhow::Result<Value> {
        self.send(Method::POST, path, &[], body)
    }

    pub(super) fn put(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, &[], Some(body))
    }

    pub(super) fn delete(&self, path: &[&str]) -> anyhow::Result<Value> {
        self.send(Method::DELETE, path, &[], None)
    }

    /// Sends a request for the path below `/_lido/` with these segments, and returns the JSON of the answer.
    fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let url = self.url(path, query)?;
        let request = self.client.request(method, url);
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        let (status, text) = self.answer(request)?;
        let answer = serde_json::from_str::<Value>(&text).ok().filter(Value::is_object);
        if let Some(answer) = answer {
            if status.is_success() {
                return Ok(answer);
            }
            if status == StatusCode::NOT_FOUND && self.is_without_console() {
                bail!(
                    "{} is no `lido dev`, or an older one: `lido serve` has no users, messages and clock for tools",
                    self.endpoint
                );
            }
            if let Some(message) = answer["message"].as_str() {
                bail!("{}", plain(message));
            }
        }
        bail!(
            "{} answers {status}, which no Lido does; name the address of a server with --endpoint",
            self.endpoint
        )
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Url> {
        let mut url = self.endpoint.clone();
        url.set_query(None);
        url.set_fragment(None);
        let mut segments = url.path_segments_mut().map_err(|()| anyhow!("{} has no path", self.endpoint))?;
        segments.pop_if_empty().push("_lido").extend(path);
        drop(segments);
        let encoded: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if !encoded.is_empty() {
            url.set_query(Some(&encoded.join("&")));
        }
        Ok(url)
    }

    fn answer(&self, request: reqwest::RequestBuilder) -> anyhow::Result<(StatusCode, String)> {
        let answer = self.runtime.block_on(async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status(), response.text().await?))
        });
        answer.map_err(|error| {
            let cause = if is_untrusted(&error) {
                let endpoint = &self.endpoint;
                return anyhow!(
                    "the certificate of {endpoint} is not trusted; name its authority with --ca-cert, such as the tls-ca.pem \
                     of lido dev --tls"
                );
            } else if error.is_connect() {
                format!("no server answers at {}", self.endpoint)
            } else if error.is_timeout() {
                format!("{} has not answered within {TIMEOUT:?}", self.endpoint)
            } else {
                format!("{} does not answer as a server does", self.endpoint)
            };
            anyhow!("{cause}; start one with lido dev, or name another with --endpoint")
        })
    }

    /// Returns whether the server is a Lido that serves nothing for tools but its health.
    fn is_without_console(&self) -> bool {
        let found = |path: &[&str]| {
            let url = self.url(path, &[]).context("a path")?;
            let (status, _) = self.answer(self.client.get(url))?;
            anyhow::Ok(status != StatusCode::NOT_FOUND)
        };
        found(&["health"]).is_ok_and(|is_found| is_found)
            && found(&["openapi.json"]).is_ok_and(|is_found| !is_found)
    }
}

/// Returns whether a request failed because of the certificate of the server.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut causes = iter::successors(error.source(), |error| (*error).source());
    causes.any(is_certificate_fault)
}

/// Returns whether an error is one of TLS about a certificate. What is in an error of the system is not its source.
fn is_certificate_fault(error: &(dyn Error + 'static)) -> bool {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return is_certificate_fault(inner);
    }
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}

/// Encodes the value of a parameter. A plus sign is encoded too, though the server takes it as it is.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::control::TrustArguments;

    fn server(endpoint: &str) -> Server {
        let endpoint = endpoint.parse().expect("an endpoint");
        Server::of(&ServerArguments { endpoint, trust: TrustArguments::default(), json: false })
            .expect("a server")
    }

    #[test]
    fn names_of_users_stay_within_their_segment() {
        let cases = [
            (
                "http://127.0.0.1:9229",
                "ann",
                "http://127.0.0.1:9229/_lido/pools/p/users/ann?q=%61+b".replace("%61+b", "ann"),
            ),
            (
                "http://lido.test/",
                "a/b?c#d",
                "http://lido.test/_lido/pools/p/users/a%2Fb%3Fc%23d?q=a%2Fb%3Fc%23d".into(),
            ),
            (
                "http://lido.test/base/",
                "ä%2F",
                "http://lido.test/base/_lido/pools/p/users/%C3%A4%252F?q=%C3%A4%252F".into(),
            ),
        ];
        for (endpoint, user, expected) in cases {
            let url = server(endpoint).url(&["pools", "p", "users", user], &[("q", user)]).expect("a URL");
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn endpoint_is_a_url_with_a_host() {
        for text in ["", "127.0.0.1:9229", "ftp://lido.test", "http://", "localhost"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }
}
