//! A running server, as a test uses it.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use lido::{app::Settings, delivery::Filter, embedded::EmbeddedServer};
use lido_domain::id::is_region;
use serde_json::{Value, json};

use crate::{Clock, Error, Message, Pool};

/// The access key of every test. The server accepts any.
const ACCESS_KEY: &str = "dev";

/// How long a test waits for a message. Some operations answer before they send.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(5);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

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
        // On the server's runtime: connections that the client keeps would end with that of the test.
        let answer = self.server.runtime().spawn(async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.bytes().await?))
        });
        let answer = answer.await.map_err(|error| not_answered(operation, error))?;
        let (status, body) = answer.map_err(|error| not_answered(operation, error))?;
        let output = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&body) };
        let output: Value = output.map_err(|error| not_answered(operation, error))?;
        if status == 200 {
            return Ok(output);
        }
        let member = |name: &str| output[name].as_str().unwrap_or_default().to_owned();
        let (code, message) = (member("__type"), member("message"));
        Err(Error::Refused { operation: operation.to_owned(), status, code, message })
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
    pub async fn messages(&self) -> Vec<Message> {
        self.find_messages(Filter::default()).await
    }

    pub(crate) async fn messages_of_pool(&self, id: &str) -> Vec<Message> {
        self.find_messages(Filter { user_pool_id: Some(id.to_owned()), ..Filter::default() }).await
    }

    async fn find_messages(&self, filter: Filter) -> Vec<Message> {
        let server = Arc::clone(&self.server);
        let found = self.server.runtime().spawn(async move { server.messages(&filter).await });
        found.await.unwrap_or_default().into_iter().map(Message::from).collect()
    }

    /// Returns the newest code that was sent to a user of a pool and was not returned before, and waits for it.
    pub(crate) async fn code_for(&self, pool: &str, user: &str) -> Result<String, Error> {
        let started = Instant::now();
        loop {
            // A username that is an address has messages under another name, so the inbox is not asked for it.
            let sent = self.messages_of_pool(pool).await;
            if let Some(code) = self.take_code(&sent, user) {
                return Ok(code);
            }
            if started.elapsed() > MESSAGE_TIMEOUT {
                return Err(Error::NoMessage(no_message(&sent, user)));
            }
            // The sleep of a test's own runtime is not there in every test.
            let sleep = self.server.runtime().spawn(tokio::time::sleep(POLL_INTERVAL));
            sleep.await.map_err(|error| not_answered("the inbox", error))?;
        }
    }

    /// Returns the code of the newest message to `user` that was not returned before. Those before it are superseded.
    fn take_code(&self, sent: &[Message], user: &str) -> Option<String> {
        let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<&Message> =
            sent.iter().filter(|message| message.is_for(user) && !returned.contains(&message.id)).collect();
        returned.extend(new.iter().map(|message| message.id.clone()));
        new.first().map(|message| message.code.clone())
    }
}

/// Returns a header of the form of a signature, which is all that the server wants of it.
fn authorization(region: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260101/{region}/cognito-idp/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-target, Signature={:064}",
        0
    )
}

fn not_answered(operation: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Request { operation: operation.to_owned(), source: source.into() }
}

/// Returns the text for a message that did not come.
fn no_message(sent: &[Message], user: &str) -> String {
    let seconds = MESSAGE_TIMEOUT.as_secs();
    let to_user: Vec<String> = sent
        .iter()
        .filter(|message| message.is_for(user))
        .map(|message| format!("{} ({})", message.code, message.trigger))
        .collect();
    if !to_user.is_empty() {
        return format!(
            "no new message to {user} within {seconds} seconds; already returned: {}",
            to_user.join(", ")
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
