//! Tests with signatures made by botocore, unchanged and with changed requests.
//!
//! `fixtures/botocore.json` was recorded from botocore's signer with its clock set to [`NOW`]. The access key is the
//! example of the AWS guides.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::*;
use crate::policy::Policies;

/// 2026-11-21T07:30:00Z.
const NOW: Timestamp = Timestamp::constant(1_795_246_200, 0);
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN//////////";

#[derive(Deserialize)]
struct Recorded {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// A request that tests can change.
#[derive(Clone)]
struct Request {
    method: String,
    uri: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    fn verify<'a>(&self, credentials: &'a Credentials, now: Timestamp) -> Result<Signer<'a>, SignatureFault> {
        self.verify_in("us-east-1", credentials, now)
    }

    fn verify_in<'a, 'b>(
        &self,
        region: impl Into<Option<&'b str>>,
        credentials: &'a Credentials,
        now: Timestamp,
    ) -> Result<Signer<'a>, SignatureFault> {
        let Request { method, uri, headers, body } = self;
        let verified = verify(credentials, &SignedRequest { method, uri, headers, body }, region.into(), now);
        verified.map(|verified| verified.signer)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a value"));
    }

    fn edit_authorization(&mut self, from: &str, to: &str) {
        let text = self.headers["authorization"].to_str().expect("text").replace(from, to);
        self.set("authorization", &text);
    }
}

impl Request {
    /// Signs the request again without one of its headers, as only the owner of the secret can.
    fn leave_unsigned(&mut self, name: &'static str) {
        self.sign_headers(|names| names.retain(|signed| *signed != name));
    }

    /// Signs again, with other signed headers.
    fn sign_headers(&mut self, change: impl FnOnce(&mut Vec<&str>)) {
        let header = self.headers["authorization"].to_str().expect("text").to_owned();
        let before = Authorization::read(&header).expect("well-formed");
        let listed = before.signed_headers.join(";");
        let mut names = before.signed_headers.clone();
        change(&mut names);
        self.edit_authorization(&listed, &names.join(";"));
        let header = self.headers["authorization"].to_str().expect("text").to_owned();
        let authorization = Authorization::read(&header).expect("well-formed");
        let Request { method, uri, headers, body } = &*self;
        let request = SignedRequest { method, uri, headers, body };
        let new = signature(&Secret::new(SECRET.to_owned()), &authorization, &request, NOW);
        self.edit_authorization(authorization.signature, &new);
    }
}

fn recorded() -> Vec<(String, Request)> {
    let all: Vec<Recorded> = serde_json::from_str(include_str!("fixtures/botocore.json")).expect("a fixture");
    all.into_iter()
        .map(|one| {
            let mut headers = HeaderMap::new();
            for (name, value) in one.headers {
                let name = HeaderName::try_from(name).expect("a name");
                headers.append(name, HeaderValue::try_from(value).expect("a value"));
            }
            let uri = one.target.parse().expect("a target");
            (one.name, Request { method: one.method, uri, headers, body: one.body.into_bytes() })
        })
        .collect()
}

fn plain() -> Request {
    recorded().remove(0).1
}

fn credentials(secret: &str, token: Option<&str>) -> Credentials {
    let user = IamUser {
        name: "ci".into(),
        access_key_id: KEY.into(),
        secret_access_key: Secret::new(secret.to_owned()),
        session_token: token.map(|token| Secret::new(token.to_owned())),
        expires_at: token.map(|_| NOW + SignedDuration::from_millis(1)),
        tags: BTreeMap::new(),
        policies: Policies::default(),
    };
    Credentials::Listed(BTreeMap::from([(KEY.to_owned(), user)]))
}

#[test]
fn every_recorded_signature_verifies() {
    let all = recorded();
    assert_eq!(all.len(), 11);
    for (name, request) in all {
        let token = request.headers.contains_key("x-amz-security-token").then_some(TOKEN);
        let credentials = credentials(SECRET, token);
        let region = if name == "another region" { "eu-central-1" } else { "us-east-1" };
        match request.verify_in(region, &credentials, NOW) {
            Ok(Signer::User(user)) => assert_eq!(user.name, "ci"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn request_with_a_changed_signed_part_is_refused() {
    let credentials = credentials(SECRET, None);
    let mut other_agent = plain();
    other_agent.set("user-agent", "another");
    assert!(other_agent.verify(&credentials, NOW).is_ok());

    type Change = fn(&mut Request);
    let changes: [(&str, Change); 7] = [
        ("body", |r| r.body.push(b' ')),
        ("port", |r| r.set("host", "127.0.0.1:9230")),
        ("target", |r| r.set("x-amz-target", "AWSCognitoIdentityProviderService.AdminDeleteUser")),
        ("path", |r| r.uri = "/other".parse().expect("a path")),
        ("query", |r| r.uri = "/?a=b".parse().expect("a query")),
        ("method", |r| r.method = "PUT".into()),
        ("signed headers", |r| r.edit_authorization("content-type;", "")),
    ];
    for (what, change) in changes {
        let mut request = plain();
        change(&mut request);
        assert_eq!(request.verify(&credentials, NOW).err(), Some(SignatureFault::Mismatch), "{what}");
    }
}

#[test]
fn request_with_a_changed_body_and_a_signed_hash_header_is_refused() {
    // The signature must cover the received body, not the hash in the `x-amz-content-sha256` header.
    let mut request =
        recorded().into_iter().find(|(name, _)| name.contains("hash of the body")).expect("recorded").1;
    request.body = b"{}".to_vec();
    assert_eq!(request.verify(&credentials(SECRET, None), NOW).err(), Some(SignatureFault::Mismatch));
}

#[test]
fn wrong_secret_unknown_key_or_missing_signature_is_refused() {
    let refusal = |request: &Request, credentials: &Credentials| {
        let fault = request.verify(credentials, NOW).expect_err("refused");
        (fault.error_type(), fault.message().to_owned())
    };
    let good = credentials(SECRET, None);
    let (kind, text) = refusal(&plain(), &credentials("another", None)); // cog-0348
    assert_eq!(kind, "InvalidSignatureException");
    assert!(
        text.starts_with(
            "The request signature we calculated does not match the signature you provided. Check"
        )
    );
    assert!(text.ends_with("signing method. Consult the service documentation for details."));

    let mut unknown = plain();
    unknown.edit_authorization(KEY, "AKIANOBODY");
    let (kind, text) = refusal(&unknown, &good); // cog-0045
    assert_eq!(
        (kind, text.as_str()),
        ("UnrecognizedClientException", "The security token included in the request is invalid.")
    );

    let mut unsigned = plain();
    unsigned.headers.remove("authorization");
    let (kind, text) = refusal(&unsigned, &good);
    assert_eq!(
        (kind, text.as_str()),
        ("MissingAuthenticationTokenException", "Missing Authentication Token")
    );
}

#[test]
fn request_with_another_session_token_is_refused() {
    let with_token = recorded().into_iter().find(|(name, _)| name == "a session token").expect("recorded").1;
    let cases = [
        (&with_token, Some(TOKEN), true),
        (&with_token, Some("another"), false),
        (&with_token, None, false),
        (&plain(), Some(TOKEN), false),
    ];
    for (request, token, passes) in cases {
        let credentials = credentials(SECRET, token);
        let fault = request.verify(&credentials, NOW).err();
        assert_eq!(fault, if passes { None } else { Some(SignatureFault::UnknownKey) });
    }
}

#[test]
fn request_with_an_expired_session_token_is_refused() {
    let with_token = recorded().into_iter().find(|(name, _)| name == "a session token").expect("recorded").1;
    let later = NOW + SignedDuration::from_millis(1);
    let fault = with_token.verify(&credentials(SECRET, Some(TOKEN)), later).expect_err("expired");
    assert_eq!(fault.error_type(), "ExpiredTokenException");
    assert_eq!(fault.message(), "The security token included in the request is expired");
    let other = with_token.verify(&credentials(SECRET, Some("another")), later).expect_err("another token");
    assert_eq!(other, SignatureFault::UnknownKey, "a wrong token is refused before the expiry is checked");
}

#[test]
fn signature_in_the_query_counts_as_missing() {
    let mut request = plain();
    let signature = request.headers.remove("authorization").expect("signed");
    let query = signature.to_str().expect("text").replace("AWS4-HMAC-SHA256 ", "").replace(", ", "&");
    request.uri = format!("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&{query}").parse().expect("a target");
    assert_eq!(request.verify(&credentials(SECRET, None), NOW).err(), Some(SignatureFault::Missing));
}

#[test]
fn signature_more_than_five_minutes_off_is_refused() {
    let credentials = credentials(SECRET, None);
    let after = |seconds: i64| NOW + SignedDuration::from_secs(seconds);
    for seconds in [-300, 0, 300] {
        assert!(plain().verify(&credentials, after(seconds)).is_ok(), "{seconds}");
    }
    let late = plain().verify(&credentials, after(301)).expect_err("refused");
    assert_eq!(
        late.message(),
        "Signature expired: 20261121T073000Z is now earlier than 20261121T073001Z (20261121T073501Z - 5 min.)"
    );
    let early = plain().verify(&credentials, after(-301)).expect_err("refused");
    assert_eq!(early.error_type(), "InvalidSignatureException");
    assert!(early.message().starts_with("Signature not yet current: 20261121T073000Z is still later than"));
}

/// A signature made for one operation must not be good for another one, whatever headers the signer listed.
#[test]
fn signature_without_host_or_an_amz_header_is_refused() {
    let credentials = credentials(SECRET, Some(TOKEN));
    let with_token = recorded().into_iter().find(|(name, _)| name == "a session token").expect("recorded").1;
    // (header that is not signed, its name in the message)
    let cases = [
        ("host", "'Host' or ':authority'"),
        ("x-amz-target", "'X-Amz-Target'"),
        ("x-amz-date", "'X-Amz-Date'"),
        ("x-amz-security-token", "'X-Amz-Security-Token'"),
        ("x-amz-content-sha256", "'X-Amz-Content-Sha256'"),
        ("x-amz-anything", "'X-Amz-Anything'"),
    ];
    for (unsigned, name) in cases {
        let mut request = with_token.clone();
        if !request.headers.contains_key(unsigned) {
            request.set(unsigned, "anything");
        }
        request.leave_unsigned(unsigned);
        let fault = request.verify(&credentials, NOW).expect_err(unsigned);
        assert_eq!(fault.error_type(), "InvalidSignatureException");
        assert_eq!(fault.message(), format!("{name} must be a 'SignedHeader' in the AWS Authorization."));
    }
    // Content-Type has no meaning for this service, the others are added on the way.
    for unsigned in ["content-type", "x-amz-cf-id", "x-amzn-trace-id", "amz-sdk-request"] {
        let mut request = with_token.clone();
        if !request.headers.contains_key(unsigned) {
            request.set(unsigned, "anything");
        }
        request.leave_unsigned(unsigned);
        assert!(request.verify(&credentials, NOW).is_ok(), "{unsigned}");
    }
}

#[test]
fn signature_that_names_a_header_twice_is_refused() {
    let credentials = credentials(SECRET, None);
    let mut request = plain();
    request.sign_headers(|_| ());
    assert!(request.verify(&credentials, NOW).is_ok());
    for name in ["host", "x-nothing"] {
        let mut request = plain();
        request.sign_headers(|names| names.extend([name, name]));
        assert_eq!(request.verify(&credentials, NOW).err(), Some(SignatureFault::Mismatch), "{name}");
    }
}

#[test]
fn malformed_date_scope_or_header_is_refused() {
    type Change = fn(&mut Request);
    let cases: [(Change, &str, &str); 8] = [
        (|r| r.set("x-amz-date", "yesterday"), "IncompleteSignatureException", "Date must be in ISO-8601"),
        (
            |r| {
                r.headers.remove("x-amz-date");
            },
            "IncompleteSignatureException",
            "Authorization header requires existence of either",
        ),
        (
            |r| r.edit_authorization("/20261121/", "/20261120/"),
            "InvalidSignatureException",
            "Date in Credential scope does not match",
        ),
        (
            |r| r.edit_authorization("cognito-idp", "s3"),
            "InvalidSignatureException",
            "Credential should be scoped to correct service: 'cognito-idp'. ",
        ),
        (
            |r| r.edit_authorization("us-east-1", "us-east-2"),
            "InvalidSignatureException",
            "Credential should be scoped to a valid region. ",
        ),
        (
            |r| r.edit_authorization("us-east-1/cognito-idp", "us-east-2/s3"),
            "InvalidSignatureException",
            "Credential should be scoped to a valid region. \
             Credential should be scoped to correct service: 'cognito-idp'. ",
        ),
        (
            |r| r.edit_authorization("host;", ""),
            "InvalidSignatureException",
            "'Host' or ':authority' must be",
        ),
        (|r| r.set("authorization", "Bearer x"), "IncompleteSignatureException", "Unsupported AWS"),
    ];
    let credentials = credentials(SECRET, None);
    for (change, kind, text) in cases {
        let mut request = plain();
        change(&mut request);
        let fault = request.verify(&credentials, NOW).expect_err("refused");
        assert_eq!(fault.error_type(), kind);
        assert!(fault.message().starts_with(text), "{}", fault.message());
    }
}

#[test]
fn any_well_formed_signature_is_accepted_without_credentials_file() {
    let any = Credentials::AnyWellFormed;
    let mut request = plain();
    request.body.clear();
    request.edit_authorization("us-east-1", "eu-west-1");
    let long_after = NOW + SignedDuration::from_hours(24 * 365 * 50);
    match request.verify(&any, long_after) {
        Ok(Signer::Unverified { access_key_id }) => assert_eq!(access_key_id, KEY),
        other => panic!("{other:?}"),
    }
    request.headers.remove("authorization");
    assert_eq!(request.verify(&any, NOW).err(), Some(SignatureFault::Missing));
}
