//! What can go wrong with a trigger, as the caller of the operation is told.
//!
//! The texts are *Observed*, each with its fact, but for those that are marked. They are made here and not in `wire`,
//! because most of them quote the function.

use serde_json::Value;

use super::{InvokeFault, Trigger};

/// Why a trigger did not do what it was called for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriggerFault {
    /// The function refused or failed: UserLambdaValidationException.
    #[error("{0}")]
    Validation(String),
    /// The function answered something else than its event: InvalidLambdaResponseException.
    #[error("{0}")]
    InvalidResponse(String),
    /// The function could not be called, or took too long: UnexpectedLambdaException.
    #[error("{0}")]
    Unexpected(String),
    /// What the function made cannot be used: InvalidParameterException.
    #[error("{0}")]
    InvalidParameter(String),
}

impl TriggerFault {
    /// The function threw or crashed; `error` is what the runtime says of it. The full stop is the service's (cog-0017,
    /// cog-0037, cog-0255). An error without a text is told as an object without one is (reported, cog-0043).
    pub(super) fn thrown(trigger: Trigger, error: &[u8]) -> Self {
        let error: Value = serde_json::from_slice(error).unwrap_or_default();
        let message = error.get("errorMessage").and_then(Value::as_str).unwrap_or("[object Object]");
        Self::Validation(format!("{trigger} failed with error {message}."))
    }

    /// What came back is not the event (cog-0020, cog-0097).
    pub(super) fn unrecognizable() -> Self {
        Self::InvalidResponse("Unrecognizable lambda output".to_owned())
    }

    /// What came back is the event of somebody else (cog-0292).
    pub(super) fn other_user() -> Self {
        let text = "Invalid user name. User name in Lambda mismatches the actual username.";
        Self::InvalidResponse(text.to_owned())
    }

    /// Words for a mail came back, where mail is the service's and not the developer's. *Documented* (cog-0103), the text
    /// is *Chosen*.
    pub(super) fn mail_not_the_developers() -> Self {
        Self::InvalidResponse(
            "CustomMessage returned an email message, but EmailSendingAccount of the user pool is not DEVELOPER."
                .to_owned(),
        )
    }

    /// The function was not called, or did not answer in time (cog-0021, cog-0096, cog-0365).
    pub(super) fn not_invoked(trigger: Trigger, fault: &InvokeFault) -> Self {
        let error = match fault {
            InvokeFault::TimedOut => "Socket timeout while invoking Lambda function",
            // *Chosen*: it does not happen to the service.
            InvokeFault::Unreachable(_) => "Unable to connect to the Lambda endpoint",
            InvokeFault::Refused { code, .. } => code,
            InvokeFault::TooLong => return Self::unrecognizable(),
        };
        Self::Unexpected(format!("{trigger} invocation failed due to error {error}."))
    }

    /// The function cannot be called as the server or the pool is configured. *Chosen*, after what the service once
    /// said (cog-0381); what is wrong is in the log.
    pub(super) fn misconfigured(trigger: Trigger) -> Self {
        Self::Unexpected(format!("{trigger} invocation failed due to configuration."))
    }

    /// The function wants a message without a text (cog-0102).
    pub(super) fn empty_message() -> Self {
        Self::InvalidParameter("The message is empty.".to_owned())
    }
}
