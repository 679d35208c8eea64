//! Servers for tests, an SDK client that speaks to them, and what the suites share.

pub(crate) mod authenticator;
pub(crate) mod decryption;
pub(crate) mod devices;
pub(crate) mod documents;
pub(crate) mod intercepted_store;
pub(crate) mod json_requests;
pub(crate) mod mfa;
pub(crate) mod passkeys;
pub(crate) mod raw_requests;
pub(crate) mod sign_in;
pub(crate) mod triggers;
pub(crate) mod user_fixture;

use std::{net::SocketAddr, sync::Arc};

use aws_sdk_cognitoidentityprovider::{
    Client,
    config::{self, BehaviorVersion, Config, Region, retry::RetryConfig},
    types::{AttributeType, UserStatusType, VerifiedAttributeType},
};
use lido::{
    app::App,
    credentials::Credentials,
    delivery::{Deliver, Filter, Transports},
    http::{self, Gate, HttpService, Limits},
    store::Store,
    triggers::Triggers,
};
use lido_domain::{id::ClientId, secret::Secret};
use tokio::net::TcpListener;

pub(crate) const PASSWORD: &str = "Passw0rd!";

/// Asserts that a call is refused, by the SDK's own type and with this text.
macro_rules! assert_refused {
    ($call:expr, $is:ident, $text:expr) => {{
        let error = $call.send().await.expect_err("a refusal").into_service_error();
        assert!(error.$is(), "{error:?}");
        assert_eq!(error.meta().message(), Some($text));
    }};
}
pub(crate) use assert_refused;

/// A server, its insides, and a client.
pub(crate) struct TestServer {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    pub(crate) sdk: Client,
}

/// A pool and an app client in it.
#[derive(Clone)]
pub(crate) struct PoolAndClient {
    pub(crate) pool: String,
    pub(crate) client: String,
}

impl TestServer {
    pub(crate) async fn new() -> Self {
        Self::of(App::for_tests()).await
    }

    /// One whose messages leave in another way than into an inbox.
    pub(crate) async fn with_carrier(carrier: impl Deliver + 'static) -> Self {
        Self::with_transports(Transports::carrier(carrier)).await
    }

    pub(crate) async fn with_transports(transports: Transports) -> Self {
        let App { store, clock, entropy, keys, triggers, settings, .. } = App::for_tests();
        Self::of(App::new(store, clock, entropy, keys, transports, triggers, settings)).await
    }

    /// One that calls the triggers of its pools through these.
    pub(crate) async fn with_triggers(of: impl FnOnce(Triggers) -> Triggers) -> Self {
        let App { store, clock, entropy, keys, inbox, triggers, settings, .. } = App::for_tests();
        let transports = Transports::inbox(inbox.expect("tests have an inbox"));
        let app = App::new(store, clock, entropy, keys, transports, of(triggers), settings);
        Self::of(App { tokens: app.tokens.with_shared_keys(), ..app }).await
    }

    /// One that keeps what it keeps here.
    pub(crate) async fn with_store(store: Store) -> Self {
        let App { clock, entropy, keys, inbox, triggers, settings, .. } = App::for_tests();
        let transports = Transports::inbox(inbox.expect("tests have an inbox"));
        Self::of(App::new(store, clock, entropy, keys, transports, triggers, settings)).await
    }

    pub(crate) async fn of(app: App) -> Self {
        Self::behind(app, Credentials::AnyWellFormed).await
    }

    /// One behind a gate.
    pub(crate) async fn behind(app: App, gate: impl Into<Gate>) -> Self {
        let app = Arc::new(app);
        let address = serve(Arc::clone(&app), gate.into()).await;
        Self { app, address, sdk: sdk(address, "AKIDEXAMPLE", "secret", None) }
    }

    /// A client who signs with this key.
    pub(crate) fn sdk_as(&self, key: &str, secret: &str, token: Option<&str>) -> Client {
        sdk(self.address, key, secret, token)
    }

    /// A pool that verifies e-mail addresses, with one app client.
    pub(crate) async fn pool_and_client(&self) -> PoolAndClient {
        let made =
            self.sdk.create_user_pool().pool_name("p").auto_verified_attributes(VerifiedAttributeType::Email);
        let pool = id_of(made.send().await.expect("a pool").user_pool());
        let client = self.client_in(&pool).await;
        PoolAndClient { pool, client }
    }

    pub(crate) async fn client_in(&self, pool: &str) -> String {
        let made = self.sdk.create_user_pool_client().user_pool_id(pool).client_name("c").send().await;
        let made = made.expect("a client").user_pool_client.expect("told");
        made.client_id.expect("an id")
    }

    /// Signs a user up who has this e-mail address; gives the sub.
    pub(crate) async fn sign_up(&self, client: &str, username: &str, email: &str) -> String {
        let call = self.sdk.sign_up().client_id(client).username(username).password(PASSWORD);
        let call = call.user_attributes(attribute("email", email));
        call.send().await.expect("signed up").user_sub
    }

    /// The code that was sent last to this user.
    pub(crate) fn code_of(&self, username: &str) -> String {
        self.codes_of(username).first().expect("a message").clone()
    }

    /// The codes that were sent to this user, the newest first.
    pub(crate) fn codes_of(&self, username: &str) -> Vec<String> {
        let inbox = self.app.inbox.as_ref().expect("tests have an inbox");
        let filter = Filter { username: Some(username.to_owned()), ..Filter::default() };
        inbox.messages(&filter).into_iter().map(|message| message.code).collect()
    }

    /// The status of a user, and an attribute.
    pub(crate) async fn user(&self, pool: &str, typed: &str, name: &str) -> (UserStatusType, Option<String>) {
        let user = self.sdk.admin_get_user().user_pool_id(pool).username(typed).send().await.expect("a user");
        let found = user.user_attributes().iter().find(|attribute| attribute.name() == name);
        let value = found.and_then(AttributeType::value).map(str::to_owned);
        (user.user_status.expect("a status"), value)
    }
}

pub(crate) fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("a name")
}

pub(crate) fn id_of(pool: Option<&aws_sdk_cognitoidentityprovider::types::UserPoolType>) -> String {
    pool.and_then(|pool| pool.id()).expect("an id").to_owned()
}

/// The secret hash that an app client with `secret` sends for `username`.
pub(crate) fn secret_hash(client: &str, secret: &str, username: &str) -> String {
    lido_domain::client::secret_hash::secret_hash(&ClientId::new(client), &Secret::new(secret), username)
}

/// A code of the right form that is not this one.
pub(crate) fn other_than(code: &str) -> &'static str {
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
    let service = HttpService::new(app, gate).expect("an answer for every operation");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(http::serve(listener, Arc::new(service), Limits::of_system(), std::future::pending()));
    address
}
