//! SigV4: no request is accepted but those that botocore signed.
//!
//! An input is a request: method and path on the first line, then headers, an empty line and the body. The inputs of the
//! corpus are requests that botocore signed for an access key, whose secret the target knows, at a time that is its
//! now; a search changes them.

use std::{collections::BTreeMap, sync::OnceLock};

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use jiff::Timestamp;
use lido_iam::{
    Credentials, IamUser, Secret,
    policy::Policies,
    verify::{SignedRequest, verify},
};
use serde_json::Value;

/// 2026-11-21T07:30:00Z, when the requests were signed.
const NOW: Timestamp = Timestamp::constant(1_795_246_200, 0);
/// The example of the AWS guides.
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const RECORDED: &str = include_str!("../../server/iam/src/fixtures/botocore.json");

/// A received or recorded request.
struct Request {
    method: String,
    uri: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Verifies the request.
///
/// # Panics
/// If it is accepted, and is not one of the signed requests in everything that a signature is about.
pub fn run(input: &[u8]) {
    static SIGNED: OnceLock<Vec<Request>> = OnceLock::new();
    static CREDENTIALS: OnceLock<Credentials> = OnceLock::new();
    let Some(request) = Request::parse(input) else { return };
    // Signatures that are not verified are read all the same. Nothing follows from their being well-formed.
    let _ = request.verify(&Credentials::AnyWellFormed);
    if request.verify(CREDENTIALS.get_or_init(credentials)) {
        let signed = SIGNED.get_or_init(recorded);
        let is_signed = signed.iter().any(|signed| signed.means_the_same_as(&request));
        assert!(is_signed, "accepted without a signature: {}", String::from_utf8_lossy(input));
    }
}

/// Returns the user who signed the requests.
fn credentials() -> Credentials {
    let user = IamUser {
        name: "fuzzer".to_owned(),
        access_key_id: KEY.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
        session_token: None,
        expires_at: None,
        tags: BTreeMap::new(),
        policies: Policies::default(),
    };
    Credentials::Listed([(KEY.to_owned(), user)].into())
}

/// Returns the requests that botocore signed.
fn recorded() -> Vec<Request> {
    let recorded: Vec<Value> = serde_json::from_str(RECORDED).unwrap_or_default();
    recorded.iter().filter_map(Request::from_recorded).collect()
}

impl Request {
    fn new<'a>(
        method: &str,
        target: &str,
        headers: impl Iterator<Item = (&'a [u8], &'a [u8])>,
        body: &[u8],
    ) -> Option<Self> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.try_append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?).ok()?;
        }
        Some(Self { method: method.to_owned(), uri: target.parse().ok()?, headers: map, body: body.to_vec() })
    }

    fn parse(input: &[u8]) -> Option<Self> {
        let end = input.windows(2).position(|bytes| bytes == b"\n\n")?;
        let (head, body) = (input.get(..end)?, input.get(end + 2..)?);
        let mut lines = head.split(|byte| *byte == b'\n');
        let (method, target) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
        let headers = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((line.get(..colon)?, line.get(colon + 1..)?.trim_ascii()))
        });
        Self::new(method, target, headers, body)
    }

    fn from_recorded(recorded: &Value) -> Option<Self> {
        let text = |name: &str| recorded.get(name).and_then(Value::as_str);
        let headers = recorded.get("headers")?.as_array()?.iter().filter_map(|header| {
            let part = |index: usize| header.get(index).and_then(Value::as_str).map(str::as_bytes);
            Some((part(0)?, part(1)?))
        });
        Self::new(text("method")?, text("target")?, headers, text("body")?.as_bytes())
    }

    fn verify(&self, credentials: &Credentials) -> bool {
        let Self { method, uri, headers, body } = self;
        verify(credentials, &SignedRequest { method, uri, headers, body }, Some("us-east-1"), NOW).is_ok()
    }

    /// Returns whether the other request would do the same as this one, which was signed: the same method, path, query
    /// and body, and the same headers as far as they were signed, up to blanks.
    fn means_the_same_as(&self, other: &Self) -> bool {
        let signed = self.headers.get("authorization").and_then(|value| value.to_str().ok());
        let names = signed.and_then(|text| text.split("SignedHeaders=").nth(1)?.split(',').next());
        let Some(names) = names else { return false };
        // What decides which operation is called must not depend on what was signed.
        let names = names.split(';').chain(["x-amz-target"]);
        self.method == other.method
            && segments(&self.uri) == segments(&other.uri)
            && parameters(&self.uri) == parameters(&other.uri)
            && self.body == other.body
            && names.into_iter().all(|name| words(&self.headers, name) == words(&other.headers, name))
    }
}

/// Returns the segments of the path, as a server of files would follow them.
fn segments(uri: &Uri) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in uri.path().split('/').filter(|segment| !matches!(*segment, "" | ".")) {
        if segment == ".." {
            segments.pop();
        } else {
            segments.push(segment);
        }
    }
    segments
}

/// Returns the parameters of the query in their alphabetical order, with `=`.
fn parameters(uri: &Uri) -> Vec<String> {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<String> =
        pairs.map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") }).collect();
    pairs.sort();
    pairs
}

/// Returns the words of all values of a header. Values are joined by commas, and blanks between words do not count.
fn words(headers: &HeaderMap, name: &str) -> Vec<Vec<u8>> {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    let joined = values.join(&b',');
    let words = joined.split(|byte| byte.is_ascii_whitespace() || *byte == b',');
    words.filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect()
}
