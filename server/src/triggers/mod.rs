//! Lambda triggers: functions of a pool's owner that are invoked during operations.
//!
//! Each trigger has a file with its event: `pre_sign_up`, `post_confirmation`, `custom_message`, `custom_sender`, and
//! for sign-ins `pre_authentication`, `post_authentication`, `pre_token_generation`, `custom_challenge`,
//! `user_migration`. `event` has the members that all events share. Here is the invocation itself: the timeout, the
//! retries, and the faults. [`lambda`] implements Lambda's Invoke operation over HTTP.
//!
//! A [`TriggerFault`] is reported to the caller of the operation; details are in the log. No transaction waits for a
//! trigger: triggers that influence a decision are invoked once per request before it, and the others after the commit.

mod attributes;
mod custom_challenge;
mod custom_message;
mod custom_sender;
mod encryption;
mod event;
#[cfg(any(test, feature = "fakes"))]
pub mod fake;
mod fault;
mod function;
mod invoke;
pub mod lambda;
mod messages;
mod post_authentication;
mod post_confirmation;
mod pre_authentication;
mod pre_sign_up;
mod pre_token_generation;
mod sdk_version;
pub mod sender_keys;
mod sign_in_user;
mod user_migration;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};
use tracing::{Instrument as _, Span};

use self::event::Event;
pub use self::{
    custom_challenge::CreatedChallenge,
    event::EventContext,
    fault::TriggerFault,
    function::Function,
    invoke::{FunctionInvoker, InvocationResult, InvocationType, InvokeFault},
    messages::MessageTriggers,
    post_confirmation::Confirmation,
    pre_sign_up::{NewUser, UserCreator},
    pre_token_generation::TokenTriggerSource,
    sdk_version::sdk_version,
    sender_keys::SenderKeys,
    sign_in_user::SignInUser,
    user_migration::UnknownUser,
};
use crate::{
    entropy::Entropy,
    metrics::TriggerMetrics,
    traces::{record_outcome, trigger_span},
};

/// The timeout of an invocation (*Documented*, cog-0256; it is not configurable at the service).
const INVOCATION_TIMEOUT: Duration = Duration::from_secs(5);

/// The most attempts to invoke a function that does not respond (*Documented*, cog-0256). So a request waits at most
/// fifteen seconds for a trigger.
const MAX_ATTEMPTS: u32 = 3;

/// A trigger, with the name that faults contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Invoked before a user is created.
    PreSignUp,
    /// Invoked after a user was confirmed.
    PostConfirmation,
    /// Invoked before a sign-in.
    PreAuthentication,
    /// Invoked after a sign-in.
    PostAuthentication,
    /// Changes the claims of tokens.
    PreTokenGeneration,
    /// Decides the next step of a custom sign-in.
    DefineAuthChallenge,
    /// Creates a custom challenge.
    CreateAuthChallenge,
    /// Verifies the answer to a custom challenge.
    VerifyAuthChallengeResponse,
    /// Returns a user that does not exist in the pool.
    UserMigration,
    /// Replaces the texts of a message.
    CustomMessage,
    /// Sends a mail.
    CustomEmailSender,
    /// Sends an SMS.
    CustomSmsSender,
}

impl Trigger {
    /// Returns the name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Trigger::PreSignUp => "PreSignUp",
            Trigger::PostConfirmation => "PostConfirmation",
            Trigger::PreAuthentication => "PreAuthentication",
            Trigger::PostAuthentication => "PostAuthentication",
            Trigger::PreTokenGeneration => "PreTokenGeneration",
            Trigger::DefineAuthChallenge => "DefineAuthChallenge",
            Trigger::CreateAuthChallenge => "CreateAuthChallenge",
            Trigger::VerifyAuthChallengeResponse => "VerifyAuthChallengeResponse",
            Trigger::UserMigration => "UserMigration",
            Trigger::CustomMessage => "CustomMessage",
            Trigger::CustomEmailSender => "CustomEmailSender",
            Trigger::CustomSmsSender => "CustomSMSSender",
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The invocation of triggers, for all pools. Clones share its state and are cheap.
#[derive(Clone, Debug)]
pub struct Triggers {
    invoker: Option<Arc<dyn FunctionInvoker>>,
    sender_keys: Arc<SenderKeys>,
    entropy: Entropy,
    timeout: Duration,
    metrics: TriggerMetrics,
}

impl Triggers {
    /// Returns triggers without an invoker: every trigger of a pool fails.
    pub fn unconfigured(entropy: Entropy) -> Self {
        let (sender_keys, metrics) = (Arc::default(), TriggerMetrics::default());
        Self { invoker: None, sender_keys, entropy, timeout: INVOCATION_TIMEOUT, metrics }
    }

    /// Returns the metrics of the triggers.
    pub fn metrics(&self) -> &TriggerMetrics {
        &self.metrics
    }

    /// Returns the same triggers with a client that invokes functions.
    pub fn with_invoker(self, invoker: impl FunctionInvoker + 'static) -> Self {
        Self { invoker: Some(Arc::new(invoker)), ..self }
    }

    /// Returns the same triggers with keys that encrypt codes for custom senders.
    pub fn with_sender_keys(self, keys: SenderKeys) -> Self {
        Self { sender_keys: Arc::new(keys), ..self }
    }

    /// Returns the same triggers with another timeout of invocations.
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Invokes the function of a trigger, and returns the `response` in its result.
    async fn invoke(
        &self,
        trigger: Trigger,
        arn: &str,
        event: &Event,
    ) -> Result<Map<String, Value>, TriggerFault> {
        match self.call(trigger, arn, event, InvocationType::RequestResponse).await? {
            InvocationResult::Payload(payload) => event.response_in(&payload),
            InvocationResult::FunctionError(error) => Err(TriggerFault::function_error(trigger, &error)),
            // The endpoint treated a synchronous invocation as asynchronous.
            InvocationResult::Accepted => Err(TriggerFault::Unrecognizable),
        }
    }

    /// Invokes the function of a trigger asynchronously. If the endpoint runs it synchronously and returns an error,
    /// that error is returned.
    async fn invoke_async(&self, trigger: Trigger, arn: &str, event: &Event) -> Result<(), TriggerFault> {
        match self.call(trigger, arn, event, InvocationType::Event).await? {
            InvocationResult::Accepted | InvocationResult::Payload(_) => Ok(()),
            InvocationResult::FunctionError(error) => Err(TriggerFault::function_error(trigger, &error)),
        }
    }

    /// Calls the function of a trigger, counts it, and records it in the trace of the request.
    async fn call(
        &self,
        trigger: Trigger,
        arn: &str,
        event: &Event,
        kind: InvocationType,
    ) -> Result<InvocationResult, TriggerFault> {
        let (started, span) = (Instant::now(), trigger_span(trigger.as_str()));
        let result = self.try_call(trigger, arn, event, kind).instrument(span.clone()).await;
        let outcome = match &result {
            Ok(InvocationResult::Payload(_) | InvocationResult::Accepted) => "ok",
            Ok(InvocationResult::FunctionError(_)) => "function_error",
            Err(TriggerFault::Misconfigured(_)) => "misconfigured",
            Err(_) => "failed",
        };
        self.metrics.count(trigger.as_str(), outcome, started.elapsed());
        record_outcome(&span, outcome, outcome != "ok");
        result
    }

    async fn try_call(
        &self,
        trigger: Trigger,
        arn: &str,
        event: &Event,
        kind: InvocationType,
    ) -> Result<InvocationResult, TriggerFault> {
        let Some(invoker) = &self.invoker else {
            tracing::error!(%trigger, arn, "a pool has a trigger, but --lambda-endpoint is not set");
            return Err(TriggerFault::Misconfigured(trigger));
        };
        let Some(function) = Function::of_arn(arn) else {
            tracing::error!(%trigger, arn, "the ARN of a trigger in a pool's LambdaConfig is not the ARN of a Lambda function");
            return Err(TriggerFault::Misconfigured(trigger));
        };
        let payload = event.payload();
        let mut attempts = 0;
        loop {
            attempts += 1;
            Span::current().record("lido.attempts", attempts);
            let invocation = invoker.invoke(&function, &payload, kind);
            let fault = match tokio::time::timeout(self.timeout, invocation).await {
                Ok(Ok(result)) => return Ok(result),
                Ok(Err(fault)) => fault,
                Err(_) => InvokeFault::TimedOut,
            };
            tracing::warn!(%trigger, function = function.name, tries = attempts, %fault, "a trigger could not be invoked");
            if attempts == MAX_ATTEMPTS || !fault.is_retryable() {
                return Err(TriggerFault::invocation_failed(trigger, &fault));
            }
        }
    }
}

#[cfg(test)]
mod tests;
