//! The errors of the functions for the console.

use crate::operations::{Operation, failure::Failure};
use lido_domain::Refusal;

/// The reason why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// There is no such pool.
    UnknownPool,
    /// There is no such user in the pool.
    UnknownUser,
    /// There is no such app client in the pool.
    UnknownClient,
    /// The state of the user, or of the server, does not allow it: the error of the operation that does the same.
    Refused {
        /// The name of the error.
        kind: &'static str,
        /// The text of the error.
        message: String,
    },
    /// A parameter is wrong: the text of the error of the operation that does the same.
    Invalid(String),
    /// A fault of this server, which is in the log.
    Internal,
}

impl ControlError {
    /// Converts the failure of what `operation` does too, whose errors and texts are taken.
    pub(super) fn of(operation: Operation, failure: Failure) -> Self {
        match &failure {
            Failure::Refused(Refusal::UnknownPool(_)) => return Self::UnknownPool,
            Failure::Refused(Refusal::UserNotFound) => return Self::UnknownUser,
            Failure::Refused(Refusal::UnknownClient(_)) => return Self::UnknownClient,
            _ => {}
        }
        let (is_internal, is_invalid) =
            (matches!(failure, Failure::InternalFault(_)), matches!(failure, Failure::InvalidPageToken));
        let error = failure.into_api_error(operation);
        match (is_internal, is_invalid) {
            (true, _) => Self::Internal,
            (_, true) => Self::Invalid(error.message),
            _ => Self::Refused { kind: lido_runtime::ErrorKind::name(error.kind), message: error.message },
        }
    }
}
