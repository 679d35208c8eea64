//! An error of the API before it is that of one operation: a type and the text that the client reads.
//!
//! Which refusal is told how is [`super::refusal`]'s matter. Here is only the way into the error enum of an
//! operation: each lists the types that its model declares and this server uses. A type that an operation does not
//! declare would reach no client as what it is, so it is logged and becomes an internal error.

use lido_cognito_idp::{operations, types};

/// A type of error. The variants are spelt like the API's and mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the API's")]
pub enum Kind {
    AliasExistsException,
    CodeDeliveryFailureException,
    CodeMismatchException,
    ExpiredCodeException,
    FeatureUnavailableInTierException,
    InternalErrorException,
    InvalidLambdaResponseException,
    InvalidParameterException,
    InvalidPasswordException,
    LimitExceededException,
    NotAuthorizedException,
    ResourceNotFoundException,
    TooManyRequestsException,
    UserNotFoundException,
    UsernameExistsException,
}

/// What a client is told in place of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The type.
    pub kind: Kind,
    /// The text.
    pub text: String,
}

impl Said {
    /// An error of this type with this text.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What the client reads of a fault of ours: that there was one. *Chosen*: the service's text is unknown; the front
    /// says the same of what it catches.
    pub fn internal() -> Self {
        Self::new(Kind::InternalErrorException, "Internal server error")
    }
}

/// An operation's error enum, made of what is said.
pub trait Speaks {
    /// Says it as this operation can.
    fn say(said: Said) -> Self;
}

/// Lists for each operation the types that it declares, besides those that every operation declares.
macro_rules! speaks {
    ($($error:ident { $($kind:ident),* $(,)? })*) => {$(
        impl Speaks for operations::$error {
            fn say(said: Said) -> Self {
                let message = Some(said.text);
                match said.kind {
                    Kind::InternalErrorException => types::InternalErrorException { message }.into(),
                    Kind::InvalidParameterException => {
                        types::InvalidParameterException { message, reason_code: None }.into()
                    }
                    Kind::NotAuthorizedException => types::NotAuthorizedException { message }.into(),
                    Kind::TooManyRequestsException => types::TooManyRequestsException { message }.into(),
                    $(Kind::$kind => types::$kind { message }.into(),)*
                    undeclared => {
                        tracing::error!(?undeclared, enum = stringify!($error), "an error that is not declared");
                        Self::say(Said::internal())
                    }
                }
            }
        }
    )*};
}

speaks! {
    AdminConfirmSignUpError { LimitExceededException, ResourceNotFoundException, UserNotFoundException }
    AdminGetUserError { ResourceNotFoundException, UserNotFoundException }
    ConfirmSignUpError {
        AliasExistsException, CodeMismatchException, ExpiredCodeException, LimitExceededException,
        ResourceNotFoundException, UserNotFoundException,
    }
    CreateUserPoolError { FeatureUnavailableInTierException, LimitExceededException }
    CreateUserPoolClientError {
        FeatureUnavailableInTierException, LimitExceededException, ResourceNotFoundException,
    }
    DeleteUserPoolError { ResourceNotFoundException }
    DeleteUserPoolClientError { ResourceNotFoundException }
    DescribeUserPoolError { ResourceNotFoundException }
    DescribeUserPoolClientError { ResourceNotFoundException }
    ListUserPoolClientsError { ResourceNotFoundException }
    ListUserPoolsError {}
    ResendConfirmationCodeError {
        CodeDeliveryFailureException, LimitExceededException, ResourceNotFoundException, UserNotFoundException,
    }
    SignUpError {
        CodeDeliveryFailureException, InvalidLambdaResponseException, InvalidPasswordException,
        LimitExceededException, ResourceNotFoundException, UsernameExistsException,
    }
}
