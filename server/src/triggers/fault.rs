//! What can go wrong with a trigger, as the caller of the operation is told.

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
