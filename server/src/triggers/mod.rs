//! Lambda triggers: functions of the pool's owner that are asked, or told, at certain moments.
//!
//! Each trigger has a file that knows its event field by field: `pre_sign_up`, `post_confirmation`, `custom_message`,
//! `custom_sender`, and those of a sign-in: `pre_authentication`, `post_authentication`, `pre_token_generation`,
//! `custom_challenge`, `user_migration`. What all events have in common is in `event`. Here is how a function is called,
//! whatever for: how long, how often, and what becomes of a failure. [`lambda`] speaks Invoke over HTTP.
//!
//! A fault is told to the caller of the operation (cog-0255), so it is a value; the log has the rest. No
//! transaction waits on a trigger: what is asked before a decision is asked once a request, and what is told after it
//! is told after the commit.

mod attributes;
mod claimant;
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
mod user_migration;

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use self::event::Event;
pub use self::{
    claimant::Claimant,
    custom_challenge::CreatedChallenge,
    event::EventContext,
    fault::TriggerFault,
    function::Function,
    invoke::{Invoke, InvokeFault, Manner, Returned},
    messages::MessageTriggers,
    post_confirmation::Confirmation,
    pre_sign_up::{Newcomer, NewcomerBy},
    pre_token_generation::TokenOccasion,
    sdk_version::sdk_version,
    sender_keys::SenderKeys,
    user_migration::Unknown,
};
use crate::entropy::Entropy;

/// How long a function may take for an answer (*Documented*, cog-0256; not configurable there).
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a function is called in all, if it does not answer (*Documented*, cog-0256). A request so waits for one
/// trigger fifteen seconds at most.
const MOST_TRIES: u32 = 3;

/// A trigger, under the name that faults print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Asked before a user is created.
    PreSignUp,
    /// Told when a user was confirmed.
    PostConfirmation,
    /// Asked before somebody signs in.
    PreAuthentication,
    /// Told when somebody has signed in.
    PostAuthentication,
    /// Asked what tokens are to say.
    PreTokenGeneration,
    /// Asked what comes next in a custom sign-in.
    DefineAuthChallenge,
    /// Asked for a custom challenge.
    CreateAuthChallenge,
    /// Asked whether the answer to one is right.
    VerifyAuthChallengeResponse,
    /// Asked who it is that the pool does not know.
    UserMigration,
    /// Asked for the words of a message.
    CustomMessage,
    /// Handed a mail to send.
    CustomEmailSender,
    /// Handed an SMS to send.
    CustomSmsSender,
}

impl Trigger {
    /// The name.
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

/// The triggers of every pool: through whom functions are called. Cloning it is cheap and gives the same one.
#[derive(Clone, Debug)]
pub struct Triggers {
    lambda: Option<Arc<dyn Invoke>>,
    sender_keys: Arc<SenderKeys>,
    entropy: Entropy,
    patience: Duration,
}

impl Triggers {
    /// No way to call anything: where a pool has a trigger, it fails.
    pub fn nowhere(entropy: Entropy) -> Self {
        Self { lambda: None, sender_keys: Arc::default(), entropy, patience: PATIENCE }
    }

    /// The same, with somebody through whom functions are called.
    pub fn through(self, lambda: impl Invoke + 'static) -> Self {
        Self { lambda: Some(Arc::new(lambda)), ..self }
    }

    /// The same, with keys to encrypt codes for custom senders.
    pub fn with_sender_keys(self, keys: SenderKeys) -> Self {
        Self { sender_keys: Arc::new(keys), ..self }
    }

    /// The same, with another time for a function to answer in.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Calls the function of a trigger and waits for its answer: the `response` of the event that it gives back.
    async fn ask(
        &self,
        trigger: Trigger,
        arn: &str,
        event: &Event,
    ) -> Result<Map<String, Value>, TriggerFault> {
        match self.call(trigger, arn, event, Manner::Wait).await? {
            Returned::Answer(answer) => event.response_in(&answer),
            Returned::Thrown(error) => Err(TriggerFault::thrown(trigger, &error)),
            // Somebody took a call for an asynchronous one that was none.
            Returned::Accepted => Err(TriggerFault::unrecognizable()),
        }
    }

    /// Calls the function of a trigger and does not wait for it to be done. If whoever serves waits all the same and
    /// tells that the function failed, so it is told here.
    async fn hand_over(&self, trigger: Trigger, arn: &str, event: &Event) -> Result<(), TriggerFault> {
        match self.call(trigger, arn, event, Manner::Leave).await? {
            Returned::Accepted | Returned::Answer(_) => Ok(()),
            Returned::Thrown(error) => Err(TriggerFault::thrown(trigger, &error)),
        }
    }

    async fn call(
        &self,
        trigger: Trigger,
        arn: &str,
        event: &Event,
        manner: Manner,
    ) -> Result<Returned, TriggerFault> {
        let Some(lambda) = &self.lambda else {
            tracing::error!(%trigger, arn, "a pool has a trigger, and there is nowhere to call it: set --lambda-endpoint");
            return Err(TriggerFault::misconfigured(trigger));
        };
        let Some(function) = Function::of_arn(arn) else {
            tracing::error!(%trigger, arn, "the ARN of a trigger is not the ARN of a Lambda function");
            return Err(TriggerFault::misconfigured(trigger));
        };
        let payload = event.payload();
        let mut tries = 0;
        loop {
            tries += 1;
            let calling = lambda.invoke(&function, &payload, manner);
            let fault = match tokio::time::timeout(self.patience, calling).await {
                Ok(Ok(returned)) => return Ok(returned),
                Ok(Err(fault)) => fault,
                Err(_) => InvokeFault::TimedOut,
            };
            tracing::warn!(%trigger, function = function.name, tries, %fault, "a trigger could not be called");
            if tries == MOST_TRIES || !fault.may_pass() {
                return Err(TriggerFault::not_invoked(trigger, &fault));
            }
        }
    }
}

#[cfg(test)]
mod tests;
