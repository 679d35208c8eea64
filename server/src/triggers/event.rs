//! What all events have in common, and what must come back of one.
//!
//! A function gives the whole event back, with its `response` filled in. What is looked at is what the service is known
//! to look at (cog-0020, cog-0053, cog-0292): that it is the event, for the same user, with nothing made `null`.

use lido_domain::id::{ClientId, Username};
use serde_json::{Map, Value, json};

use super::TriggerFault;
use crate::store::{Cause, PoolRecord};

/// What every event says of the request behind it.
#[derive(Clone, Copy, Debug)]
pub struct EventContext<'a> {
    /// The pool.
    pub pool: &'a PoolRecord,
    /// The app client, unless an administrator asked.
    pub client: Option<&'a ClientId>,
    /// The rest.
    pub cause: &'a Cause,
}

/// An event, ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Event {
    body: Value,
}

impl EventContext<'_> {
    /// An event about `username`. `client` is what it says where no app client asked.
    pub(super) fn event(
        &self,
        source: &str,
        username: &Username,
        client: Value,
        request: Value,
        response: Value,
    ) -> Event {
        Event {
            body: json!({
                "version": "1",
                "region": self.region(),
                "userPoolId": self.pool.pool.id.as_str(),
                "userName": username.as_str(),
                "callerContext": self.caller(client),
                "triggerSource": source,
                "request": request,
                "response": response,
            }),
        }
    }

    /// An event that is handed over and does not come back; the service writes it in another order.
    pub(super) fn handover(&self, source: &str, username: &Username, client: Value, request: Value) -> Event {
        Event {
            body: json!({
                "version": "1",
                "triggerSource": source,
                "region": self.region(),
                "userPoolId": self.pool.pool.id.as_str(),
                "userName": username.as_str(),
                "callerContext": self.caller(client),
                "request": request,
            }),
        }
    }

    /// The Region, with which the id of a pool begins.
    fn region(&self) -> &str {
        let id = self.pool.pool.id.as_str();
        id.split_once('_').map_or(id, |(region, _)| region)
    }

    fn caller(&self, otherwise: Value) -> Value {
        let client = self.client.map_or(otherwise, |client| client.as_str().into());
        json!({ "awsSdkVersion": self.cause.sdk_version, "clientId": client })
    }

    /// Puts ClientMetadata into a request, if it was sent: where it was not, there is no such member (*Observed*,
    /// cog-0140).
    pub(super) fn with_metadata(&self, mut request: Value) -> Value {
        if let (Some(metadata), Some(members)) = (&self.cause.client_metadata, request.as_object_mut()) {
            members.insert("clientMetadata".to_owned(), json!(metadata));
        }
        request
    }
}

impl Event {
    /// The same, in another version than the first.
    pub(super) fn with_version(mut self, version: &str) -> Self {
        self.body["version"] = version.into();
        self
    }

    /// As it is sent.
    pub(super) fn payload(&self) -> Vec<u8> {
        self.body.to_string().into_bytes()
    }

    /// The `response` in what a function gave back.
    pub(super) fn response_in(&self, answer: &[u8]) -> Result<Map<String, Value>, TriggerFault> {
        let answer: Value = serde_json::from_slice(answer).map_err(|_| TriggerFault::unrecognizable())?;
        if !is_event(&answer) {
            return Err(TriggerFault::unrecognizable());
        }
        if answer.get("userName") != self.body.get("userName") {
            return Err(TriggerFault::other_user());
        }
        match answer {
            Value::Object(mut members) => match members.remove("response") {
                Some(Value::Object(response)) => Ok(response),
                _ => Err(TriggerFault::unrecognizable()),
            },
            _ => Err(TriggerFault::unrecognizable()),
        }
    }
}

/// Whether every member that all events have is there and of its kind.
///
/// A `clientId` that is `null` is refused even where it was sent so; one that is left out is not (*Observed*, cog-0053).
/// *Chosen*: the values are not compared, apart from the user's name.
fn is_event(answer: &Value) -> bool {
    let texts = ["version", "region", "userPoolId", "userName", "triggerSource"];
    let are_texts = texts.iter().all(|name| answer.get(name).is_some_and(Value::is_string));
    let caller = answer.get("callerContext").and_then(Value::as_object);
    let request = answer.get("request").and_then(Value::as_object);
    are_texts
        && caller.is_some_and(|caller| caller.values().all(Value::is_string))
        && request.is_some_and(|request| {
            let is_map = |name: &str| request.get(name).is_none_or(Value::is_object);
            is_map("clientMetadata") && is_map("userAttributes")
        })
}

/// The text of a member of a response: absent and `null` are none, and anything else than a text is no answer.
pub(super) fn text(response: &mut Map<String, Value>, name: &str) -> Result<Option<String>, TriggerFault> {
    match response.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(TriggerFault::unrecognizable()),
    }
}

/// A flag of a response, as [`text`].
pub(super) fn flag(response: &Map<String, Value>, name: &str) -> Result<bool, TriggerFault> {
    match response.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(TriggerFault::unrecognizable()),
    }
}
