//! Servers, fixtures and helpers that the modules of this test binary share.
//!
//! A test starts with [`TestServer::new`], or with a fixture that has a user already: [`SignInFixture`] for a confirmed
//! user, [`PasskeyFixture`] for passkeys, [`TriggerFixture`] for Lambda triggers, [`UserFixture`] for every operation about
//! a user. Tests of what goes over the wire use [`json_requests`] or [`raw_requests`] in place of the SDK.
//!
//! [`SignInFixture`]: sign_in::SignInFixture
//! [`PasskeyFixture`]: passkeys::PasskeyFixture
//! [`TriggerFixture`]: triggers::TriggerFixture
//! [`UserFixture`]: user_fixture::UserFixture

pub(crate) mod authenticator;
pub(crate) mod decryption;
pub(crate) mod devices;
pub(crate) mod documents;
pub(crate) mod intercepted_store;
pub(crate) mod json_requests;
pub(crate) mod mfa;
pub(crate) mod oauth;
pub(crate) mod pages;
pub(crate) mod passkeys;
pub(crate) mod raw_requests;
pub(crate) mod sign_in;
pub(crate) mod test_store;
pub(crate) mod triggers;
pub(crate) mod user_fixture;

use std::{net::SocketAddr, sync::Arc};

use aws_sdk_cognitoidentityprovider::{
    Client,
    config::{self, BehaviorVersion, Config, Region, retry::RetryConfig},
    types::{
        AttributeType, EmailConfigurationType, EmailSendingAccountType, SmsConfigurationType, UserStatusType,
        VerifiedAttributeType,
    },
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use lido::{
    app::App,
    credentials::Credentials,
    delivery::{Filter, Transport, Transports},
    http::{self, Gate, HttpService, Limits},
    store::Store,
    triggers::Triggers,
};
use lido_domain::{id::ClientId, secret::Secret};
use serde_json::Value;
use tokio::net::TcpListener;

/// The password of every user that a fixture signs up.
pub(crate) const PASSWORD: &str = "Passw0rd!";

/// Asserts that a request of the SDK fails with this error type and message.
///
/// `$call` is the request before it is sent, `$is` the method of the SDK's error that tells the type, such as
/// `is_code_mismatch_exception`, and `$text` the whole message.
macro_rules! assert_refused {
    ($call:expr, $is:ident, $text:expr) => {{
        let error = $call.send().await.expect_err("a refusal").into_service_error();
        assert!(error.$is(), "{error:?}");
        assert_eq!(error.meta().message(), Some($text));
    }};
}
pub(crate) use assert_refused;

/// A server on a free port of the loopback interface, which runs until the test ends.
///
/// Unless a test replaces them, the store is that of [`test_store`], the clock is frozen until a test advances it, and sent messages are in
/// the inbox.
pub(crate) struct TestServer {
    /// The application state, for the clock, the inbox and the store.
    pub(crate) app: Arc<App>,
    /// The address that the server listens on.
    pub(crate) address: SocketAddr,
    /// An SDK client, whose requests carry a signature that the server accepts.
    pub(crate) sdk: Client,
}

/// The ids of a user pool and of an app client in it.
#[derive(Clone)]
pub(crate) struct PoolAndClient {
    pub(crate) pool: String,
    pub(crate) client: String,
}

/// Returns the application state of [`App::for_tests`] on `store`.
pub(crate) fn app_on(store: Store) -> App {
    let App { clock, entropy, keys, inbox, triggers, settings, .. } = App::for_tests();
    let transports = Transports::inbox(inbox.expect("tests have an inbox"));
    let app = App::new(store, clock, entropy, keys, transports, triggers, settings);
    App { tokens: app.tokens.with_shared_keys(), ..app }
}

impl TestServer {
    /// Starts a server with the defaults of [`App::for_tests`].
    pub(crate) async fn new() -> Self {
        Self::with_app(test_store::app()).await
    }

    /// Starts a server that sends its messages through `carrier`; it has no inbox.
    pub(crate) async fn with_carrier(carrier: impl Transport + 'static) -> Self {
        Self::with_transports(Transports::single(carrier)).await
    }

    /// Starts a server with these transports for mail and SMS.
    pub(crate) async fn with_transports(transports: Transports) -> Self {
        let App { store, clock, entropy, keys, triggers, settings, .. } = test_store::app();
        Self::with_app(App::new(store, clock, entropy, keys, transports, triggers, settings)).await
    }

    /// Starts a server with the triggers that `configure` makes of the default ones.
    pub(crate) async fn with_triggers(configure: impl FnOnce(Triggers) -> Triggers) -> Self {
        let App { store, clock, entropy, keys, inbox, triggers, settings, .. } = test_store::app();
        let transports = Transports::inbox(inbox.expect("tests have an inbox"));
        let app = App::new(store, clock, entropy, keys, transports, configure(triggers), settings);
        Self::with_app(App { tokens: app.tokens.with_shared_keys(), ..app }).await
    }

    /// Starts a server on `store`.
    pub(crate) async fn with_store(store: Store) -> Self {
        Self::with_app(app_on(store)).await
    }

    /// Starts a server with this application state. It accepts any well-formed signature.
    pub(crate) async fn with_app(app: App) -> Self {
        Self::with_gate(app, Credentials::AnyWellFormed).await
    }

    /// Starts a server whose `gate` decides which requests reach the operations: credentials, rates, refused addresses.
    pub(crate) async fn with_gate(app: App, gate: impl Into<Gate>) -> Self {
        let app = Arc::new(app);
        let address = serve(Arc::clone(&app), gate.into()).await;
        Self { app, address, sdk: sdk(address, "AKIDEXAMPLE", "secret", None) }
    }

    /// Returns an SDK client that signs with this access key and, for temporary credentials, sends the session token.
    pub(crate) fn sdk_as(&self, key: &str, secret: &str, token: Option<&str>) -> Client {
        sdk(self.address, key, secret, token)
    }

    /// Creates a pool that verifies e-mail addresses, and an app client in it with default settings.
    pub(crate) async fn create_pool_and_client(&self) -> PoolAndClient {
        let create =
            self.sdk.create_user_pool().pool_name("p").auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = pool_id_of(create.send().await.expect("a pool").user_pool());
        let client = self.create_client(&pool).await;
        PoolAndClient { pool, client }
    }

    /// Lets a pool send mail from an address of its own, as e-mail MFA requires. The other settings stay.
    pub(crate) async fn send_mail_as_developer(&self, pool: &str) {
        let described = self.sdk.describe_user_pool().user_pool_id(pool).send().await.expect("described");
        let devices = described.user_pool.and_then(|pool| pool.device_configuration);
        let update = self.sdk.update_user_pool().user_pool_id(pool).email_configuration(developer_email());
        let update = update.set_device_configuration(devices);
        update.auto_verified_attributes(VerifiedAttributeType::Email).send().await.expect("updated");
    }

    /// Creates an app client with default settings and returns its id.
    pub(crate) async fn create_client(&self, pool: &str) -> String {
        let created = self.sdk.create_user_pool_client().user_pool_id(pool).client_name("c").send().await;
        let client = created.expect("an app client").user_pool_client.expect("a description");
        client.client_id.expect("an id")
    }

    /// Signs up a user with this e-mail address and [`PASSWORD`], and returns the `sub`. The user stays unconfirmed.
    pub(crate) async fn sign_up(&self, client: &str, username: &str, email: &str) -> String {
        let call = self.sdk.sign_up().client_id(client).username(username).password(PASSWORD);
        let call = call.user_attributes(attribute("email", email));
        call.send().await.expect("signed up").user_sub
    }

    /// Returns the code of the last message to this user.
    ///
    /// # Panics
    ///
    /// If there is none, or the server has no inbox.
    pub(crate) fn code_of(&self, username: &str) -> String {
        self.codes_of(username).first().expect("a message").clone()
    }

    /// Returns the codes of all messages to this user, the newest first.
    pub(crate) fn codes_of(&self, username: &str) -> Vec<String> {
        let inbox = self.app.inbox.as_ref().expect("tests have an inbox");
        let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
        inbox.messages(&filter).into_iter().map(|message| message.code).collect()
    }

    /// Returns the status of a user and the value of one attribute, as AdminGetUser does. `username` may be an alias.
    pub(crate) async fn status_and_attribute(
        &self,
        pool: &str,
        username: &str,
        name: &str,
    ) -> (UserStatusType, Option<String>) {
        let user =
            self.sdk.admin_get_user().user_pool_id(pool).username(username).send().await.expect("a user");
        let found = user.user_attributes().iter().find(|attribute| attribute.name() == name);
        let value = found.and_then(AttributeType::value).map(str::to_owned);
        (user.user_status.expect("a status"), value)
    }
}

/// Returns the claims of a token, without checking the signature.
pub(crate) fn jwt_claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("Base64")).expect("JSON")
}

/// Returns the settings of a pool that sends SMS, as pools that verify phone numbers require.
pub(crate) fn sms_configuration() -> SmsConfigurationType {
    SmsConfigurationType::builder().sns_caller_arn("arn:aws:iam::000000000000:role/sms").build()
}

/// Returns the settings of a pool that sends mail from an address of its own.
pub(crate) fn developer_email() -> EmailConfigurationType {
    let source = "arn:aws:ses:us-east-1:000000000000:identity/developer.example";
    EmailConfigurationType::builder()
        .email_sending_account(EmailSendingAccountType::Developer)
        .source_arn(source)
        .build()
}

/// Returns a user attribute as requests have it.
pub(crate) fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("a name")
}

/// Returns the id of a described pool.
pub(crate) fn pool_id_of(pool: Option<&aws_sdk_cognitoidentityprovider::types::UserPoolType>) -> String {
    pool.and_then(|pool| pool.id()).expect("an id").to_owned()
}

/// Returns the `SECRET_HASH` that an app client with `secret` sends for `username`.
pub(crate) fn secret_hash(client: &str, secret: &str, username: &str) -> String {
    lido_domain::client::secret_hash::secret_hash(&ClientId::new(client), &Secret::new(secret), username)
}

/// Returns a code of six digits that differs from `code`.
pub(crate) fn different_code(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

fn sdk(address: SocketAddr, key: &str, secret: &str, token: Option<&str>) -> Client {
    let credentials = config::Credentials::new(key, secret, token.map(str::to_owned), None, "test");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(credentials)
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

async fn serve(app: Arc<App>, gate: Gate) -> SocketAddr {
    let service = HttpService::new(app, gate).expect("a handler for every operation");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(http::serve(listener, Arc::new(service), Limits::of_system(), std::future::pending()));
    address
}
