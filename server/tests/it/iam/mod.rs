//! Who may do what: signatures, and the policies of whoever signed.
//!
//! The signatures here are made by the AWS crate's signer and by the SDK; those that botocore made are in
//! `iam/src/fixtures` and, live, in `xtask/clients/iam.py`.

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
    raw_requests::{Answer, send},
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";

/// A credentials file with these users, each with a name, the name in upper case as key, and statements.
fn credentials(users: &[(&str, &str)]) -> Credentials {
    let users = users.iter().map(|(name, statements)| {
        format!(
            r#"{{"name": "{name}", "accessKeyId": "{}", "secretAccessKey": "{SECRET}", "tags": {{"team": "red"}},
                "policies": [{{"Version": "2012-10-17", "Statement": [{statements}]}}]}}"#,
            name.to_uppercase()
        )
    });
    listed(&users.collect::<Vec<_>>().join(","))
}

fn listed(users: &str) -> Credentials {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), format!(r#"{{"users": [{users}]}}"#)).expect("written");
    file::load(file.path()).unwrap_or_else(|fault| panic!("{fault}"))
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}"#;

/// A server where signatures are as old as they say.
async fn real_time(credentials: Credentials) -> TestServer {
    let App { store, entropy, keys, triggers, settings, inbox, .. } = App::for_tests();
    let inbox = Transports::inbox(inbox.expect("tests have an inbox"));
    let app = App::new(store, Clock::system(), entropy, keys, inbox, triggers, settings);
    TestServer::behind(app, credentials).await
}

/// What a signer does to a request.
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
    const CI: Signer<'static> = Signer {
        key: "CI",
        secret: SECRET,
        token: None,
        region: "us-east-1",
        service: "cognito-idp",
        ahead: 0,
    };

    /// The headers that it adds.
    fn sign(
        &self,
        server: &TestServer,
        operation: &str,
        more: &[(&str, &str)],
        body: &str,
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
        let params = params.build().expect("all is given").into();
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let headers = [("x-amz-target", target.as_str())].into_iter().chain(more.iter().copied());
        let uri = format!("http://{}/", server.address);
        let request = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(body.as_bytes()));
        let (signed, _) = sign(request.expect("a request"), &params).expect("signed").into_parts();
        signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    async fn ask(&self, server: &TestServer, operation: &str, body: &str) -> Answer {
        self.ask_with(server, operation, &[], body).await
    }

    async fn ask_with(
        &self,
        server: &TestServer,
        operation: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let signed = self.sign(server, operation, more, body);
        let signed = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        send(server.address, operation, &signed.chain(more.iter().copied()).collect::<Vec<_>>(), body).await
    }
}

/// Asserts type, text and status, in the body and in the head.
fn assert_refused(answer: &Answer, name: &str, text: &str) {
    let body = format!(r#"{{"__type":"{name}","message":"{}"}}"#, text.replace('"', "\\\""));
    assert_eq!((answer.status, answer.body.as_str()), (400, body.as_str()));
    let head = format!("{}\r\n", answer.head);
    for line in [
        format!("x-amzn-errortype: {}:\r\n", name.to_lowercase()),
        // Blanks at its end are no part of a header's value.
        format!("x-amzn-errormessage: {}", text.to_lowercase().trim_end()),
        "content-type: application/x-amz-json-1.1\r\n".to_owned(),
        "x-amzn-requestid: ".to_owned(),
    ] {
        assert!(head.contains(&line), "{line} in {head}");
    }
}

fn denied(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} because no identity-based policy allows the cognito-idp:{operation} action"
    )
}

fn denied_explicitly(user: &str, operation: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:iam::000000000000:user/{user} is not authorized to perform: cognito-idp:{operation} on \
         resource: {resource} with an explicit deny in an identity-based policy"
    )
}

fn arn(pool: &str) -> String {
    format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}")
}

/// A server where ci has these statements beside, perhaps, root, who may do everything; and a pool with a tag.
async fn server_with_policies(statements: &str, change: impl FnOnce(Gate) -> Gate) -> (TestServer, String) {
    let gate = change(Gate::from(credentials(&[("ci", statements), ("root", ALL)])));
    let server = TestServer::behind(App::for_tests(), gate).await;
    let root = Signer { key: "ROOT", ..Signer::CI };
    let body = r#"{"PoolName": "p", "UserPoolTags": {"Team": "red"}}"#;
    let answer = root.ask(&server, "CreateUserPool", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let (_, id) = answer.body.split_once(r#""Id":""#).expect("an id");
    let pool = id.split('"').next().expect("an id").to_owned();
    (server, pool)
}

const SAME: fn(Gate) -> Gate = |gate| gate;
