//! Signs requests with SigV4, step by step as the guide has it, so that each step can be done wrong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub(super) const KEY: &str = "AKIAATTACKEXAMPLE";
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";

/// A request before it is signed.
#[derive(Clone)]
pub(super) struct SignedRequest {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// The names of the headers that are signed, sorted.
    pub(super) signed: Vec<&'static str>,
    pub(super) region: &'static str,
    pub(super) service: &'static str,
    pub(super) secret: &'static str,
    pub(super) date: String,
}

impl SignedRequest {
    /// Returns a request for an operation, as SDKs sign it `age` seconds ago.
    pub(super) fn new(operation: &str, body: &str, age: i64) -> anyhow::Result<Self> {
        let date = date(age)?;
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("host", "127.0.0.1"),
            ("x-amz-date", &date),
            ("x-amz-target", &target),
        ];
        Ok(Self {
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: body.to_owned(),
            signed: vec!["content-type", "host", "x-amz-date", "x-amz-target"],
            region: REGION,
            service: "cognito-idp",
            secret: SECRET,
            date,
        })
    }

    /// Returns the header that signs the request.
    pub(super) fn authorization(&self) -> anyhow::Result<String> {
        let signed_headers = self.signed.join(";");
        let mut canonical = "POST\n/\n\n".to_owned();
        for name in &self.signed {
            let values: Vec<&str> = self
                .headers
                .iter()
                .filter(|(header, _)| header == name)
                .map(|(_, value)| value.as_str())
                .collect();
            canonical.push_str(&format!("{name}:{}\n", values.join(",")));
        }
        canonical.push_str(&format!("\n{signed_headers}\n{}", hex(&Sha256::digest(self.body.as_bytes()))));
        let day = self.date.get(..8).context("a date")?;
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
            self.date,
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day, self.region, self.service, "aws4_request"] {
            key = mac(&key, part)?;
        }
        let signature = hex(&mac(&key, &text)?);
        Ok(format!(
            "AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"
        ))
    }

    /// Returns the bytes of the request with this authorization.
    pub(super) fn bytes(&self, authorization: &str) -> String {
        let mut text = "POST / HTTP/1.1\r\n".to_owned();
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let length = self.body.len();
        format!("{text}authorization: {authorization}\r\ncontent-length: {length}\r\n\r\n{}", self.body)
    }

    /// Returns the bytes of the request, signed.
    pub(super) fn signed_bytes(&self) -> anyhow::Result<String> {
        Ok(self.bytes(&self.authorization()?))
    }

    /// Sets a header, or removes it.
    pub(super) fn set(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(header, _)| header != name);
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

fn mac(key: &[u8], text: &str) -> anyhow::Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the time `age` seconds ago, as `20261121T073000Z`.
fn date(age: i64) -> anyhow::Result<String> {
    #[expect(clippy::disallowed_methods, reason = "tools may read the real clock")]
    let now = SystemTime::now();
    let seconds = i64::try_from(now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs())?;
    let at = jiff::Timestamp::from_second(seconds - age)?;
    Ok(at.strftime("%Y%m%dT%H%M%SZ").to_string())
}
