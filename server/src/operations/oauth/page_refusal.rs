//! The refusal of a form on a page, in the words of the API.

use lido_domain::Refusal;

use crate::{
    operations::{Failure, Operation},
    wire::error::ErrorKind,
};

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRefusal {
    /// The text of the operation.
    pub(crate) text: String,
    /// The error of the operation.
    pub(crate) kind: ErrorKind,
    /// Whether the step is over: its session is unknown, used or expired.
    pub(crate) is_over: bool,
}

impl PageRefusal {
    /// Returns the refusal for what an operation answers.
    pub(super) fn new(operation: Operation, failure: Failure) -> Self {
        let is_over = matches!(
            failure,
            Failure::Refused(Refusal::SessionInvalid | Refusal::SessionExpired | Refusal::SessionUsed)
        );
        let error = failure.into_api_error(operation);
        Self { text: error.message, kind: error.kind, is_over }
    }
}
