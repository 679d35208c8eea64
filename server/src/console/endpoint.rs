//! The parts of an endpoint of the console: its description, the request that a handler gets, and its answer.
//!
//! [`super::endpoints`] has the table; the router and the OpenAPI document are made from it. A handler reads the query
//! only by the [`Parameter`]s that its endpoint lists, and the body only as the type whose schema it lists.

use std::{borrow::Cow, fmt, future::Future, pin::Pin, time::Duration};

use http::{StatusCode, request::Parts};
use lido_runtime::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use super::problem::{Problem, ProblemKind};
use crate::{app::App, delivery::Inbox, faults::Faults, query, surface::RoutedRequest};

/// The future of a handler.
pub(super) type Responding<'a> = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send + 'a>>;

/// Returns the schema of a type, and adds those of the types in it to the generator.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The methods of endpoints. Where there is `GET`, there is `HEAD` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One method of one path.
#[derive(Clone, Copy)]
pub(super) struct Endpoint {
    pub(super) verb: Verb,
    /// The path, with parameters as both `matchit` and OpenAPI write them.
    pub(super) path: &'static str,
    /// The name of the operation in the OpenAPI document.
    pub(super) id: &'static str,
    /// One sentence of what it does, without a full stop.
    pub(super) summary: &'static str,
    pub(super) availability: Availability,
    pub(super) readers: Readers,
    /// The parameters in the query.
    pub(super) parameters: &'static [Parameter],
    /// The body of the request, if it has one.
    pub(super) body: Option<SchemaOf>,
    /// The status and the body of success.
    pub(super) success: (StatusCode, SchemaOf),
    /// The statuses of the other answers, beside those that every endpoint has.
    pub(super) problems: &'static [StatusCode],
    pub(super) handler: for<'a> fn(Call<'a>) -> Responding<'a>,
}

/// The commands that serve an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Availability {
    Always,
    Dev,
}

/// The senders that an endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Every sender, also any web page.
    Everyone,
    /// Tools, and the pages of `--inbox-origin`.
    InboxPages,
    /// Tools only.
    Tools,
}

/// A parameter in the query of a URL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    /// What it selects, without a full stop.
    pub(super) description: &'static str,
    pub(super) kind: ParameterKind,
}

/// The values of a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) enum ParameterKind {
    Text,
    /// A whole number within bounds.
    Number {
        least: u64,
        most: u64,
    },
    /// A duration of at most some seconds, such as `5s`.
    Duration {
        most: u64,
    },
}

impl Parameter {
    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        Self { name, description, kind: ParameterKind::Text }
    }

    pub(super) const fn number(name: &'static str, least: u64, most: u64, description: &'static str) -> Self {
        Self { name, description, kind: ParameterKind::Number { least, most } }
    }

    pub(super) const fn duration(name: &'static str, most: u64, description: &'static str) -> Self {
        Self { name, description, kind: ParameterKind::Duration { most } }
    }

    fn refuse(&self, expected: impl fmt::Display) -> Problem {
        Problem::new(ProblemKind::InvalidRequest, format!("{} must be {expected}.", self.name))
    }
}

/// A request for an endpoint.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) app: &'a App,
    pub(super) query: Query,
    request: RoutedRequest<'a>,
    locks: &'a ConsoleLocks,
}

/// What requests of the console share: how many may wait, and who may reset.
#[derive(Debug)]
pub(super) struct ConsoleLocks {
    /// The places of requests that wait for a message.
    pub(super) waits: Semaphore,
    /// Held by the one reset that runs.
    pub(super) resets: Mutex<()>,
}

/// The query of a request whose parameters are all known.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl<'a> Call<'a> {
    /// Reads the query of a request for `endpoint`.
    ///
    /// # Errors
    /// It has a parameter that the endpoint does not take. A misspelt filter would otherwise select everything.
    pub(super) fn read(
        app: &'a App,
        endpoint: &Endpoint,
        request: RoutedRequest<'a>,
        locks: &'a ConsoleLocks,
    ) -> Result<Self, Problem> {
        let pairs = query::pairs(request.head.uri.query().unwrap_or_default());
        let query = Query(pairs.collect());
        // Checks of the health are made by strangers' programs too.
        if endpoint.readers != Readers::Everyone {
            query.check(endpoint.parameters)?;
        }
        Ok(Self { app, query, request, locks })
    }

    /// Returns everything of the request but its body.
    pub(super) fn head(&self) -> &'a Parts {
        self.request.head
    }

    /// Returns the places of requests that wait for a message.
    pub(super) fn waits(&self) -> &'a Semaphore {
        &self.locks.waits
    }

    /// Returns the turn of a reset.
    pub(super) fn resets(&self) -> &'a Mutex<()> {
        &self.locks.resets
    }

    /// Returns the inbox.
    ///
    /// # Errors
    /// The server has none; then no endpoint that needs it is served.
    pub(super) fn inbox(&self) -> Result<&'a Inbox, Problem> {
        self.app.inbox.as_ref().ok_or_else(Problem::unknown_path)
    }

    /// Returns the faults on demand.
    ///
    /// # Errors
    /// As [`Call::inbox`].
    pub(super) fn faults(&self) -> Result<&'a Faults, Problem> {
        self.app.faults.as_ref().ok_or_else(Problem::unknown_path)
    }

    /// Returns a parameter of the path, decoded.
    pub(super) fn path_parameter(&self, name: &str) -> String {
        query::decode(self.request.parameter(name))
    }

    /// Reads the body.
    ///
    /// # Errors
    /// It is not JSON of this type. `expected` is how a correct one looks.
    pub(super) fn body<T: DeserializeOwned>(&self, expected: &str) -> Result<T, Problem> {
        serde_json::from_slice(self.body_bytes()).map_err(|error| {
            let text = format!("The body must be JSON such as {expected}: {error}.");
            Problem::new(ProblemKind::InvalidRequest, text)
        })
    }

    /// Returns the body as it was sent.
    pub(super) fn body_bytes(&self) -> &'a Bytes {
        self.request.body
    }
}

impl Query {
    fn check(&self, known: &[Parameter]) -> Result<(), Problem> {
        if self.0.iter().all(|(name, _)| known.iter().any(|parameter| parameter.name == name)) {
            return Ok(());
        }
        let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
        let text = match names.as_slice() {
            [] => "This takes no parameters in the query.".to_owned(),
            names => format!("The parameters of this are {}.", names.join(", ")),
        };
        Err(Problem::new(ProblemKind::InvalidRequest, text))
    }

    /// Returns the value of a parameter. If it is given twice, the last one counts.
    pub(super) fn text(&self, parameter: &Parameter) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| name == parameter.name).map(|(_, value)| value.as_str())
    }

    /// Returns the value of a parameter that is a number.
    ///
    /// # Errors
    /// It is none, or beyond its bounds.
    pub(super) fn number(&self, parameter: &Parameter) -> Result<Option<u64>, Problem> {
        let (Some(text), ParameterKind::Number { least, most }) = (self.text(parameter), parameter.kind)
        else {
            return Ok(None);
        };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| match most {
            u64::MAX => parameter.refuse("a whole number"),
            _ => parameter.refuse(format_args!("a whole number from {least} to {most}")),
        })
    }

    /// Returns the value of a parameter that is a duration: a number and the unit `ms`, `s` or `m`.
    ///
    /// # Errors
    /// It is none, or too long.
    pub(super) fn duration(&self, parameter: &Parameter) -> Result<Option<Duration>, Problem> {
        let (Some(text), ParameterKind::Duration { most }) = (self.text(parameter), parameter.kind) else {
            return Ok(None);
        };
        let duration = parse_duration(text).filter(|wait| *wait <= Duration::from_secs(most));
        duration
            .map(Some)
            .ok_or_else(|| parameter.refuse(format_args!("a duration such as 5s, of at most {most}s")))
    }
}

/// Parses a duration: a number and the unit `ms`, `s` or `m`. Returns `None` if the text is none.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.find(|char: char| !char.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(millis).map(Duration::from_millis)
}

/// The answer of an endpoint.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
}

impl Answer {
    /// Returns an answer with status 200.
    pub(super) fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::with_status(StatusCode::OK, body)
    }

    /// Returns an answer with this status.
    pub(super) fn with_status(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(Problem::internal)?;
        Ok(Self { status, content_type: "application/json", body: body.into() })
    }

    /// Returns an internal error without a body.
    pub(super) fn empty() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, content_type: "application/json", body: Bytes::new() }
    }
}

/// The number of things that a request has removed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    /// How many were deleted
    pub(super) deleted: usize,
}

/// A document that is not described further.
pub(super) fn any_object(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({ "type": "object" })
}

/// A JSON value without a Rust type: the document itself.
pub(super) struct Document(pub(super) Cow<'static, Value>);

impl Serialize for Document {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
