//! A client of one connection: calls of operations, and any other bytes.

use std::{
    io,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

pub(super) use super::raw_client::Answer;
use super::raw_client::{Client as RawClient, post};

pub(super) const PASSWORD: &str = "Correct-Horse-1";

/// A client.
pub(super) struct Client {
    raw: RawClient,
}

/// An app client of a pool.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    pub(super) pool: String,
    pub(super) client: String,
}

impl Client {
    pub(super) fn connect(port: u16) -> anyhow::Result<Self> {
        Ok(Self { raw: RawClient::try_connect(port).context("connecting")? })
    }

    /// Sets how long to wait for an answer; thirty seconds without it.
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.raw.set_timeout(timeout);
    }

    /// Sends bytes unchanged.
    pub(super) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.raw.send(bytes)
    }

    /// Closes the half of the connection that sends.
    pub(super) fn shutdown_writing(&mut self) -> io::Result<()> {
        self.raw.shutdown_writing()
    }

    /// Reads the next answer.
    pub(super) fn read(&mut self) -> io::Result<Answer> {
        self.raw.read()
    }

    /// Returns whether the server closes the connection in time.
    pub(super) fn is_closed(&mut self) -> bool {
        self.raw.is_closed()
    }

    /// Sends `GET` with further header lines, each with its line break.
    pub(super) fn get(&mut self, path: &str, headers: &str) -> anyhow::Result<Answer> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n"))?;
        Ok(self.read()?)
    }

    /// Calls an operation with a signature that `lido dev` accepts.
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> anyhow::Result<Answer> {
        self.send(post(operation, &input.to_string())).with_context(|| format!("sending {operation}"))?;
        self.read().with_context(|| format!("waiting for the answer of {operation}"))
    }

    /// Calls an operation, and returns its output.
    ///
    /// # Errors
    /// Returns an error if it is refused.
    pub(super) fn output(&mut self, operation: &str, input: &Value) -> anyhow::Result<Value> {
        let answer = self.call(operation, input)?;
        if answer.status != 200 {
            bail!("{operation}: {} {}", answer.status, answer.body);
        }
        // Some operations have no output.
        Ok(serde_json::from_str(&answer.body).unwrap_or_default())
    }

    /// Calls an operation, and returns its answer with the time that it took.
    pub(super) fn timed(&mut self, operation: &str, input: &Value) -> anyhow::Result<(Answer, Duration)> {
        let started = Instant::now();
        let answer = self.call(operation, input)?;
        Ok((answer, started.elapsed()))
    }

    /// Sets the clock of `lido dev` forward.
    pub(super) fn advance(&mut self, seconds: u64) -> anyhow::Result<()> {
        let body = json!({ "advanceSeconds": seconds }).to_string();
        let head = format!("POST /_lido/clock HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}", body.len());
        self.send(format!("{head}\r\n\r\n{body}"))?;
        let answer = self.read()?;
        if answer.status != 200 {
            bail!("the clock: {} {}", answer.status, answer.body);
        }
        Ok(())
    }

    /// Creates a pool and an app client with further settings.
    pub(super) fn create(&mut self, pool: Value, client: Value) -> anyhow::Result<Ids> {
        let pool = with(json!({"PoolName": "attacked"}), pool);
        let pool = text(&self.output("CreateUserPool", &pool)?, "/UserPool/Id")?;
        let client = with(json!({"UserPoolId": pool, "ClientName": "app"}), client);
        let client = self.output("CreateUserPoolClient", &client)?;
        Ok(Ids { pool, client: text(&client, "/UserPoolClient/ClientId")? })
    }

    /// Creates a confirmed user with [`PASSWORD`] and these attributes.
    pub(super) fn create_user(
        &mut self,
        ids: &Ids,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let user = json!({
            "UserPoolId": ids.pool, "Username": name, "MessageAction": "SUPPRESS",
            "UserAttributes": attribute_list(attributes)
        });
        self.output("AdminCreateUser", &user)?;
        let password =
            json!({"UserPoolId": ids.pool, "Username": name, "Password": PASSWORD, "Permanent": true});
        self.output("AdminSetUserPassword", &password).map(drop)
    }
}

impl Client {
    /// Returns names that are no users', and that the app client is shown as if they had the first factors of `user`.
    pub(super) fn unknown_names_like(
        &mut self,
        ids: &Ids,
        user: &str,
        count: usize,
    ) -> anyhow::Result<Vec<String>> {
        let mut offered = |name: &str| {
            let parameters = json!({"USERNAME": name});
            let input =
                json!({"ClientId": ids.client, "AuthFlow": "USER_AUTH", "AuthParameters": parameters});
            anyhow::Ok(self.output("InitiateAuth", &input)?["AvailableChallenges"].clone())
        };
        let wanted = offered(user)?;
        let mut alike = Vec::new();
        for number in 0..100 * count {
            let name = format!("none{number}");
            if alike.len() == count {
                return Ok(alike);
            }
            if offered(&name)? == wanted {
                alike.push(name);
            }
        }
        bail!("no unknown name is offered {wanted}, as a user is")
    }
}

/// Returns attributes as operations take them.
pub(super) fn attribute_list(attributes: &[(&str, &str)]) -> Value {
    attributes.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// Returns the members of both objects.
pub(super) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

/// Returns the text at a place in an answer.
pub(super) fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}

/// Returns the error of an answer, `ok` without one.
pub(super) fn error_of(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    match body.get("__type").and_then(Value::as_str) {
        Some(kind) => kind.to_owned(),
        None if answer.status == 200 => "ok".to_owned(),
        None => answer.status.to_string(),
    }
}
