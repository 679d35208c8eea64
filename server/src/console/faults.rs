//! `/_lido/faults`: sets, lists and clears faults.

use http::StatusCode;
use lido_runtime::{ErrorKind as _, Operation as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    endpoint::{Answer, Call, Deleted, parse_duration},
    problem::{Problem, ProblemKind},
};
use crate::faults::{self, Fault, FaultEffect, FaultRule, MAX_DELAY};

/// The message of an error, unless the request has one.
const MESSAGE: &str = "This fault was asked for at /_lido/faults.";

/// A fault to set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct FaultRequest {
    /// What happens to the requests
    effect: Effect,
    /// The operation, such as SignUp; without it all
    operation: Option<String>,
    /// With the effect error: the name of an error that the operation declares, or InternalErrorException
    error: Option<String>,
    /// With the effect error: its message
    message: Option<String>,
    /// How long the requests are held up, such as 500ms or 2s, at most 60s; with every effect
    delay: Option<String>,
    /// How many requests it strikes; without it all, until it is deleted
    #[schemars(range(min = 1))]
    count: Option<u64>,
    /// The part of the requests that it strikes; without it all
    #[schemars(range(min = 0, max = 1))]
    probability: Option<f64>,
}

/// What a fault does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Effect {
    /// TooManyRequestsException, as beyond a rate
    Throttle,
    /// The error that is named: status 500 for an internal error, otherwise 400
    Error,
    /// Only the delay
    Delay,
    /// Success, but the messages to the user are lost on their way
    LoseMessages,
}

/// The faults.
#[derive(Serialize, JsonSchema)]
pub(super) struct FaultList {
    /// The faults, the oldest first, also those that are used up
    faults: Vec<SetFault>,
}

/// A fault that was set.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fault")]
pub(super) struct SetFault {
    id: String,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<String>,
    probability: f64,
    /// How many requests it has struck
    hits: u64,
    /// How many requests it still strikes, if they are limited
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<u64>,
}

impl From<Fault> for SetFault {
    fn from(Fault { id, rule, remaining, hits }: Fault) -> Self {
        let (effect, error, message) = match rule.effect {
            FaultEffect::Throttle => (Effect::Throttle, None, None),
            FaultEffect::Error(kind, message) => (Effect::Error, Some(kind.name()), Some(message)),
            FaultEffect::Delay => (Effect::Delay, None, None),
            FaultEffect::LoseMessages => (Effect::LoseMessages, None, None),
        };
        Self {
            id: id.to_string(),
            effect,
            operation: rule.operation.map(|operation| operation.name()),
            error,
            message,
            delay: (!rule.delay.is_zero()).then(|| format!("{}ms", rule.delay.as_millis())),
            probability: rule.probability,
            hits,
            remaining,
        }
    }
}

fn refuse(message: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::InvalidRequest, message)
}

fn unknown_fault() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no fault with this id; GET /_lido/faults lists them.")
}

pub(super) async fn list(call: Call<'_>) -> Result<Answer, Problem> {
    Answer::ok(&FaultList { faults: call.faults()?.all().into_iter().map(SetFault::from).collect() })
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let id = call.path_parameter("id");
    let found = call.faults()?.all().into_iter().find(|fault| fault.id.to_string() == id);
    found.map_or_else(|| Err(unknown_fault()), |fault| Answer::ok(&SetFault::from(fault)))
}

pub(super) async fn set(call: Call<'_>) -> Result<Answer, Problem> {
    let asked: FaultRequest =
        call.body("{\"effect\": \"throttle\", \"operation\": \"SignUp\", \"count\": 1}")?;
    if asked.count == Some(0) {
        return Err(refuse("count must be at least 1; DELETE removes a fault."));
    }
    let count = asked.count;
    let added = call.faults()?.add(asked.into_rule()?, count);
    let fault = added.map_err(|_| {
        let text = "There are too many faults; DELETE /_lido/faults clears them.";
        Problem::new(ProblemKind::TooManyRequests, text)
    })?;
    Answer::with_status(StatusCode::CREATED, &SetFault::from(fault))
}

pub(super) async fn delete(call: Call<'_>) -> Result<Answer, Problem> {
    let id = call.path_parameter("id").parse();
    match call.faults()?.remove(id.map_err(|_| unknown_fault())?) {
        true => Answer::ok(&Deleted { deleted: 1 }),
        false => Err(unknown_fault()),
    }
}

pub(super) async fn delete_all(call: Call<'_>) -> Result<Answer, Problem> {
    Answer::ok(&Deleted { deleted: call.faults()?.clear() })
}

impl FaultRequest {
    fn into_rule(self) -> Result<FaultRule, Problem> {
        let find = |name: &String| {
            faults::find_operation(name).ok_or_else(|| {
                refuse(
                    "operation must be the name of an operation, such as SignUp; lido operations lists them.",
                )
            })
        };
        let operation = self.operation.as_ref().map(find).transpose()?;
        let probability = self.probability.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&probability) {
            return Err(refuse("probability must be a number from 0 to 1."));
        }
        let delay = match &self.delay {
            None => std::time::Duration::ZERO,
            Some(text) => parse_duration(text)
                .filter(|delay| *delay <= MAX_DELAY)
                .ok_or_else(|| refuse("delay must be a duration such as 500ms or 2s, of at most 60s."))?,
        };
        let effect = match (self.effect, self.error) {
            (Effect::Error, Some(name)) => {
                let kind = faults::find_error(&name).filter(|kind| {
                    faults::is_internal(*kind) || operation.is_none_or(|operation| operation.declares(*kind))
                });
                let kind = kind.ok_or_else(|| refuse(expected_errors(operation)))?;
                FaultEffect::Error(kind, self.message.unwrap_or_else(|| MESSAGE.to_owned()))
            }
            (Effect::Error, None) => return Err(refuse(expected_errors(operation))),
            (_, Some(_)) => return Err(refuse("error is for the effect error.")),
            _ if self.message.is_some() => return Err(refuse("message is for the effect error.")),
            (Effect::Delay, None) if delay.is_zero() => {
                return Err(refuse("The effect delay needs delay, such as 2s."));
            }
            (Effect::Throttle, None) => FaultEffect::Throttle,
            (Effect::Delay, None) => FaultEffect::Delay,
            (Effect::LoseMessages, None) => FaultEffect::LoseMessages,
        };
        Ok(FaultRule { operation, effect, delay, probability })
    }
}

/// Returns what `error` must be.
fn expected_errors(operation: Option<crate::operations::Operation>) -> String {
    match operation {
        None => "error must be the name of an error of the API, such as InternalErrorException.".to_owned(),
        Some(operation) => {
            let names: Vec<&str> = operation.errors().iter().map(|kind| kind.name()).collect();
            format!("error must be one that {} declares: {}.", operation.name(), names.join(", "))
        }
    }
}
