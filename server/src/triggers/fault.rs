//! The faults of a trigger, with the texts that the caller of the operation receives.
//!
//! The texts are *Observed* (see the fact ids) unless they are marked as *Chosen*. They are here and not in `wire`,
//! because most of them quote the function.

use serde_json::Value;

use super::{InvokeFault, Trigger};

/// The fault of a trigger. Its text is the message of the error that the caller of the operation receives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TriggerFault {
    /// The function threw an error or crashed. The full stop is the service's (cog-0017, cog-0037).
    #[error("{trigger} failed with error {message}.")]
    FunctionError {
        /// The trigger that failed.
        trigger: Trigger,
        /// The message of the function's error.
        message: String,
    },
    /// The result is not the event that the function was invoked with (cog-0020, cog-0097).
    #[error("Unrecognizable lambda output")]
    Unrecognizable,
    /// The result is not JSON (pub-0001).
    #[error("Invalid lambda function output : Invalid JSON")]
    InvalidJson,
    /// The result is about another user (cog-0292).
    #[error("Invalid user name. User name in Lambda mismatches the actual username.")]
    OtherUser,
    /// The function returned texts for a mail in a pool whose EmailSendingAccount is not DEVELOPER. *Documented*
    /// (cog-0103); the text is *Chosen*.
    #[error(
        "CustomMessage returned an email message, but EmailSendingAccount of the user pool is not DEVELOPER."
    )]
    EmailNotDeveloper,
    /// The function could not be invoked, or timed out (cog-0096, cog-0365).
    #[error("{trigger} invocation failed due to error {error}.")]
    InvocationFailed {
        /// The trigger that was not invoked.
        trigger: Trigger,
        /// The cause, or the code of Lambda's error.
        error: String,
    },
    /// The configuration of the server or the pool does not allow the invocation. *Chosen*, similar to a text of the
    /// service (cog-0381). The log contains the cause.
    #[error("{0} invocation failed due to configuration.")]
    Misconfigured(Trigger),
    /// The function returned a message without a text (cog-0102).
    #[error("The message is empty.")]
    EmptyMessage,
}

impl TriggerFault {
    /// Returns the fault of a function that threw an error or crashed. `error` is the payload from the runtime.
    ///
    /// An error without a message becomes `[object Object]` (reported, cog-0043).
    pub(super) fn function_error(trigger: Trigger, error: &[u8]) -> Self {
        let error: Value = serde_json::from_slice(error).unwrap_or_default();
        let message = error.get("errorMessage").and_then(Value::as_str).unwrap_or("[object Object]");
        Self::FunctionError { trigger, message: message.to_owned() }
    }

    /// Returns the fault of an invocation that failed or timed out.
    pub fn invocation_failed(trigger: Trigger, fault: &InvokeFault) -> Self {
        let error = match fault {
            InvokeFault::TimedOut => "Socket timeout while invoking Lambda function",
            // *Chosen*: this does not happen at the service.
            InvokeFault::Unreachable(_) => "Unable to connect to the Lambda endpoint",
            InvokeFault::Refused { code, .. } => code,
            InvokeFault::TooLong => return Self::Unrecognizable,
        };
        Self::InvocationFailed { trigger, error: error.to_owned() }
    }
}
