//! The interface between triggers and the client that invokes functions.

use std::fmt;

use async_trait::async_trait;

use super::Function;

/// The type of an invocation, as in Lambda's `X-Amz-Invocation-Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvocationType {
    /// Waits for the function's result.
    RequestResponse,
    /// Waits only until the invocation is accepted.
    Event,
}

/// The result of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvocationResult {
    /// The payload that the function returned.
    Payload(Vec<u8>),
    /// The function threw an error, crashed or timed out; the payload is from the runtime.
    FunctionError(Vec<u8>),
    /// The invocation was accepted, and the function runs asynchronously.
    Accepted,
}

/// The reason why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeFault {
    /// It timed out.
    #[error("timeout")]
    TimedOut,
    /// The endpoint does not respond, or the connection broke. The text is for the log.
    #[error("the endpoint cannot be reached: {0}")]
    Unreachable(String),
    /// The endpoint refused the invocation.
    #[error("the endpoint refused with status {status}, {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code, such as `AccessDeniedException`.
        code: String,
    },
    /// The response is longer than Lambda allows.
    #[error("the response is too long")]
    TooLong,
}

impl InvokeFault {
    /// Returns whether the invocation is retried. *Documented* (cog-0256): after a timeout it is, after a status from
    /// 500 to 599 it is not. *Chosen*: it is after a broken connection and after throttling, and not after other
    /// refusals.
    pub fn is_retryable(&self) -> bool {
        match self {
            InvokeFault::TimedOut | InvokeFault::Unreachable(_) => true,
            InvokeFault::Refused { status, .. } => *status == 429,
            InvokeFault::TooLong => false,
        }
    }
}

/// A client that invokes functions.
#[async_trait]
pub trait FunctionInvoker: fmt::Debug + Send + Sync {
    /// Invokes the function once, with an event as the payload. The caller limits the time.
    ///
    /// # Errors
    /// The invocation failed.
    async fn invoke(
        &self,
        function: &Function,
        payload: &[u8],
        kind: InvocationType,
    ) -> Result<InvocationResult, InvokeFault>;
}
