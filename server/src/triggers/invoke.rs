//! What triggers need of whoever calls functions: one call, and what came of it.

use std::fmt;

use async_trait::async_trait;

use super::Function;

/// Whether somebody waits for the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// For its answer: `RequestResponse`.
    Wait,
    /// Only until the call was taken: `Event`.
    Leave,
}

/// What came of a call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// The function's answer.
    Answer(Vec<u8>),
    /// The function threw, crashed, or ran out of its own time; this is what the runtime says of it.
    Thrown(Vec<u8>),
    /// The call was taken, and the function runs by itself.
    Accepted,
}

/// Why a call was not made, or came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeFault {
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// There is nobody, or the connection broke. The text is for the log.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// Invoke refused, with this status and this error code.
    #[error("refused with status {status}, {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code, such as `AccessDeniedException`.
        code: String,
    },
    /// The answer is longer than any that Lambda gives.
    #[error("the answer is too long")]
    TooLong,
}

impl InvokeFault {
    /// Whether another try may help. *Documented* (cog-0256): what does not answer is called again, and an Invoke status
    /// of 500 to 599 is not. *Chosen*: a broken connection and a throttled call may pass too, other refusals do not.
    pub fn may_pass(&self) -> bool {
        match self {
            InvokeFault::TimedOut | InvokeFault::Unreachable(_) => true,
            InvokeFault::Refused { status, .. } => *status == 429,
            InvokeFault::TooLong => false,
        }
    }
}

/// Whoever calls functions.
#[async_trait]
pub trait Invoke: fmt::Debug + Send + Sync {
    /// Calls the function once, with an event for a payload. How long it may take is the caller's matter.
    async fn invoke(
        &self,
        function: &Function,
        payload: &[u8],
        manner: Manner,
    ) -> Result<Returned, InvokeFault>;
}
