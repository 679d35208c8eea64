//! A running server, as a test uses it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use lido::{app::Settings, embedded::EmbeddedServer};
use lido_domain::id::is_region;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::{
    Clock, Error, Fault, FaultRule, Message, Pool,
    control::{ControlRequest, not_answered, refused},
};

/// The access key of every test. The server accepts any.
const ACCESS_KEY: &str = "dev";

/// How long a test waits for a message, unless it says so. Some operations answer before they send.
pub(crate) const MESSAGE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one request waits for a message; the server allows a minute.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// A server in the process of the test. Clones are the same server, which ends with the last of them and of its pools.
#[derive(Clone, Debug)]
pub struct LidoServer {
    server: Arc<EmbeddedServer>,
    client: reqwest::Client,
    endpoint: Arc<str>,
    /// The ids of the messages whose codes were returned.
    returned: Arc<Mutex<HashSet<String>>>,
}

/// The settings of a server before it is started.
#[derive(Clone, Debug, Default)]
pub struct LidoServerBuilder {
    settings: Settings,
}

impl LidoServerBuilder {
    /// Sets the AWS Region in ids and ARNs. The default is `us-east-1`.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = region.into();
        // As with the option of the command line, it is that of every caller then.
        self.settings.has_one_region = true;
        self
    }

    /// Sets the code of every message. By default codes are random.
    #[must_use]
    pub fn confirmation_code(mut self, code: impl Into<String>) -> Self {
        self.settings.confirmation_code = Some(code.into());
        self
    }

    /// Starts the server, on a free port of the loopback interface and with an empty store in memory.
    ///
    /// # Errors
    /// The Region has not the form of one, or the system has no free port, no thread or no random bytes.
    pub async fn start(self) -> Result<LidoServer, Error> {
        if !is_region(&self.settings.region) {
            return Err(Error::Region(self.settings.region));
        }
        let server = EmbeddedServer::start(self.settings).await?;
        let endpoint = format!("http://{}", server.address()).into();
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(|error| not_answered("the client of the server", error))?;
        Ok(LidoServer { server: Arc::new(server), client, endpoint, returned: Arc::default() })
    }
}

impl LidoServer {
    /// Starts a server with the default settings.
    ///
    /// # Errors
    /// As [`LidoServerBuilder::start`].
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Returns the settings of a server to start.
    pub fn builder() -> LidoServerBuilder {
        LidoServerBuilder::default()
    }

    /// Returns the address of the server, such as `http://127.0.0.1:41705`.
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint
    }

    /// Returns the AWS Region of the server.
    pub fn region(&self) -> &str {
        &self.server.settings().region
    }

    /// Returns the id of an AWS access key that the server accepts.
    pub fn access_key_id(&self) -> &str {
        ACCESS_KEY
    }

    /// Returns the secret of that key.
    pub fn secret_access_key(&self) -> &str {
        ACCESS_KEY
    }

    /// Returns the clock of the server.
    pub fn clock(&self) -> Clock {
        Clock { inner: self.server.clock().clone() }
    }

    /// Calls an operation without an SDK: `lido.call("AdminGetUser", json!({"UserPoolId": …, "Username": "mary"}))`.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn call(&self, operation: &str, input: Value) -> Result<Value, Error> {
        let request = self
            .client
            .post(&*self.endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", authorization(self.region()))
            .body(input.to_string());
        match self.send(operation, request).await? {
            (200, output) => Ok(output),
            (status, output) => Err(refused(operation, status, &output["__type"], &output["message"])),
        }
    }

    /// Creates a user pool that verifies mail addresses, and an app client without a secret that may use every sign-in.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn create_pool(&self) -> Result<Pool, Error> {
        self.create_pool_with(json!({}), json!({})).await
    }

    /// Creates a user pool with an app client. `pool` has members of CreateUserPool and `client` members of
    /// CreateUserPoolClient, which override those of [`LidoServer::create_pool`].
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn create_pool_with(&self, pool: Value, client: Value) -> Result<Pool, Error> {
        Pool::create(self, pool, client).await
    }

    /// Returns the messages to users, the newest first. The server keeps the last 1,000.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn messages(&self) -> Result<Vec<Message>, Error> {
        Ok(self.inbox(InboxQuery::default()).await?.messages)
    }

    /// Lets requests go wrong until the fault is cleared. It strikes every client of the server, so a test that sets one has a
    /// server of its own.
    ///
    /// # Errors
    /// There is no such operation, or it does not declare the error.
    pub async fn fault(&self, rule: FaultRule) -> Result<Fault, Error> {
        Fault::set(self, rule).await
    }

    pub(crate) async fn messages_of_pool(&self, id: &str) -> Result<Vec<Message>, Error> {
        Ok(self.inbox(InboxQuery { pool: Some(id), ..InboxQuery::default() }).await?.messages)
    }

    /// Returns the newest message to a user of a pool that was not returned before, and waits for it.
    pub(crate) async fn message_within(
        &self,
        pool: &str,
        user: &str,
        timeout: Duration,
    ) -> Result<Message, Error> {
        let started = Instant::now();
        let mut query = InboxQuery { pool: Some(pool), user: Some(user), ..InboxQuery::default() };
        loop {
            let wait = timeout.saturating_sub(started.elapsed()).min(MAX_WAIT);
            let page = self.inbox(InboxQuery { wait: Some(wait), ..query.clone() }).await?;
            if let Some(message) = self.take_new(page.messages) {
                return Ok(message);
            }
            if started.elapsed() >= timeout {
                let sent = self.messages_of_pool(pool).await?;
                let to_user =
                    self.inbox(InboxQuery { pool: query.pool, user: query.user, ..Default::default() });
                return Err(Error::NoMessage(no_message(&sent, &to_user.await?.messages, user, timeout)));
            }
            query.after = Some(page.cursor);
        }
    }

    async fn inbox(&self, query: InboxQuery<'_>) -> Result<InboxPage, Error> {
        let request = ControlRequest::new(Method::GET, &["messages"])
            .query("userPoolId", query.pool)
            .query("username", query.user)
            .query("after", query.after)
            .query("wait", query.wait.map(|wait| format!("{}ms", wait.as_millis())));
        let page = self.control(request).await?;
        serde_json::from_value(page).map_err(|error| not_answered("GET /_lido/messages", error))
    }

    /// Returns the newest of messages that was not returned before. Those before it are superseded.
    fn take_new(&self, sent: Vec<Message>) -> Option<Message> {
        let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = sent.into_iter().filter(|message| returned.insert(message.id.clone()));
        let newest = new.next();
        new.for_each(drop);
        newest
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    pub(crate) fn runtime(&self) -> &Handle {
        self.server.runtime()
    }
}

/// The messages that are wanted.
#[derive(Clone, Debug, Default)]
struct InboxQuery<'a> {
    pool: Option<&'a str>,
    user: Option<&'a str>,
    /// The cursor of an answer, whose messages are left out.
    after: Option<String>,
    wait: Option<Duration>,
}

/// An answer of the inbox.
#[derive(Debug, Deserialize)]
struct InboxPage {
    messages: Vec<Message>,
    cursor: String,
}

/// Returns a header of the form of a signature, which is all that the server wants of it.
fn authorization(region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{region}/cognito-idp/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-target, Signature={:064}",
        0
    )
}

/// Returns the text for a message that did not come.
fn no_message(sent: &[Message], to_user: &[Message], user: &str, timeout: Duration) -> String {
    let seconds = timeout.as_secs_f64();
    let returned: Vec<String> =
        to_user.iter().map(|message| format!("{} ({})", message.code, message.trigger)).collect();
    if !returned.is_empty() {
        return format!(
            "no new message to {user} within {seconds} seconds; already returned: {}",
            returned.join(", ")
        );
    }
    let others: Vec<String> =
        sent.iter().map(|message| format!("{} ({})", message.username, message.to)).collect();
    match others.is_empty() {
        true => format!("no message to {user} within {seconds} seconds; the pool has sent none"),
        false => format!(
            "no message to {user} within {seconds} seconds; there are messages to {}",
            others.join(", ")
        ),
    }
}
