//! The failures of operations, and their conversion to the errors of the API.
//!
//! The texts of refusals are in [`crate::wire::refusal`]. Faults of the server are logged here, once, inside the span
//! of the request and so with its id; the client reads only "Internal server error".

use lido_domain::{Refusal, attribute::contact::ContactKind};

use super::Operation;
use crate::{
    entropy::NoEntropy,
    keys::{OpenError, SealError},
    store::StoreError,
    triggers::TriggerFault,
    wire::{
        ConversionError,
        error::{self, ApiError, ErrorKind, OperationError, first_declared},
        page::InvalidPageToken,
        refusal,
    },
};

/// Why an operation has no output.
#[derive(Debug)]
pub(super) enum Failure {
    /// A rule of the domain refuses the request.
    Refused(Refusal),
    /// The token of a page is invalid.
    InvalidPageToken,
    /// A fixed id, which only `lido dev` has, cannot be used: the text for the client.
    FixedId(String),
    /// A message was refused permanently; the changes of the operation are committed nevertheless.
    Undelivered(ContactKind),
    /// A trigger failed; if it was invoked after the commit, the changes of the operation are committed
    /// nevertheless.
    Trigger(TriggerFault),
    /// Every attempt conflicted with a commit of another request.
    Conflict,
    /// The attempt has read records that this request has changed since: the driver repeats the attempt.
    StaleReads,
    /// This server is a standby, which is read-only.
    Standby,
    /// A fault of this server or of its store.
    InternalFault(InternalFault),
}

/// A fault that is not caused by the request.
#[derive(Debug, thiserror::Error)]
pub(super) enum InternalFault {
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    ConversionError(#[from] ConversionError),
    #[error(transparent)]
    Token(#[from] crate::tokens::TokenFault),
    #[error("a task on another thread failed: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl Failure {
    /// Converts this to the error of an operation.
    pub(super) fn into_error<E: OperationError>(self, operation: Operation) -> E {
        error::to_operation_error(self.into_api_error(operation))
    }

    /// Converts this to an error of the API, also for surfaces other than the API.
    pub(super) fn into_api_error(self, operation: Operation) -> ApiError {
        match self {
            Failure::Refused(refused) => refusal::to_api_error(operation, &refused),
            // *Chosen*: the service's text is unknown.
            Failure::InvalidPageToken => {
                ApiError::new(ErrorKind::InvalidParameterException, "Invalid pagination token.")
            }
            // *Chosen*: the service has no fixed ids.
            Failure::FixedId(text) => ApiError::new(ErrorKind::InvalidParameterException, text),
            Failure::Undelivered(medium) => undelivered(operation, medium),
            // *Chosen*: GetClientToken declares no type for them, though the documentation has it invoke a trigger.
            Failure::Trigger(fault) => ApiError::new(
                first_declared(
                    operation,
                    &[match fault {
                        TriggerFault::FunctionError { .. } => ErrorKind::UserLambdaValidationException,
                        TriggerFault::Unrecognizable
                        | TriggerFault::InvalidJson
                        | TriggerFault::OtherUser
                        | TriggerFault::EmailNotDeveloper => ErrorKind::InvalidLambdaResponseException,
                        TriggerFault::InvocationFailed { .. } | TriggerFault::Misconfigured(_) => {
                            ErrorKind::UnexpectedLambdaException
                        }
                        TriggerFault::EmptyMessage => ErrorKind::InvalidParameterException,
                    }],
                ),
                fault.to_string(),
            ),
            // *Chosen*: clients retry this error.
            Failure::Conflict | Failure::StaleReads => ApiError::new(
                first_declared(operation, &[ErrorKind::TooManyRequestsException]),
                "Too many requests",
            ),
            Failure::Standby => standby(operation),
            Failure::InternalFault(error) => {
                tracing::error!(?operation, %error, "an operation failed");
                error::internal(operation)
            }
        }
    }
}

/// Returns the error for a message that was refused permanently.
///
/// *Chosen*: operations that do not declare `CodeDeliveryFailureException` return `InvalidParameterException`. The
/// server is not at fault, and a retry would send another code.
fn undelivered(operation: Operation, medium: ContactKind) -> ApiError {
    let kind = first_declared(operation, &[ErrorKind::CodeDeliveryFailureException]);
    let text = match medium {
        // *Observed*, cog-0122.
        ContactKind::Email => "Invalid email provided/Unable to send the email",
        // *Chosen*: the beginning of a longer text, for pools without an SMS configuration (pub-0033).
        ContactKind::PhoneNumber => "Invalid phone number provided/Unable to send the message.",
    };
    ApiError::new(kind, text)
}

/// Returns the error of a standby.
///
/// *Chosen*: the service's text is unknown. The few operations that do not declare `OperationNotEnabledException`
/// return the error that fits best among those that they declare.
fn standby(operation: Operation) -> ApiError {
    let kind = match operation {
        Operation::AddUserPoolClientSecret => ErrorKind::AccessDeniedException,
        Operation::DeleteUserPoolClientSecret => ErrorKind::LimitExceededException,
        Operation::CreateUserPool => ErrorKind::NotAuthorizedException,
        _ => first_declared(operation, &[ErrorKind::OperationNotEnabledException]),
    };
    let name = lido_runtime::Operation::name(operation);
    ApiError::new(kind, format!("{name} is not enabled: this server is a standby and changes nothing."))
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<TriggerFault> for Failure {
    fn from(fault: TriggerFault) -> Self {
        Failure::Trigger(fault)
    }
}

impl From<InvalidPageToken> for Failure {
    fn from(_: InvalidPageToken) -> Self {
        Failure::InvalidPageToken
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() {
            Failure::Conflict
        } else {
            Failure::InternalFault(InternalFault::Store(error))
        }
    }
}

macro_rules! internal_faults {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::InternalFault(error.into())
            }
        }
    )*};
}

internal_faults!(
    NoEntropy,
    SealError,
    OpenError,
    ConversionError,
    crate::tokens::TokenFault,
    tokio::task::JoinError
);

impl From<lido_runtime::BrokenRules> for Failure {
    fn from(violated: lido_runtime::BrokenRules) -> Self {
        ConversionError::from(violated).into()
    }
}

#[cfg(test)]
mod tests {
    use lido_cognito_idp::operations::{AdminGetUserError, CreateUserPoolError, SignUpError};
    use lido_domain::id::PoolId;

    use super::*;

    fn sign_up_error(failure: Failure) -> String {
        failure.into_error::<SignUpError>(Operation::SignUp).to_string()
    }

    #[test]
    fn internal_fault_hides_its_detail() {
        let internal = "InternalErrorException: Internal server error";
        let faults = [
            Failure::from(StoreError::Corrupt("a name without a user".into())),
            Failure::from(StoreError::Unavailable("the disk is full".into())),
            Failure::from(NoEntropy),
            Failure::from(SealError),
            Failure::from(OpenError::OtherKey),
        ];
        for fault in faults {
            assert_eq!(sign_up_error(fault), internal);
        }
    }

    #[test]
    fn conflict_and_failed_delivery_have_their_own_errors() {
        assert_eq!(sign_up_error(Failure::Conflict), "TooManyRequestsException: Too many requests");
        let text = "CodeDeliveryFailureException: Invalid email provided/Unable to send the email"; // cog-0122
        assert_eq!(sign_up_error(Failure::Undelivered(ContactKind::Email)), text);
        let text = "CodeDeliveryFailureException: Invalid phone number provided/Unable to send the message.";
        assert_eq!(sign_up_error(Failure::Undelivered(ContactKind::PhoneNumber)), text);
        let unknown = Failure::from(Refusal::UnknownPool(PoolId::new("r_p")));
        let error = unknown.into_error::<AdminGetUserError>(Operation::AdminGetUser);
        assert_eq!(error.to_string(), "ResourceNotFoundException: User pool r_p does not exist.");
    }

    #[test]
    fn standby_returns_operation_not_enabled() {
        let error = Failure::Standby.into_error::<SignUpError>(Operation::SignUp);
        let text = "OperationNotEnabledException: SignUp is not enabled: this server is a standby and changes nothing.";
        assert_eq!(error.to_string(), text);
        let error = Failure::Standby.into_error::<CreateUserPoolError>(Operation::CreateUserPool);
        assert!(error.to_string().starts_with("NotAuthorizedException: "), "{error}");
    }

    #[test]
    fn undeclared_error_becomes_invalid_parameter() {
        let error =
            Failure::Undelivered(ContactKind::Email).into_error::<AdminGetUserError>(Operation::AdminGetUser);
        let text = "InvalidParameterException: Invalid email provided/Unable to send the email";
        assert_eq!(error.to_string(), text);
    }
}
