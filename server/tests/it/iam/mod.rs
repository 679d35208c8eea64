//! Authorization of IAM-signed operations: signatures and the signer's policies.
//!
//! The signatures are made by the crate `aws-sigv4` and by the SDK. Signatures of botocore are tested in `iam/src/fixtures`
//! and, against a running server, in `xtask/clients/iam.py`.

mod policies;
mod signatures;

use std::{
    fs,
    time::{Duration, SystemTime},
};

use aws_sdk_cognitoidentityprovider::config;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use lido::{
    app::App,
    clock::Clock,
    credentials::{Credentials, file},
    delivery::Transports,
    http::Gate,
};

use crate::support::{
    TestServer,
    raw_requests::{RawResponse, send},
    test_store,
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";

/// Loads credentials with these users: the name, which in upper case is the access key id, and the policy's statements.
fn credentials(users: &[(&str, &str)]) -> Credentials {
    let users = users.iter().map(|(name, statements)| {
        format!(
            r#"{{"name": "{name}", "accessKeyId": "{}", "secretAccessKey": "{SECRET}", "tags": {{"team": "red"}},
                "policies": [{{"Version": "2012-10-17", "Statement": [{statements}]}}]}}"#,
            name.to_uppercase()
        )
    });
    load_credentials(&users.collect::<Vec<_>>().join(","))
}

/// Loads credentials with these entries of the member `users`.
fn load_credentials(users: &str) -> Credentials {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), format!(r#"{{"users": [{users}]}}"#)).expect("written");
    file::load(file.path()).unwrap_or_else(|error| panic!("{error}"))
}

/// A statement that allows everything.
const ALL: &str = r#"{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}"#;

/// Starts a server with the system's clock, which the SDK's signatures need.
async fn server_with_system_clock(credentials: Credentials) -> TestServer {
    let App { store, entropy, keys, triggers, settings, inbox, .. } = test_store::app();
    let inbox = Transports::inbox(inbox.expect("tests have an inbox"));
    let app = App::new(store, Clock::system(), entropy, keys, inbox, triggers, settings);
    TestServer::with_gate(app, credentials).await
}

/// A signer of requests with Signature Version 4.
struct Signer<'a> {
    key: &'a str,
    secret: &'a str,
    token: Option<&'a str>,
    region: &'a str,
    service: &'a str,
    /// How far the signer's clock is ahead, in seconds.
    ahead: i64,
}

impl Signer<'_> {
    /// The signer of the user `ci`.
    const CI: Signer<'static> = Signer {
        key: "CI",
        secret: SECRET,
        token: None,
        region: "us-east-1",
        service: "cognito-idp",
        ahead: 0,
    };

    /// Returns the headers that a signature adds to a request.
    fn sign(
        &self,
        server: &TestServer,
        operation: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Vec<(String, String)> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [("x-amz-target", target.as_str())].into_iter().chain(more.iter().copied());
        self.sign_headers(server, headers, body)
    }

    /// Returns the headers of a signature that does not name the operation.
    fn sign_without_target(&self, server: &TestServer, body: &str) -> Vec<(String, String)> {
        self.sign_headers(server, std::iter::empty(), body)
    }

    fn sign_headers<'a>(
        &self,
        server: &TestServer,
        headers: impl Iterator<Item = (&'a str, &'a str)>,
        body: &'a str,
    ) -> Vec<(String, String)> {
        let identity =
            config::Credentials::new(self.key, self.secret, self.token.map(str::to_owned), None, "test");
        let identity = identity.into();
        let now = server.app.clock.real_now().as_millis() + self.ahead * 1_000;
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(now.try_into().expect("after 1970"));
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(time)
            .settings(SigningSettings::default());
        let params = params.build().expect("complete parameters").into();
        let uri = format!("http://{}/", server.address);
        let request = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(body.as_bytes()));
        let (signed, _) = sign(request.expect("a request"), &params).expect("signed").into_parts();
        signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Sends a signed request.
    async fn send(&self, server: &TestServer, operation: &str, body: &str) -> RawResponse {
        self.send_with_headers(server, operation, &[], body).await
    }

    /// Sends a request with more headers, which are signed too.
    async fn send_with_headers(
        &self,
        server: &TestServer,
        operation: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> RawResponse {
        let signed = self.sign(server, operation, more, body);
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        send(server.address, operation, &signed.chain(more.iter().copied()).collect::<Vec<_>>(), body).await
    }
}

/// Asserts the status, the error type and the message of a refusal, in the body and in the headers.
fn assert_refused(response: &RawResponse, name: &str, text: &str) {
    let body = format!(r#"{{"__type":"{name}","message":"{}"}}"#, text.replace('"', "\\\""));
    assert_eq!((response.status, response.body.as_str()), (400, body.as_str()));
    let head = format!("{}\r\n", response.head);
    for line in [
        format!("x-amzn-errortype: {}:\r\n", name.to_lowercase()),
        // A header's value cannot end with blanks.
        format!("x-amzn-errormessage: {}", text.to_lowercase().trim_end()),
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        "x-amzn-requestid: ".to_owned(),
    ] {
        assert!(head.contains(&line), "{line} in {head}");
    }
}

/// Returns the message about a request that no policy allows.
fn denied(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} because no identity-based policy allows the cognito-idp:{operation} action"
    )
}

/// Returns the message about a request that a policy denies.
fn denied_explicitly(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} with an explicit deny in an identity-based policy"
    )
}

fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}")
}

/// Starts a server with the users `ci`, who has these statements, and `root`, who may do everything; returns it and the id of a
/// pool with the tag `Team`. `configure` may change the gate.
async fn server_with_policies(
    statements: &str,
    configure: impl FnOnce(Gate) -> Gate,
) -> (TestServer, String) {
    let gate = configure(Gate::from(credentials(&[("ci", statements), ("root", ALL)])));
    let server = TestServer::with_gate(test_store::app(), gate).await;
    let root = Signer { key: "ROOT", ..Signer::CI };
    let body = r#"{"PoolName": "p", "UserPoolTags": {"Team": "red"}}"#;
    let response = root.send(&server, "CreateUserPool", body).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let (_, id) = response.body.split_once(r#""Id":""#).expect("an id");
    let pool = id.split('"').next().expect("an id").to_owned();
    (server, pool)
}

/// Leaves the gate as it is.
const UNCHANGED: fn(Gate) -> Gate = |gate| gate;
