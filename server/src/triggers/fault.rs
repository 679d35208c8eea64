//! The faults of a trigger, with the texts that the caller of the operation receives.
//!
//! The texts are *Observed* (see the fact ids) unless they are marked as *Chosen*. They are here and not in `wire`,
//! because most of them quote the function.

use serde_json::Value;

use super::{InvokeFault, Trigger};

/// The fault of a trigger. Its text is the message of the error that the comment names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriggerFault {
    /// UserLambdaValidationException: the function returned an error.
    #[error("{0}")]
    Validation(String),
    /// InvalidLambdaResponseException: the function's result is not its event.
    #[error("{0}")]
    InvalidResponse(String),
    /// UnexpectedLambdaException: the function could not be invoked, or timed out.
    #[error("{0}")]
    Unexpected(String),
    /// InvalidParameterException: the function's response cannot be used.
    #[error("{0}")]
    InvalidParameter(String),
}

impl TriggerFault {
    /// Returns the fault of a function that threw an error or crashed. `error` is the payload from the runtime.
    ///
    /// The full stop is the service's (cog-0017, cog-0037, cog-0255). An error without a message becomes `[object
    /// Object]` (reported, cog-0043).
    pub(super) fn function_error(trigger: Trigger, error: &[u8]) -> Self {
        let error: Value = serde_json::from_slice(error).unwrap_or_default();
        let message = error.get("errorMessage").and_then(Value::as_str).unwrap_or("[object Object]");
        Self::Validation(format!("{trigger} failed with error {message}."))
    }

    /// Returns the fault of a result that is not the event (cog-0020, cog-0097).
    pub(super) fn unrecognizable() -> Self {
        Self::InvalidResponse("Unrecognizable lambda output".to_owned())
    }

    /// Returns the fault of a result with another user (cog-0292).
    pub(super) fn other_user() -> Self {
        let text = "Invalid user name. User name in Lambda mismatches the actual username.";
        Self::InvalidResponse(text.to_owned())
    }

    /// Returns the fault of custom texts for a mail in a pool whose EmailSendingAccount is not DEVELOPER. *Documented*
    /// (cog-0103); the text is *Chosen*.
    pub(super) fn email_not_developer() -> Self {
        Self::InvalidResponse(
            "CustomMessage returned an email message, but EmailSendingAccount of the user pool is not DEVELOPER."
                .to_owned(),
        )
    }

    /// Returns the fault of an invocation that failed or timed out (cog-0021, cog-0096, cog-0365).
    pub(super) fn invocation_failed(trigger: Trigger, fault: &InvokeFault) -> Self {
        let error = match fault {
            InvokeFault::TimedOut => "Socket timeout while invoking Lambda function",
            // *Chosen*: this does not happen at the service.
            InvokeFault::Unreachable(_) => "Unable to connect to the Lambda endpoint",
            InvokeFault::Refused { code, .. } => code,
            InvokeFault::TooLong => return Self::unrecognizable(),
        };
        Self::Unexpected(format!("{trigger} invocation failed due to error {error}."))
    }

    /// Returns the fault of a server or pool whose configuration does not allow the invocation. *Chosen*, similar to a
    /// text of the service (cog-0381). The log contains the cause.
    pub(super) fn misconfigured(trigger: Trigger) -> Self {
        Self::Unexpected(format!("{trigger} invocation failed due to configuration."))
    }

    /// Returns the fault of a custom message without a text (cog-0102).
    pub(super) fn empty_message() -> Self {
        Self::InvalidParameter("The message is empty.".to_owned())
    }
}
