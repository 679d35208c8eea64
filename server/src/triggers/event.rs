//! Events: the members that all of them have, and the checks of a function's response.
//!
//! A function must return the whole event with its `response` set. The checks are those that the service is known to
//! make (cog-0020, cog-0053, cog-0292): the result has the event's members, the same user, and no member that became
//! `null`.

use lido_domain::id::{ClientId, Username};
use serde_json::{Map, Value, json};

use super::TriggerFault;
use crate::store::{PoolRecord, RequestInfo};

/// The part of an event that describes the request.
#[derive(Clone, Copy, Debug)]
pub struct EventContext<'a> {
    /// The pool.
    pub pool: &'a PoolRecord,
    /// The app client, unless an administrator sent the request.
    pub client: Option<&'a ClientId>,
    /// The other data of the request.
    pub cause: &'a RequestInfo,
}

/// An event for a function.
#[derive(Clone, Debug)]
pub(super) struct Event {
    body: Value,
}

impl EventContext<'_> {
    /// Returns an event about `username`. `no_client` is the client id in the event if the request has no app client.
    pub(super) fn event(
        &self,
        source: &str,
        username: &Username,
        no_client: Value,
        request: Value,
        response: Value,
    ) -> Event {
        Event {
            body: json!({
                "version": "1",
                "region": self.region(),
                "userPoolId": self.pool.pool.id.as_str(),
                "userName": username.as_str(),
                "callerContext": self.caller(no_client),
                "triggerSource": source,
                "request": request,
                "response": response,
            }),
        }
    }

    /// Returns an event for an asynchronous invocation. It has no response, and the service orders its members
    /// differently.
    pub(super) fn asynchronous_event(
        &self,
        source: &str,
        username: &Username,
        no_client: Value,
        request: Value,
    ) -> Event {
        Event {
            body: json!({
                "version": "1",
                "triggerSource": source,
                "region": self.region(),
                "userPoolId": self.pool.pool.id.as_str(),
                "userName": username.as_str(),
                "callerContext": self.caller(no_client),
                "request": request,
            }),
        }
    }

    /// Returns the Region, which is the first part of the pool's id.
    fn region(&self) -> &str {
        let id = self.pool.pool.id.as_str();
        id.split_once('_').map_or(id, |(region, _)| region)
    }

    fn caller(&self, no_client: Value) -> Value {
        let client = self.client.map_or(no_client, |client| client.as_str().into());
        json!({ "awsSdkVersion": self.cause.sdk_version, "clientId": client })
    }

    /// Adds ClientMetadata to a request if it was sent. Otherwise there is no such member (*Observed*, cog-0140).
    pub(super) fn with_metadata(&self, mut request: Value) -> Value {
        if let (Some(metadata), Some(members)) = (&self.cause.client_metadata, request.as_object_mut()) {
            members.insert("clientMetadata".to_owned(), json!(metadata));
        }
        request
    }
}

impl Event {
    /// Sets the version of the event, which is 1 by default.
    pub(super) fn with_version(mut self, version: &str) -> Self {
        self.body["version"] = version.into();
        self
    }

    /// Returns the payload of the invocation.
    pub(super) fn payload(&self) -> Vec<u8> {
        self.body.to_string().into_bytes()
    }

    /// Returns the `response` in a function's result.
    ///
    /// # Errors
    /// The result is not JSON, or not the event with a `response`.
    pub(super) fn response_in(&self, result: &[u8]) -> Result<Map<String, Value>, TriggerFault> {
        // A function that returns nothing has the result `null`, which the service calls invalid JSON (pub-0001).
        let result = serde_json::from_slice(result).unwrap_or(Value::Null);
        if result.is_null() {
            return Err(TriggerFault::InvalidJson);
        }
        if !is_event(&result) {
            return Err(TriggerFault::Unrecognizable);
        }
        if result.get("userName") != self.body.get("userName") {
            return Err(TriggerFault::OtherUser);
        }
        match result {
            Value::Object(mut members) => match members.remove("response") {
                Some(Value::Object(response)) => Ok(response),
                _ => Err(TriggerFault::Unrecognizable),
            },
            _ => Err(TriggerFault::Unrecognizable),
        }
    }
}

/// Returns whether a result has every member that all events have, with the right type.
///
/// A `clientId` that is `null` is refused even if the event contained `null`; a missing one is accepted (*Observed*,
/// cog-0053). *Chosen*: values are not compared, except the username.
fn is_event(result: &Value) -> bool {
    let texts = ["version", "region", "userPoolId", "userName", "triggerSource"];
    let are_texts = texts.iter().all(|name| result.get(name).is_some_and(Value::is_string));
    let caller = result.get("callerContext").and_then(Value::as_object);
    let request = result.get("request").and_then(Value::as_object);
    are_texts
        && caller.is_some_and(|caller| caller.values().all(Value::is_string))
        && request.is_some_and(|request| {
            let is_map = |name: &str| request.get(name).is_none_or(Value::is_object);
            is_map("clientMetadata") && is_map("userAttributes")
        })
}

/// Returns a text member of a response. A missing member and `null` are `None`.
pub(super) fn text(response: &mut Map<String, Value>, name: &str) -> Result<Option<String>, TriggerFault> {
    match response.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(TriggerFault::Unrecognizable),
    }
}

/// Returns a boolean member of a response. A missing member and `null` are `false`.
pub(super) fn flag(response: &Map<String, Value>, name: &str) -> Result<bool, TriggerFault> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(TriggerFault::Unrecognizable),
    }
}
