//! Why an operation does not answer with its output, and the one match that gives it words.
//!
//! A refusal has its text in [`crate::wire::refusal`]. Everything unforeseen is logged here, once, inside the span of
//! the request and so with its id; the client learns only that it happened.

use lido_domain::{Refusal, attribute::contact::ContactKind};

use super::Operation;
use crate::{
    entropy::NoEntropy,
    keys::{OpenError, SealError},
    store::StoreError,
    triggers::TriggerFault,
    wire::{
        Unsayable,
        error::{self, ApiError, ErrorKind, OperationError, first_declared},
        page::BadToken,
        refusal,
    },
};

/// Why there is no output.
#[derive(Debug)]
pub(super) enum Failure {
    /// The rules say no.
    Refused(Refusal),
    /// A token of a page that is none.
    BadToken,
    /// The message was refused for good; what the verdict says is remembered all the same.
    Undelivered(ContactKind),
    /// A trigger failed; if it was told after the commit, what the verdict says is remembered all the same.
    Trigger(TriggerFault),
    /// Others kept changing what this was based on.
    Contended,
    /// What the attempt has read is out of date, because this very request has changed it: the driver starts it over.
    OutOfDate,
    /// This server is a standby and changes nothing.
    Standby,
    /// A fault of ours, or of what we stand on.
    Unforeseen(Unforeseen),
}

/// What must not happen.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unforeseen {
    #[error(transparent)]
    Store(StoreError),
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Unsayable(#[from] Unsayable),
    #[error(transparent)]
    Token(#[from] crate::tokens::TokenFault),
    #[error("work on another thread did not end: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl Failure {
    /// Converts this to the error of an operation.
    pub(super) fn into_error<E: OperationError>(self, operation: Operation) -> E {
        error::to_operation_error(self.into_api_error(operation))
    }

    /// Converts this to what the client reads, also where it is no client of the API.
    pub(super) fn into_api_error(self, operation: Operation) -> ApiError {
        match self {
            Failure::Refused(refused) => refusal::to_api_error(operation, &refused),
            // *Chosen*: the service's text is unknown.
            Failure::BadToken => {
                ApiError::new(ErrorKind::InvalidParameterException, "Invalid pagination token.")
            }
            Failure::Undelivered(medium) => undelivered(operation, medium),
            Failure::Trigger(fault) => ApiError::new(
                match fault {
                    TriggerFault::Validation(_) => ErrorKind::UserLambdaValidationException,
                    TriggerFault::InvalidResponse(_) => ErrorKind::InvalidLambdaResponseException,
                    TriggerFault::Unexpected(_) => ErrorKind::UnexpectedLambdaException,
                    TriggerFault::InvalidParameter(_) => ErrorKind::InvalidParameterException,
                },
                fault.to_string(),
            ),
            // *Chosen*: clients know to try this again.
            Failure::Contended | Failure::OutOfDate => ApiError::new(
                first_declared(operation, &[ErrorKind::TooManyRequestsException]),
                "Too many requests",
            ),
            Failure::Standby => standby(operation),
            Failure::Unforeseen(error) => {
                tracing::error!(?operation, %error, "an operation failed");
                error::internal(operation)
            }
        }
    }
}

/// Returns the error for a message that was refused for good.
///
/// *Chosen*: the type of those whose models do not have the other. It is no fault of this server, and a client that tries
/// again has another code sent.
fn undelivered(operation: Operation, medium: ContactKind) -> ApiError {
    let kind = first_declared(operation, &[ErrorKind::CodeDeliveryFailureException]);
    let text = match medium {
        // *Observed*, cog-0122.
        ContactKind::Email => "Invalid email provided/Unable to send the email",
        // *Chosen*: no text for SMS is known.
        ContactKind::PhoneNumber => "Invalid phone number provided/Unable to send the SMS message",
    };
    ApiError::new(kind, text)
}

/// Returns the error of a standby.
///
/// *Chosen*: the service's text is unknown, and the few operations that do not declare the type have none that fits
/// better.
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

impl From<BadToken> for Failure {
    fn from(_: BadToken) -> Self {
        Failure::BadToken
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() { Failure::Contended } else { Failure::Unforeseen(Unforeseen::Store(error)) }
    }
}

macro_rules! unforeseen {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::Unforeseen(error.into())
            }
        }
    )*};
}

unforeseen!(NoEntropy, SealError, OpenError, Unsayable, crate::tokens::TokenFault, tokio::task::JoinError);

impl From<lido_runtime::Violated> for Failure {
    fn from(violated: lido_runtime::Violated) -> Self {
        Unsayable::from(violated).into()
    }
}

#[cfg(test)]
mod tests {
    use lido_cognito_idp::operations::{AdminGetUserError, CreateUserPoolError, SignUpError};
    use lido_domain::id::PoolId;

    use super::*;

    fn of_sign_up(failure: Failure) -> String {
        failure.into_error::<SignUpError>(Operation::SignUp).to_string()
    }

    #[test]
    fn what_is_unforeseen_is_told_without_detail() {
        let internal = "InternalErrorException: Internal server error";
        let faults = [
            Failure::from(StoreError::Corrupt("a name leads to nobody".into())),
            Failure::from(StoreError::Unavailable("the disk is full".into())),
            Failure::from(NoEntropy),
            Failure::from(SealError),
            Failure::from(OpenError::OtherKey),
        ];
        for fault in faults {
            assert_eq!(of_sign_up(fault), internal);
        }
    }

    #[test]
    fn contention_and_delivery_have_their_own_types() {
        let contended = Failure::Contended;
        assert_eq!(of_sign_up(contended), "TooManyRequestsException: Too many requests");
        let text = "CodeDeliveryFailureException: Invalid email provided/Unable to send the email"; // cog-0122
        assert_eq!(of_sign_up(Failure::Undelivered(ContactKind::Email)), text);
        let text =
            "CodeDeliveryFailureException: Invalid phone number provided/Unable to send the SMS message";
        assert_eq!(of_sign_up(Failure::Undelivered(ContactKind::PhoneNumber)), text);
        let unknown = Failure::from(Refusal::UnknownPool(PoolId::new("r_p")));
        let error = unknown.into_error::<AdminGetUserError>(Operation::AdminGetUser);
        assert_eq!(error.to_string(), "ResourceNotFoundException: User pool r_p does not exist.");
    }

    #[test]
    fn a_standby_says_so() {
        let error = Failure::Standby.into_error::<SignUpError>(Operation::SignUp);
        let text = "OperationNotEnabledException: SignUp is not enabled: this server is a standby and changes nothing.";
        assert_eq!(error.to_string(), text);
        let error = Failure::Standby.into_error::<CreateUserPoolError>(Operation::CreateUserPool);
        assert!(error.to_string().starts_with("NotAuthorizedException: "), "{error}");
    }

    #[test]
    fn a_type_that_an_operation_does_not_declare_is_no_fault_of_the_server() {
        let error =
            Failure::Undelivered(ContactKind::Email).into_error::<AdminGetUserError>(Operation::AdminGetUser);
        let text = "InvalidParameterException: Invalid email provided/Unable to send the email";
        assert_eq!(error.to_string(), text);
    }
}
