//! Faults on demand: requests that go wrong, so that a test sees what the app does.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value};

use crate::{Error, LidoServer, control::ControlRequest};

/// How requests go wrong: what happens to them, and which ones it happens to.
///
/// # Examples
///
/// ```
/// use lido_cognito::FaultRule;
///
/// let rule = FaultRule::error("InternalErrorException").operation("SignUp").count(1);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FaultRule {
    members: Map<String, Value>,
}

impl FaultRule {
    fn new(effect: &str) -> Self {
        Self { members: Map::new() }.with("effect", effect)
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Returns a rule by which requests are answered with `TooManyRequestsException`.
    pub fn throttle() -> Self {
        Self::new("throttle")
    }

    /// Returns a rule by which requests are answered with an error: one that the operation declares, or
    /// `InternalErrorException`.
    pub fn error(name: &str) -> Self {
        Self::new("error").with("error", name)
    }

    /// Returns a rule by which requests are held up, at most a minute.
    pub fn delay(delay: Duration) -> Self {
        Self::new("delay").after(delay)
    }

    /// Returns a rule by which requests succeed, but their messages do not arrive.
    pub fn lose_messages() -> Self {
        Self::new("loseMessages")
    }

    /// Limits the rule to an operation, such as `SignUp`. By default it is for all.
    pub fn operation(self, name: &str) -> Self {
        self.with("operation", name)
    }

    /// Limits the number of requests that it strikes. By default it strikes all until it is cleared.
    pub fn count(self, count: u64) -> Self {
        self.with("count", count)
    }

    /// Sets the part of the requests that it strikes, from 0 to 1.
    pub fn probability(self, probability: f64) -> Self {
        self.with("probability", probability)
    }

    /// Sets the message of the error.
    pub fn message(self, message: &str) -> Self {
        self.with("message", message)
    }

    /// Holds the requests up, too.
    pub fn after(self, delay: Duration) -> Self {
        self.with("delay", format!("{}ms", delay.as_millis()))
    }
}

/// A fault of a server. It strikes until it is cleared, used up, or the server ends; it is not cleared when it is dropped.
#[derive(Clone, Debug)]
pub struct Fault {
    server: LidoServer,
    id: String,
}

impl Fault {
    pub(crate) async fn set(server: &LidoServer, rule: FaultRule) -> Result<Self, Error> {
        let request = ControlRequest::new(Method::POST, &["faults"]).body(Value::Object(rule.members));
        let set = server.control(request).await?;
        Ok(Self { server: server.clone(), id: set["id"].as_str().unwrap_or_default().to_owned() })
    }

    /// Returns how many requests it has struck.
    ///
    /// # Errors
    /// It was cleared.
    pub async fn hits(&self) -> Result<u64, Error> {
        let fault = self.server.control(ControlRequest::new(Method::GET, &["faults", &self.id])).await?;
        Ok(fault["hits"].as_u64().unwrap_or_default())
    }

    /// Ends the fault.
    ///
    /// # Errors
    /// It was cleared before.
    pub async fn clear(&self) -> Result<(), Error> {
        self.server.control(ControlRequest::new(Method::DELETE, &["faults", &self.id])).await.map(drop)
    }
}
