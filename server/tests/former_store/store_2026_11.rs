//! The store of the last build that stored settings together with their defaults.
//!
//! `fixtures/store-2026-11` has a store with every kind of record and every setting, written by the build of 29 November
//! 2026, its key file, and the answers of that build (`expected.json`), except where answers were changed on purpose since:
//! those of settings now follow recordings of the live service. `make.py` there wrote them. The clock of the tests is one
//! minute later.

use std::{
    collections::HashMap,
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

use lido::{
    app::{App, Settings},
    clock::Clock,
    credentials::Credentials,
    delivery::{Filter, Inbox, Transports},
    entropy::Entropy,
    http::{self, Gate, HttpService, Limits},
    keys,
    store::{KeyCheck, KeyCheckError, Store, sqlite::SqliteBackend, upgrade_notice::UpgradeNotice},
    triggers::Triggers,
};
use lido_domain::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/store-2026-11");
const SIGNED: [(&str, &str); 2] = [
    ("X-Amz-Date", "20261129T120000Z"),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/us-east-1/cognito-idp/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-target, \
         Signature=0000000000000000000000000000000000000000000000000000000000000000",
    ),
];

/// The contents of `expected.json`.
#[derive(Deserialize)]
struct Expected {
    made_at: i64,
    public_url: String,
    password: String,
    pools: HashMap<String, String>,
    clients: HashMap<String, String>,
    kept: HashMap<String, String>,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    operation: String,
    request: Value,
    answer: Value,
}

/// A server on a copy of the store.
struct Server {
    app: Arc<App>,
    address: SocketAddr,
    expected: Expected,
    _folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let read = |name: &str| fs::read(Path::new(FIXTURE).join(name)).expect("a file of the fixture");
        let expected: Expected =
            serde_json::from_slice(&read("expected.json")).expect("the form that make.py writes");
        let folder = TempDir::new().expect("a folder");
        for name in ["lido.db", "keys"] {
            fs::write(folder.path().join(name), read(name)).expect("a copy");
        }
        let store = SqliteBackend::open(&folder.path().join("lido.db")).expect("a store that opens");
        let entropy = Entropy::system();
        let keys = keys::file::load(&folder.path().join("keys"), &entropy).expect("keys");
        let clock = Clock::frozen(Timestamp::from_millis(expected.made_at + 60_000));
        let triggers = Triggers::unconfigured(entropy.clone());
        let settings = Settings { public_url: Some(expected.public_url.clone()), ..Settings::default() };
        let (store, transports) = (Store::new(store), Transports::inbox(Inbox::new()));
        let app = Arc::new(App::new(store, clock, entropy, Arc::new(keys), transports, triggers, settings));
        let gate = Gate::from(Credentials::AnyWellFormed);
        let service =
            Arc::new(HttpService::new(Arc::clone(&app), gate).expect("an answer for every operation"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(http::serve(listener, service, Limits::of_system(), std::future::pending()));
        Self { app, address, expected, _folder: folder }
    }

    /// Returns the status line and the body of the answer to a request.
    async fn send(&self, operation: &str, request: &Value) -> (String, Value) {
        let (address, body) = (self.address, request.to_string());
        let mut text = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\
             X-Amz-Target: AWSCognitoIdentityProviderService.{operation}\r\n",
            body.len()
        );
        for (name, value) in SIGNED {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.push_str(&body);
        let exchange = move || {
            let mut stream = TcpStream::connect(address).expect("a connection");
            stream.write_all(text.as_bytes()).expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            answer
        };
        let answer = tokio::task::spawn_blocking(exchange).await.expect("no panic");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.lines().next().expect("a status").to_owned();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") };
        (status, body)
    }

    /// Returns the answer to a request that must succeed.
    async fn call(&self, operation: &str, request: Value) -> Value {
        let (status, answer) = self.send(operation, &request).await;
        assert!(status.contains(" 200 "), "{operation} {request}: {answer}");
        answer
    }

    /// Sends the requests of `expected.json` and compares the answers.
    async fn check_answers(&self) {
        let mut differences = Vec::new();
        for Answer { operation, request, answer } in &self.expected.answers {
            let (status, actual) = self.send(operation, request).await;
            if actual != *answer {
                differences
                    .push(format!("{operation} {request}\n{status} {actual}\n  instead of {answer}\n"));
            }
        }
        assert!(differences.is_empty(), "{}", differences.concat());
    }

    fn kept(&self, name: &str) -> &str {
        &self.expected.kept[name]
    }

    fn web(&self) -> &str {
        &self.expected.clients["web"]
    }

    fn people(&self) -> &str {
        &self.expected.pools["people"]
    }

    async fn sign_in(&self, client: &str, username: &str, password: &str) -> Value {
        let parameters = json!({"USERNAME": username, "PASSWORD": password});
        let request =
            json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        self.call("InitiateAuth", request).await
    }

    async fn respond(&self, challenge: &str, session: &str, responses: Value) -> Value {
        let request = json!({
            "ClientId": self.web(), "ChallengeName": challenge, "Session": session, "ChallengeResponses": responses,
        });
        self.call("RespondToAuthChallenge", request).await
    }

    async fn user(&self, username: &str) -> Value {
        self.call("AdminGetUser", json!({"UserPoolId": self.people(), "Username": username})).await
    }
}

fn has_tokens(answer: &Value) -> bool {
    answer["AuthenticationResult"]["AccessToken"].is_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn former_store_gives_the_former_answers() {
    let server = Server::start().await;
    assert!(server.expected.answers.len() > 150);
    server.check_answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rewritten_former_store_gives_the_former_answers() {
    let server = Server::start().await;
    for pool in server.expected.pools.values() {
        let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
        server.call("TagResource", json!({"ResourceArn": arn, "Tags": {"written": "again"}})).await;
        server.call("UntagResource", json!({"ResourceArn": arn, "TagKeys": ["written"]})).await;
    }
    server.check_answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_unknown_to_older_builds_have_effect() {
    let server = Server::start().await;
    let pool = &server.expected.pools["older"];
    let request =
        json!({"UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
    let client = server.call("CreateUserPoolClient", request).await;
    let client = client["UserPoolClient"]["ClientId"].as_str().expect("an id");
    let password = &server.expected.password;
    let request = json!({"ClientId": client, "Username": "ann", "Password": password});
    server.call("SignUp", request).await;
    server.call("AdminConfirmSignUp", json!({"UserPoolId": pool, "Username": "ann"})).await;
    let signed_in = server.sign_in(client, "ann", password).await;
    assert!(
        signed_in["AuthenticationResult"]["NewDeviceMetadata"].is_object(),
        "DeviceConfiguration: {signed_in}"
    );
    let events = json!({"UserPoolId": pool, "Username": "ann"});
    let events = server.call("AdminListUserAuthEvents", events).await;
    assert_eq!(
        events["AuthEvents"].as_array().map(Vec::len),
        Some(2),
        "AdvancedSecurityMode AUDIT: {events}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_former_store_sign_in() {
    let server = Server::start().await;
    let password = server.expected.password.clone();
    assert!(has_tokens(&server.sign_in(server.web(), "signed-in", &password).await));
    assert!(
        has_tokens(&server.sign_in(server.web(), "signed-in@example.com", &password).await),
        "by an alias"
    );
    assert!(has_tokens(&server.sign_in(server.web(), "set-for-good", &password).await));

    let renewals = [
        (server.kept("passkey_client"), json!({"REFRESH_TOKEN": server.kept("refresh_token")})),
        (
            server.web(),
            json!({
                "REFRESH_TOKEN": server.kept("device_refresh_token"), "DEVICE_KEY": server.kept("device_key"),
            }),
        ),
    ];
    for (client, parameters) in renewals {
        let request =
            json!({"ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
        assert!(has_tokens(&server.call("InitiateAuth", request).await), "by a refresh token");
    }

    let second = server.sign_in(server.web(), "totp", &password).await;
    assert_eq!(second["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let now = u64::try_from(server.app.clock.now().as_millis()).expect("after 1970") / 1000;
    let secret = totp_rs::Secret::try_from_base32(server.kept("totp_secret")).expect("base32");
    let code = totp_rs::Builder::new().with_secret(secret).build().expect("a token").generate(now);
    let responses = json!({"USERNAME": "totp", "SOFTWARE_TOKEN_MFA_CODE": code.to_string()});
    let session = second["Session"].as_str().expect("a session");
    assert!(has_tokens(&server.respond("SOFTWARE_TOKEN_MFA", session, responses).await));

    let responses = json!({"USERNAME": "sms", "SMS_MFA_CODE": server.kept("sms_code")});
    assert!(has_tokens(&server.respond("SMS_MFA", server.kept("sms_session"), responses).await));
    let responses = json!({"USERNAME": "invited", "NEW_PASSWORD": "N3w-password"});
    assert!(has_tokens(&server.respond("NEW_PASSWORD_REQUIRED", server.kept("session"), responses).await));

    let request = json!({
        "ClientId": server.kept("passkey_client"), "AuthFlow": "USER_AUTH",
        "AuthParameters": {"USERNAME": "keyed", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    });
    assert_eq!(server.call("InitiateAuth", request).await["ChallengeName"], "WEB_AUTHN");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_former_store_are_accepted() {
    let server = Server::start().await;
    let code = server.kept("confirmation_code");
    let request = json!({"ClientId": server.web(), "Username": "unconfirmed", "ConfirmationCode": code});
    server.call("ConfirmSignUp", request).await;
    assert_eq!(server.user("unconfirmed").await["UserStatus"], "CONFIRMED");

    let request = json!({
        "ClientId": server.web(), "Username": "forgetful", "Password": "N3w-password",
        "ConfirmationCode": server.kept("password_code"),
    });
    server.call("ConfirmForgotPassword", request).await;
    assert!(has_tokens(&server.sign_in(server.web(), "forgetful", "N3w-password").await));

    let request = json!({
        "AccessToken": server.kept("verification_token"), "AttributeName": "email",
        "Code": server.kept("verification_code"),
    });
    server.call("VerifyUserAttribute", request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn message_in_outbox_of_former_store_is_sent() {
    let server = Server::start().await;
    server.app.clock.advance(Duration::from_secs(600));
    let inbox = server.app.inbox.as_ref().expect("an inbox");
    let queued = || Filter { username: Some("queued".into()), ..Filter::default() };
    server.app.outbox.send_due().await.expect("sent");
    server.app.outbox.finish().await;
    let code = &inbox.messages(&queued()).first().expect("a message").code.clone();
    let request = json!({"ClientId": server.web(), "Username": "queued", "ConfirmationCode": code});
    server.call("ConfirmSignUp", request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notice_names_pools_whose_users_gained_custom_attributes() {
    let server = Server::start().await;
    let pool = lido_domain::id::PoolId::new(server.people());
    let notice = server.app.store.upgrade_notice().await.expect("a notice");
    assert_eq!(notice, UpgradeNotice { count: 1, first: vec![pool], is_partial: false });

    // Users keep the new permission until the app client has a list; an app client that was set again is not named.
    let clients = json!({"UserPoolId": server.people(), "MaxResults": 60});
    let clients = server.call("ListUserPoolClients", clients).await;
    for client in clients["UserPoolClients"].as_array().expect("a list") {
        let update = json!({"UserPoolId": server.people(), "ClientId": client["ClientId"]});
        server.call("UpdateUserPoolClient", update).await;
    }
    let notice = server.app.store.upgrade_notice().await.expect("a notice");
    assert_eq!(notice, UpgradeNotice::default());
}

/// The store of a former build has no check value for its key file. It gets one at the first start with the right file,
/// and only then.
#[tokio::test]
async fn store_gets_a_check_value_for_its_key_file() {
    let folder = TempDir::new().expect("a folder");
    for name in ["lido.db", "keys"] {
        fs::copy(Path::new(FIXTURE).join(name), folder.path().join(name)).expect("a copy");
    }
    let store = Store::new(SqliteBackend::open(&folder.path().join("lido.db")).expect("a store that opens"));
    let entropy = Entropy::system();
    let keys = keys::file::load(&folder.path().join("keys"), &entropy).expect("keys");
    let other = keys::file::load_or_create(&folder.path().join("other"), &entropy).expect("keys");
    assert_eq!(store.check_keys(&other, false).await, Err(KeyCheckError::OtherKey));
    assert_eq!(store.check_keys(&keys, false).await, Ok(KeyCheck::FormerStore { unopened: 0 }));
    assert_eq!(store.check_keys(&keys, false).await, Ok(KeyCheck::Opened));
    assert_eq!(store.check_keys(&other, false).await, Err(KeyCheckError::OtherKey));
}
